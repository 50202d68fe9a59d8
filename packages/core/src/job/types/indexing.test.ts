import { expect, test } from "vitest"
import { treeOf } from "../../../test/indexing.ts"
import { memoryFiles } from "../../files/memory.ts"
import { buildLeRobot } from "../../format/lerobot/builder.ts"
import { jobs } from "../registry.ts"

test("the steps of a dataset with many tables of long names fit their rows", async () => {
  const tree = await treeOf(
    await buildLeRobot({
      version: "3.0",
      fps: 10,
      robot_type: null,
      episodes: [{ length: 1, tasks: ["a"] }],
      signals: [],
    }),
  )
  const shard = tree["meta/episodes/chunk-000/file-000.parquet"]!
  const name = "x".repeat(900)
  const many = Array.from({ length: 300 }, (_, at) => [`meta/episodes/${name}/${at}.parquet`, shard] as const)
  const files = memoryFiles({ ...tree, ...Object.fromEntries(many) })
  const shards = await jobs.indexing.plan(
    {},
    {
      dataset: {
        id: 1,
        repo_id: "acme/arm",
        revision: "0".repeat(40),
        format_type: "lerobot",
        import_usage: { requests: 0, bytes: 0, files: 0, paths: [] },
      },
      files,
      card: { licence: null, tags: [] },
      progress() {},
      signal: new AbortController().signal,
    },
  )
  expect(shards.length).toBeGreaterThan(5)
  for (const { weight, input } of shards) {
    expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThan(32 * 1024)
    expect(weight).toBeGreaterThan(0)
  }
  const parts = shards.flatMap(({ input }) => input["parts"] as { kind: string }[])
  expect(parts.filter(({ kind }) => kind === "table")).toHaveLength(301)
})
