import { expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { FileTable } from "../../../files/file-table.ts"
import { memoryFiles } from "../../../files/memory.ts"
import { buildLeRobot } from "../builder.ts"
import { listingFacts } from "./facts-listing.ts"
import { validate } from "./validate.ts"

const entries = (count: number, pathOf: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => ({ path: pathOf(at), size: 1, oid: null, lfs: false }))
const isCut = (count: number, pathOf = (at: number) => `${at}`) =>
  listingFacts(FileTable.of(entries(count, pathOf)), []).isCut

test("a list is cut off where it has 100,000 files, or files and folders", () => {
  expect([99_999, 100_000, 100_001].map((count) => isCut(count))).toEqual([false, true, false])
  const inFolders = (at: number) => `a/${at % 100}/${at}`
  expect([99_898, 99_899, 99_900].map((count) => isCut(count, inFolders))).toEqual([false, true, false])
  const each = (at: number) => `${at}/x`
  expect([49_999, 50_000, 50_001].map((count) => isCut(count, each))).toEqual([false, true, false])
})

test("what a cut list lacks is no error, and nothing passes by it", async () => {
  const names = ["pan", "lift"]
  const bytes: Record<string, Uint8Array> = {}
  const files = await buildLeRobot({
    version: "2.1",
    fps: 10,
    robot_type: "so101_follower",
    episodes: [20, 20, 30, 40].map((length) => ({ length, tasks: ["Pick"] })),
    signals: [
      { name: "action", role: "action", names },
      { name: "observation.state", role: "state", names },
    ],
  })
  for (const [path, file] of files) bytes[path] = await file.read(0, file.size)
  delete bytes["data/chunk-000/episode_000003.parquet"]
  const at = (listed: number) => {
    const there = entries(Object.keys(bytes).length, (file) => Object.keys(bytes)[file]!)
    for (const file of there) file.size = bytes[file.path]!.length
    const ctx = {
      ...contextOf(memoryFiles(bytes)),
      listed: FileTable.of([...there, ...entries(listed - there.length, (each) => `${each}.txt`)]),
    }
    return validate(ctx, { depth: "metadata", suppress: [] })
  }
  const missing = { code: "PATH-RESOLVE-DATA", where: { episode: 3 } }
  const [cut, whole] = [await at(100_000), await at(99_000)]
  expect(cut.findings).toContainEqual(expect.objectContaining({ code: "LISTING-TRUNCATED", severity: "info" }))
  expect(cut.findings.find(({ code }) => code === missing.code)).toMatchObject({ ...missing, severity: "warning" })
  expect(cut).toMatchObject({ verdict: "not_assessed", reason: "The list of files may have been cut off." })
  expect(whole.findings.find(({ code }) => code === missing.code)).toMatchObject({ ...missing, severity: "error" })
})
