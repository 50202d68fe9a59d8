import { describe, expect, test } from "vitest"
import { CODES } from "../../check/codes.ts"
import type { Validation } from "../../check/schema.ts"
import { type MemoryBody, memoryFiles } from "../../files/memory.ts"
import type { Done, Partial } from "../define.ts"
import { Job } from "../job.ts"
import { perform } from "../perform.ts"
import { jobs } from "../registry.ts"

const text = (count: number, of: (at: number) => object) =>
  `${Array.from({ length: count }, (_, at) => JSON.stringify(of(at))).join("\n")}\n`

/** A dataset of version 2 whose data files are none. */
function treeOf(count: number, more: Record<string, MemoryBody> = {}): Record<string, MemoryBody> {
  const path = (at: number) => `data/chunk-000/episode_${String(at).padStart(6, "0")}.parquet`
  return {
    "meta/info.json": JSON.stringify({
      codebase_version: "v2.1",
      fps: 10,
      total_episodes: count,
      total_frames: 30 * count,
      chunks_size: 100_000,
      data_path: "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
      features: {},
    }),
    "meta/episodes.jsonl": text(count, (at) => ({ episode_index: at, length: 30, tasks: ["Pick"] })),
    "meta/tasks.jsonl": text(1, () => ({ task_index: 0, task: "Pick" })),
    ...Object.fromEntries(Array.from({ length: count }, (_, at) => [path(at), "no parquet, whatever its name says"])),
    ...more,
  }
}

/** One step, as a worker's thread does it; what it brings back has travelled. */
async function step(
  tree: Record<string, MemoryBody>,
  given: object,
  at: { input?: object; partials?: Partial[] } = {},
) {
  const progress: number[] = []
  const done = await perform(
    {
      job_id: 1,
      job_type: "validation",
      params: given as Record<string, unknown>,
      dataset: {
        id: 1,
        repo_id: "acme/arm",
        revision: "1".repeat(40),
        format_type: "lerobot",
        import_usage: { requests: 0, bytes: 0, files: 0, paths: [] },
      },
      card: { licence: null, tags: [] },
      time_limit_ms: 10_000,
      stage: at.input || at.partials ? 1 : 0,
      ...(at as { input?: Record<string, unknown> }),
    },
    {
      registry: jobs,
      openFiles: () => memoryFiles(tree),
      watch: { progress: ({ percent }) => progress.push(percent), usage() {} },
      signal: new AbortController().signal,
    },
  )
  expect(progress.every((percent) => percent >= 0 && percent <= 100)).toBe(true)
  return JSON.parse(JSON.stringify(done)) as Done
}

describe("the job", () => {
  test("does a small dataset in its plan, with a report in each form", async () => {
    const done = await step(treeOf(2), {})
    if (!("result" in done)) throw new Error("it was cut")
    expect(done.result).toMatchObject({ verdict: "fail", depth: "metadata", fail_on: "error" })
    expect(done.artifacts!.map(({ name }) => name)).toContain("report.sarif")
    const worst = [{ code: "PQ-OPEN" }, { code: "INFO-TOTAL-TASKS" }, { code: "ST-MISSING" }]
    expect(done.summary).toMatchObject({ verdict: "fail", worst })
  })

  test("cuts a large one, and puts it together to a verdict on all of it", async () => {
    const tree = treeOf(2000)
    const planned = await step(tree, { depth: "columns" })
    if (!("shards" in planned)) throw new Error("it was not cut")
    expect(planned.shards.length).toBeGreaterThan(3)
    const partials: Partial[] = []
    for (const { input } of planned.shards) {
      const done = await step(tree, { depth: "columns" }, { input })
      if (!("partial" in done)) throw new Error("it brought no part")
      partials.push(done.partial)
    }
    const done = await step(tree, { depth: "columns" }, { partials })
    if (!("result" in done)) throw new Error("it has no result")
    const result = done.result as Validation
    expect(result.findings.find(({ code }) => code === "PQ-OPEN")).toMatchObject({ occurrences: 2000 })
    expect(result.coverage.files).toEqual({ read: 2003, total: 2003 })
    const fewer = await step(tree, { depth: "columns" }, { partials: partials.slice(1) })
    expect(fewer).toMatchObject({ result: { coverage: { files: { read: 2003 - 286, total: 2003 } } } })
    if (!("result" in fewer)) throw new Error("it has no result")
    expect((fewer.result as Validation).not_run).toContainEqual({
      code: "PQ-OPEN",
      reason: `Stopped early: ${partials.length - 1} of ${partials.length} parts of the files were looked at.`,
    })
  })

  test("shows the three worst findings in lists within 4 KB, whatever the names are", async () => {
    const long = `${"\u0007<b>".repeat(5000)}`
    const tree = treeOf(2, {
      "meta/info.json": JSON.stringify({ codebase_version: "v2.1", fps: long, total_frames: long }),
    })
    const done = await step(tree, {})
    if (!("summary" in done)) throw new Error("it was cut")
    expect(Buffer.byteLength(JSON.stringify(done.summary))).toBeLessThan(4096)
    expect((done.summary as { worst: unknown[] }).worst).toHaveLength(3)
  })
})

describe("its parameters", () => {
  const { params } = jobs.validation
  test.each([
    [{ depth: "decode" }, "depth"],
    [{ suppress: ["NO-SUCH"] }, "suppress"],
    [{ episodes: "9-0" }, "episodes"],
    [{ fail_on: "never" }, "fail_on"],
    [{ other: 1 }, ""],
  ])("%j is refused", (given, field) => {
    const { error } = params.safeParse(given)
    expect(error!.issues[0]!.path[0] ?? "").toBe(field)
  })

  test("are a form: every field has a title and a description, depth has a default, rules are chosen from a list", () => {
    const { properties } = Job.schemas()["validation"] as { properties: Record<string, Record<string, unknown>> }
    for (const field of Object.values(properties)) {
      expect([field["title"], field["description"]]).toEqual([expect.any(String), expect.any(String)])
    }
    expect(properties["depth"]).toMatchObject({ default: "metadata", enum: ["metadata", "columns", "full"] })
    expect(properties["suppress"]).toMatchObject({ uniqueItems: true, items: { enum: [...CODES] } })
  })
})
