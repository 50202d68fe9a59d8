import { describe, expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { hasSharedData, sharedData } from "../../../../test/shared-data.ts"
import { type Depth, Validation } from "../../../check/schema.ts"
import { folderFiles } from "../../../files/folder.ts"
import type { Files } from "../../../files/files.ts"
import { memoryFiles, type MemoryBody } from "../../../files/memory.ts"
import type { ValidateOptions } from "../../adapter.ts"
import { readFacts } from "./facts.ts"
import { rangesOf } from "./finish.ts"
import { scopeOf } from "./scope.ts"
import { buildLeRobot, type LeRobotSpec, type Tables } from "../builder.ts"
import { plan, reduce, run } from "./sharded.ts"
import { filesOf, type ShardFound, shardsOf, tablesShard } from "./shards.ts"
import { validate } from "./validate.ts"

const travelled = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** Validated as a large dataset is: each file in a shard of its own, each shard with nothing but its input. */
async function inShards(
  open: () => Promise<Files>,
  options: ValidateOptions,
  { lost = 0, hasTables = false }: { lost?: number; hasTables?: boolean } = {},
) {
  const ctx = contextOf(await open())
  const facts = await readFacts({ ...ctx, parts: new Set(["info", "episodes"]) })
  const scope = scopeOf(facts, options.depth, rangesOf(options))
  const none = { ...scope, data: [], videos: [] }
  const inputs = [
    ...(hasTables ? [tablesShard(scope, facts, options.depth)!] : []),
    ...(hasTables ? [] : [...scope.data]).flatMap((file) => shardsOf({ ...none, data: [file] }, options.depth, null)),
    ...[...scope.videos].flatMap((video) => shardsOf({ ...none, videos: [video] }, options.depth, null)),
  ].map(({ input }, _, all) => ({ ...input, of: all.length }))
  const found: ShardFound[] = []
  for (const input of inputs.slice(0, inputs.length - lost)) {
    found.push(travelled(await run(travelled(input), contextOf(await open()), options)))
  }
  return { found, result: (await reduce(found, contextOf(await open()), options)).validation }
}

const MADE = ["made-v30-rollover", "made-v30-merged", "made-v30-crashed", "made-v21-tasks", "made-v30-nan"]

describe.skipIf(!hasSharedData)("in shards, a dataset is judged as in one go", () => {
  test.each(
    [...MADE, "made-v21-tasks.official-v30-rollover-p044"].flatMap((name) =>
      (["metadata", "full"] as const).map((depth) => [name, depth] as const),
    ),
  )("%s at %s depth", async (name, depth) => {
    const open = () => folderFiles(sharedData(`lerobot-made/${name}`))
    const options = { depth, suppress: [] }
    const whole = await validate(contextOf(await open()), options)
    const { result, found } = await inShards(open, options)
    const { read: _, coverage, ...same } = whole
    const { read: _r, coverage: inParts, ...parts } = result
    expect(parts).toEqual(same)
    // Where one shard judges the tables and looks at all data files, nothing changes.
    if (depth === "metadata" && name.startsWith("made-v30") && name !== "made-v30-crashed") {
      const { result: apart } = await inShards(open, options, { hasTables: true })
      expect({ ...apart, coverage: null, read: null }).toEqual({ ...same, coverage: null, read: null })
      expect(apart.coverage.files).toEqual(coverage.files)
    }
    expect({ ...inParts, bytes: null }).toEqual({ ...coverage, bytes: null })
    expect(inParts.bytes.total).toBe(coverage.bytes.total)
    for (const each of found) expect(JSON.stringify(each).length).toBeLessThan(700 * 1024)
    expect(Validation.parse(travelled(result))).toEqual(travelled(result))
  })
})

test.skipIf(!hasSharedData)("where the shard that judges the tables is lost, the reduce judges them", async () => {
  const open = () => folderFiles(sharedData("lerobot-made/made-v30-nan"))
  const options = { depth: "metadata", suppress: [] } as const
  const { found, result } = await inShards(open, options, { hasTables: true })
  const { validation } = await reduce(found.slice(1), contextOf(await open()), options)
  expect(validation).toMatchObject({ verdict: "fail", findings: result.findings })
  expect(validation.coverage.files.read).toBe(result.coverage.files.read - 1)
})

test("in shards, footers are compared with the statistics", async () => {
  const edit = ({ episodes }: Tables) => {
    const state = episodes[2]!.columns.find(({ name }) => name === "observation.state")!
    state.values = (state.values as Float32Array).map((value) => value + 7)
  }
  const bytes: Record<string, Uint8Array> = {}
  const names = ["pan", "lift"]
  const spec: LeRobotSpec = {
    version: "3.0",
    fps: 10,
    robot_type: "so101_follower",
    episodes: [20, 20, 30, 40].map((length) => ({ length, tasks: ["Pick"] })),
    signals: [
      { name: "action", role: "action", names },
      { name: "observation.state", role: "state", names },
    ],
  }
  for (const [path, file] of await buildLeRobot(spec, { edit })) bytes[path] = await file.read(0, file.size)
  const { result } = await inShards(async () => memoryFiles(bytes), { depth: "metadata", suppress: [] })
  expect(result.findings.find(({ code }) => code === "ST-PARQUET-XCHECK")).toMatchObject({ where: { episode: 2 } })
})

test("in shards, what is told by all values together is told, too", async () => {
  const names = ["pan", "lift"]
  const spec: LeRobotSpec = {
    version: "2.1",
    fps: 10,
    robot_type: "so101_follower",
    episodes: [20, 20, 30, 40].map((length) => ({ length, tasks: ["Pick"] })),
    signals: [
      { name: "action", role: "action", names },
      { name: "observation.state", role: "state", names },
      { name: "observation.goal", role: "state", names },
    ],
  }
  const bytes: Record<string, Uint8Array> = {}
  const edit = ({ episodes }: Tables) => {
    for (const { columns } of episodes) {
      const of = (feature: string) => columns.find(({ name }) => name === feature)!
      of("action").values = (of("action").values as Float32Array).map(() => 0.5)
      of("observation.goal").values = of("observation.state").values
    }
    for (const [at, column] of episodes[0]!.columns.entries()) {
      if (column.name.startsWith("observation")) episodes[1]!.columns[at]!.values = column.values
    }
  }
  for (const [path, file] of await buildLeRobot(spec, { edit })) bytes[path] = await file.read(0, file.size)
  const open = async () => memoryFiles(bytes)
  const options = { depth: "full", suppress: [] } as const
  const { findings } = await validate(contextOf(await open()), options)
  const { result } = await inShards(open, options)
  expect(result.findings).toEqual(findings)
  const codes = findings.map(({ code }) => code)
  expect(codes).toEqual(expect.arrayContaining(["VAL-CONST-ALL", "VAL-DUP-EP", "FEAT-DUP-COLUMN"]))
})

describe.skipIf(!hasSharedData)("coverage", () => {
  const open = () => folderFiles(sharedData("lerobot-made/made-v30-rollover"))

  test("counts each file once, and rows only where columns were read", async () => {
    const files = await open()
    const { coverage, read } = await validate(contextOf(files), { depth: "metadata", suppress: [] })
    // 28 files: 8 in meta/ (info, stats, tasks, 5 of episodes), 5 of data, 15 videos.
    expect(coverage).toMatchObject({
      episodes: { read: 20, total: 20 },
      files: { read: 28, total: 28 },
      rows: { read: 0, total: 1486 },
      bytes: { read: files.usage.bytes, total: 3_864_026 },
    })
    expect(read).toEqual({ requests: files.usage.requests, bytes: files.usage.bytes, files: 28 })
    const full = await validate(contextOf(await open()), { depth: "full", suppress: [] })
    expect(full.coverage).toMatchObject({ episodes: { read: 20, total: 20 }, rows: { read: 1486, total: 1486 } })
  })

  test("of some episodes only their files are looked at, and the verdict says so", async () => {
    const options = { depth: "columns", suppress: [], episodes: "0-1,19" } as const
    const { coverage, verdict, reason, not_run } = await validate(contextOf(await open()), options)
    expect(coverage.episodes).toEqual({ read: 3, total: 20 })
    expect(coverage.rows.read).toBeLessThan(coverage.rows.total!)
    expect(coverage.files.read).toBeLessThan(coverage.files.total!)
    expect(verdict).toBe("pass")
    expect(reason).toMatch(
      /As asked, only the files of 3 of 20 episodes were looked at: 2 of 5 data files and \d+ of 15 videos\./,
    )
    expect(not_run).toContainEqual({ code: "IDX-FRAME", reason: expect.stringContaining("3 of 20 episodes") })
  })

  test("a job that was stopped on the way knows that it does not know", async () => {
    const { result } = await inShards(open, { depth: "metadata", suppress: [] }, { lost: 3 })
    expect(result.verdict).toBe("not_assessed")
    expect(result.reason).toBe("Stopped early: 17 of 20 parts of the files were looked at.")
    expect(result.coverage.files).toEqual({ read: 25, total: 28 })
    expect(result.not_run).toContainEqual({ code: "IDX-GLOBAL", reason: result.reason })
  })
})

describe.skipIf(!hasSharedData)("what is not all of it", () => {
  test("a small dataset is done by its plan, and listed once", async () => {
    const files = await folderFiles(sharedData("lerobot-made/made-v30-rollover"))
    const planned = await plan(contextOf(files), { depth: "metadata", suppress: [] })
    expect(planned).toMatchObject({ validation: { verdict: "pass" } })
    const again = await folderFiles(sharedData("lerobot-made/made-v30-rollover"))
    await validate(contextOf(again), { depth: "metadata", suppress: [] })
    expect(files.usage).toEqual(again.usage)
  })
})

/** Files of a version 2 dataset with as many episodes as asked for, all of them the same bytes. */
function manyEpisodes(count: number): Record<string, MemoryBody> {
  const info = {
    codebase_version: "v2.1",
    fps: 10,
    total_episodes: count,
    total_frames: 30 * count,
    chunks_size: 1000,
    data_path: "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
    features: {},
  }
  const path = (at: number) =>
    `data/chunk-${String(Math.floor(at / 1000)).padStart(3, "0")}/episode_${String(at).padStart(6, "0")}.parquet`
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({ episode_index: at, length: 30, tasks: ["Pick"] }),
  )
  return {
    "meta/info.json": JSON.stringify(info),
    "meta/episodes.jsonl": `${lines.join("\n")}\n`,
    "meta/tasks.jsonl": `${JSON.stringify({ task_index: 0, task: "Pick" })}\n`,
    ...Object.fromEntries(Array.from({ length: count }, (_, at) => [path(at), "no parquet, whatever its name says"])),
  }
}

