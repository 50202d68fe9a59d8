import { describe, expect, test } from "vitest"
import type { Depth } from "../../../check/schema.ts"
import type { FileEntry } from "../../../files/files.ts"
import type { Mp4 } from "../../../media/mp4.ts"
import type { Footer } from "../../../parquet/footer.ts"
import { TableReads, VideoReads } from "./first-reads.ts"
import type { DatasetFacts } from "./subjects.ts"

const features = { action: { dtype: "float32" }, index: { dtype: "int64" }, camera: { dtype: "video" } }
const factsOf = (major: 2 | 3, of: Record<string, { dtype: string; fps?: number }> = features) =>
  ({
    has: () => true,
    version: { major },
    info: { raw: { features: of }, parsed: { features: Object.values(of) } },
  }) as unknown as DatasetFacts

/** Notes how much was to be read first, and gives the header. */
function reader<Header>(header: Header) {
  const firstReads: (number | undefined)[] = []
  return {
    firstReads,
    read: async (firstRead?: number) => {
      firstReads.push(firstRead)
      return header
    },
  }
}
const generous = (bytes: number) => Math.ceil(bytes * (1 + 1 / 32)) + 128

describe("the end of a table", () => {
  const entry = (size: number) => ({ size }) as FileEntry
  const tables = (depth: Depth, of?: Parameters<typeof factsOf>[1]) => new TableReads(factsOf(3, of), depth)
  /** Of a file of 1,000,008 bytes whose index is the 30,000 before the footer, but for `gap`. */
  const footerOf = (bytes: number, groups: number, gap = 0) => {
    const index = { leaf: 0, start: 970_000 - bytes - gap, total_compressed_size: 30_000 }
    return {
      bytes,
      schema: [
        { name: "schema", num_children: 1 },
        { name: "index", type: "INT64", repetition_type: "OPTIONAL" },
      ],
      row_groups: Array.from({ length: groups }, (_, at) => ({
        num_rows: 1,
        columns: at === groups - 1 ? [index] : [],
      })),
    } as unknown as Footer
  }
  const SIZE = 1_000_008

  test("grows with the episodes where each has a row group, as the first one says; the others wait for it", async () => {
    const { read, firstReads } = reader(footerOf(5000, 2))
    const reads = tables("metadata")
    await Promise.all([2, 4, 1].map((episodes) => reads.footer(entry(SIZE), episodes, read)))
    expect(firstReads).toEqual([4096 + 128 * 2 * 2, generous(10_008), generous(2508)])
  })

  test("is as long as the first where files have one row group, which those of the converter are known to have", async () => {
    const { read, firstReads } = reader(footerOf(4000, 1))
    const reads = tables("metadata", { action: { dtype: "float32", fps: 30 } })
    for (const episodes of [100, 7, 0]) await reads.footer(entry(SIZE), episodes, read)
    expect(firstReads).toEqual([4096 + 128, generous(4008), generous(4008)])
  })

  test("has the wanted columns too where they are near, as many bytes as the rows take", async () => {
    const { read, firstReads } = reader(footerOf(4000, 1))
    const reads = tables("columns")
    for (const size of [SIZE, 500_004 + 2000]) await reads.footer(entry(size), 1, read)
    expect(firstReads[1]).toBeCloseTo(generous(4000 + 30_008 / 2), -2)
    const far = reader(footerOf(4000, 1, 200_000))
    const others = tables("columns")
    for (const size of [SIZE, SIZE]) await others.footer(entry(size), 1, far.read)
    expect(far.firstReads[1]).toBe(generous(4008))
  })

  test("is all of a small file, of which columns are wanted, and 4 MB where everything is, unless there are pictures", async () => {
    const { read, firstReads } = reader(footerOf(4000, 1))
    await tables("columns").footer(entry(100_000), 1, read)
    await tables("full").footer(entry(1e9), 1, read)
    await tables("full", { ...features, camera: { dtype: "image" } }).footer(entry(1e9), 1, read)
    expect(firstReads).toEqual([100_000, 4 * 1024 * 1024, 4096 + 128 * 3])
  })

  test("is guessed as if it was the first when the first is broken, and never beyond what a worker can hold", async () => {
    const reads = tables("metadata")
    await expect(reads.footer(entry(SIZE), 1, () => Promise.reject(new Error("no footer")))).rejects.toThrow(
      "no footer",
    )
    const { read, firstReads } = reader(footerOf(5000, 2))
    for (const episodes of [1, 1e9]) await reads.footer(entry(SIZE), episodes, read)
    expect(firstReads).toEqual([4096 + 128 * 2, 128 * 1024])
    const long = tables("metadata")
    await long.footer(entry(SIZE), 1, reader(footerOf(900_000, 2)).read)
    await long.footer(entry(1e9), 1000, read)
    expect(firstReads.at(-1)).toBe(4 * 1024 * 1024)
  })
})

describe("the beginning of a video", () => {
  const mp4 = (moov_end: number, frames: number, fast_start = true) => ({ moov_end, frames, fast_start }) as Mp4

  test("has the moov in version 3, as long as its frames make it, as the first of the camera says", async () => {
    const { read, firstReads } = reader(mp4(768 + 100 * 10, 100))
    const reads = new VideoReads(factsOf(3))
    await Promise.all([100, 1000].map((frames) => reads.moov("front", frames, read)))
    for (const frames of [200, 1e9]) await reads.moov(`wrist ${frames}`, frames, read)
    expect(firstReads).toEqual([generous(768 + 625), generous(768 + 10_000), generous(768 + 1250), 512 * 1024])
  })

  test("is only looked at where the moov was not there the first time, or the frames are not known", async () => {
    const { read, firstReads } = reader(mp4(1e6, 100, false))
    const reads = new VideoReads(factsOf(3))
    for (const frames of [100, 100]) await reads.moov("front", frames, read)
    for (const frames of [NaN, 100]) await reads.moov("wrist", frames, read)
    const failing = reads.moov("side", 100, () => Promise.reject(new Error("no moov")))
    await expect(failing).rejects.toThrow("no moov")
    await reads.moov("side", 100, read)
    expect(firstReads).toEqual([generous(768 + 625), undefined, undefined, undefined, undefined])
  })

  test("is only looked at in version 2 until the first one had its moov there", async () => {
    const { read, firstReads } = reader(mp4(768 + 600, 100))
    const reads = new VideoReads(factsOf(2))
    for (const frames of [100, 200]) await reads.moov("front", frames, read)
    expect(firstReads).toEqual([undefined, generous(768 + 1200)])
  })
})
