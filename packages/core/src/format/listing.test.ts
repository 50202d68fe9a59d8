import { expect, test } from "vitest"
import { listingOf } from "./listing.ts"

const file = (path: string, size = 10) => ({ path, size })

test("files are counted by how they are read; all of meta/ describes the dataset, its tables too", () => {
  const files = [
    file("meta/info.json"),
    file("meta/episodes/chunk-000/file-000.parquet", 100),
    file("data/chunk-000/file-000.parquet", 1000),
    file("notes.csv"),
    file("videos/front/file-000.mp4", 5000),
    file("images/0.png"),
    file("run.mcap.zstd", 70),
    file("demo.hdf5", 30),
    file("README.md"),
    file("model.bin"),
    file("LICENSE", 0),
  ]
  expect(listingOf(files, true)).toEqual({
    complete: true,
    files: 11,
    bytes: 6250,
    by_kind: {
      meta: { files: 3, bytes: 120 },
      table: { files: 2, bytes: 1010 },
      video: { files: 1, bytes: 5000 },
      image: { files: 1, bytes: 10 },
      recording: { files: 2, bytes: 100 },
      other: { files: 2, bytes: 10 },
    },
  })
})

test("the sums are those of the kinds, and a cut list says so", () => {
  const files = Array.from({ length: 1000 }, (_, at) => file(`data/${at}.parquet`, at))
  const { by_kind, bytes, complete } = listingOf(files, false)
  expect(complete).toBe(false)
  expect(bytes).toBe(by_kind.table!.bytes)
})
