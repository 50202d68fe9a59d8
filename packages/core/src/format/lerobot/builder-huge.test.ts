import { readdirSync, statSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parquetMetadata, parquetReadObjects } from "hyparquet"
import { expect, test } from "vitest"
import { hugeV2, hugeV3 } from "./builder-huge.ts"
import { zerosThen } from "./builder-lazy.ts"

const folderFor = async () => {
  const path = await mkdtemp(join(tmpdir(), "huge-"))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test("442,226 episodes are listed in path order, in no memory, and their lines sum up to what info.json says", async () => {
  const tree = hugeV2()
  let count = 0
  let before = ""
  for (const path of tree.keys()) {
    if (path <= before) throw new Error(`${path} comes after ${before}`)
    before = path
    count++
  }
  expect(count).toBe(2 * 442_226 + 4)
  expect(tree.size).toBe(count)

  const lines = tree.get("meta/episodes.jsonl")!
  expect(lines.size).toBeGreaterThan(40e6)
  const text = Buffer.from(await lines.read(0, lines.size)).toString()
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { length: number; episode_index: number })
  expect(rows.map(({ episode_index }) => episode_index)).toEqual(rows.map((_, at) => at))
  expect(Math.min(...rows.slice(0, 1000).map(({ length }) => length))).toBeGreaterThan(0)
  expect(rows.reduce((sum, { length }) => sum + length, 0)).toBe(7_045_476)

  const part = Buffer.from(await lines.read(1_234_567, 1_240_000)).toString()
  expect(part).toBe(text.slice(1_234_567, 1_240_000))
})

test("a path of the huge listing is found where it is, and nowhere else", () => {
  const tree = hugeV2()

  expect(tree.has("data/chunk-441/episode_441999.parquet")).toBe(true)
  expect(tree.has("data/chunk-000/episode_441999.parquet")).toBe(false)
  expect(tree.has("data/chunk-442/episode_442226.parquet")).toBe(false)
  expect(tree.get("videos/chunk-442/observation.images.rgb/episode_442225.mp4")?.size).toBeGreaterThan(0)
})

test("a v3.0 set of any size: shards meet, files hold their frames, the second opening builds nothing", async () => {
  await using folder = await folderFor()
  const options = { cacheDir: folder.path, episodes: 5000, frames: 1_400_000, shards: 2, tasks: 300 }
  const tree = await hugeV3(options)

  const table = async (path: string) => {
    const file = tree.get(path)!
    return new Uint8Array(await file.read(0, file.size)).buffer
  }
  const shards = await Promise.all(
    [...tree.keys()]
      .filter((path) => path.startsWith("meta/episodes"))
      .map(async (path) =>
        parquetReadObjects({
          file: await table(path),
          columns: [
            "episode_index",
            "length",
            "dataset_from_index",
            "dataset_to_index",
            "data/file_index",
            "stats/index/max",
          ],
        }),
      ),
  )
  expect(shards.map((rows) => rows.length)).toEqual([2500, 2500])
  const rows = shards.flat()
  expect(rows[0]).toMatchObject({ episode_index: 0n, dataset_from_index: 0n })
  for (const [at, row] of rows.slice(1).entries()) expect(row["dataset_from_index"]).toBe(rows[at]!["dataset_to_index"])
  expect(rows.at(-1)!["dataset_to_index"]).toBe(1_400_000n)
  expect(rows.at(-1)!["stats/index/max"]).toEqual([1_399_999n])

  const data = [...tree.keys()].filter((path) => path.startsWith("data/"))
  const footers = await Promise.all(data.map(async (path) => parquetMetadata(await table(path))))
  expect(footers.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)).toBe(1_400_000)
  expect(Number(rows.at(-1)!["data/file_index"])).toBe(data.length - 1)

  const written = () =>
    readdirSync(options.cacheDir, { recursive: true, encoding: "utf8" })
      .toSorted()
      .map((path) => [path, statSync(join(options.cacheDir, path)).mtimeMs])
  const before = written()
  expect((await hugeV3(options)).size).toBe(tree.size)
  expect(written()).toEqual(before)
})

test("zeros before a footer: any range has the right bytes", async () => {
  const file = zerosThen(10, Uint8Array.of(1, 2, 3))
  const all = Array.from(await file.read(0, 10))

  expect(all).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 2, 3])
  for (let start = 0; start <= 10; start++) {
    for (let end = start; end <= 12; end++) {
      expect(Array.from(await file.read(start, end))).toEqual(all.slice(start, end))
    }
  }
})