test("of ten thousand episodes a sample of files is looked at, which the coverage and the rules not run say", async () => {
  const ctx = contextOf(memoryFiles(manyEpisodes(10_000)))
  const planned = await plan(ctx, { depth: "metadata", suppress: [] })
  if (!("shards" in planned)) throw new Error("it was taken for small")
  expect(planned.shards).toHaveLength(1)
  const [{ input }] = planned.shards as [(typeof planned.shards)[number]]
  expect(filesOf(input).data).toHaveLength(200)
  const options = { depth: "metadata", suppress: [] } as const
  const found = travelled(await run(travelled(input), contextOf(memoryFiles(manyEpisodes(10_000))), options))
  const { validation: result } = await reduce([found], contextOf(memoryFiles(manyEpisodes(10_000))), options)
  expect(result.coverage.files).toEqual({ read: 203, total: 10_003 })
  expect(result.not_run).toContainEqual({ code: "PQ-OPEN", reason: "Sampled: 200 of 10,000 data files." })
  expect(result.findings.find(({ code }) => code === "PQ-OPEN")).toMatchObject({ occurrences: 200 })
})

test("shards are cut by bytes, by files and by the size of their input, and miss nothing", () => {
  const file = (at: number, size: number) => ({
    path: `data/chunk-000/file-${at}-${"x".repeat(200)}.parquet`,
    size,
    oid: null,
    lfs: true,
  })
  const data = Array.from({ length: 1000 }, (_, at) => file(at, 100 * 1024 * 1024))
  const videos = data.map((entry) => ({ camera: "front", entry }))
  const shards = shardsOf({ data, videos, of: { data: 1000, videos: 1000 }, sampled: null }, "full", null)
  const files = shards.map(({ input }) => filesOf(input))
  expect(files.flatMap((each) => each.data.map(({ path }) => path))).toEqual(data.map(({ path }) => path))
  expect(files.flatMap((each) => each.videos)).toHaveLength(1000)
  for (const { input, weight } of shards) {
    expect(JSON.stringify(input).length).toBeLessThan(48 * 1024)
    expect(input.of).toBe(shards.length)
    expect(weight).toBeGreaterThan(0)
  }
})

test("where values are read, shards of many short episodes are small enough for what each leaves behind", () => {
  const data = Array.from({ length: 100 }, (_, at) => ({
    path: `data/${at}.parquet`,
    size: 1000,
    oid: null,
    lfs: true,
  }))
  const scope = { data, videos: [], of: { data: 100, videos: 0 }, sampled: null }
  const sizes = (depth: Depth, episodes: number) =>
    shardsOf(scope, depth, episodes).map(({ input }) => filesOf(input).data.length)
  expect(sizes("full", 300_000)).toEqual([...Array(33).fill(3), 1])
  expect(sizes("full", 1e9)).toEqual(Array(100).fill(1))
  expect(sizes("columns", 300_000)).toEqual([100])
  const many = { ...scope, of: { data: 40_000, videos: 0 } }
  expect(shardsOf(many, "full", 1e300)).toHaveLength(10)
})

test("what the dataset itself says is suppressed and fails is heard; parameters win, and the result says who it was", async () => {
  const tree = {
    ...manyEpisodes(2),
    ".robokit.yaml": "validation: {suppress: [PQ-OPEN, INFO-TOTAL-TASKS, ST-MISSING], fail_on: warning}",
  }
  const verdictOf = async (options: Partial<ValidateOptions>, more: Record<string, MemoryBody> = {}) =>
    validate(contextOf(memoryFiles({ ...tree, ...more })), { depth: "metadata", suppress: [], ...options })
  const own = await verdictOf({})
  expect(own.suppressed).toContainEqual({ code: "PQ-OPEN", occurrences: 2, source: ".robokit.yaml" })
  // Suppressed or not: what could not be read is not known.
  expect(own).toMatchObject({ fail_on: "warning", verdict: "not_assessed", reason: "2 files could not be read." })
  const given = await verdictOf({ fail_on: "error", suppress: ["PQ-OPEN"] })
  expect(given.fail_on).toBe("error")
  expect(given.suppressed).toContainEqual({ code: "PQ-OPEN", occurrences: 2, source: "parameters" })
  const broken = await verdictOf({}, { ".robokit.yaml": "validation: [" })
  expect(broken).toMatchObject({ verdict: "fail", fail_on: "error", suppressed: [] })
  expect(broken.notes).toEqual([expect.stringContaining(".robokit.yaml does not count")])
})
