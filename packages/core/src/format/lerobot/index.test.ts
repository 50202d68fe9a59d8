import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../../test/shared-data.ts"
import { noRows, type IndexRows } from "../../episode/rows.ts"
import type { Files } from "../../files/files.ts"
import { folderFiles } from "../../files/folder.ts"
import { memoryFiles } from "../../files/memory.ts"
import type { IndexPart } from "../adapter.ts"
import { writeParquet } from "../../parquet/write.ts"
import { buildLeRobot, type LeRobotSpec } from "./builder.ts"
import { lerobotIndex } from "./index-plan.ts"

/** Plans, reads every part, and sums up, as the job does. */
async function indexOf(files: Files) {
  const ctx = { files, progress() {}, signal: new AbortController().signal }
  const rows: IndexRows = noRows()
  const counts: Record<string, unknown>[] = []
  const readAll = async (parts: IndexPart[]) => {
    for (const { part } of parts) {
      const found = await lerobotIndex.read(JSON.parse(JSON.stringify(part)), ctx)
      for (const kind of ["episodes", "tasks", "features", "stats"] as const)
        rows[kind].push(...(found.rows[kind] as never[]))
      counts.push(found.counts)
    }
  }
  const parts = await lerobotIndex.plan(ctx)
  await readAll(parts)
  const summary = lerobotIndex.summary(counts)
  await readAll(await lerobotIndex.after!(ctx))
  return { rows, parts, summary, usage: files.usage }
}

const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101",
  episodes: Array.from({ length: 30 }, (_, at) => ({ length: 20 + at, tasks: [`task ${at % 3}`] })),
  signals: [
    {
      name: "action",
      role: "action",
      ranges: [
        [-1, 1],
        [0, 5],
      ],
    },
    {
      name: "observation.state",
      role: "state",
      ranges: [
        [-1, 1],
        [0, 5],
      ],
    },
  ],
}
const built = async (version: LeRobotSpec["version"], edit: Partial<LeRobotSpec> = {}) => {
  const tree = await buildLeRobot({ ...spec, version, ...edit })
  return Object.fromEntries(
    await Promise.all([...tree].map(async ([path, file]) => [path, await file.read(0, file.size)] as const)),
  )
}

describe.each(["2.0", "2.1", "3.0"] as const)("a built dataset of version %s", (version) => {
  test("is indexed with lengths, tasks, files and features, for a handful of requests", async () => {
    const { rows, summary, usage } = await indexOf(memoryFiles(await built(version)))
    expect(summary).toMatchObject({ episodes: 30, frames: 30 * 20 + 435, tasks: 3, flags: {}, notes: [] })
    expect(rows.episodes.map(({ length, duration_s }) => [length, duration_s])).toEqual(
      spec.episodes.map(({ length }) => [length, length / 10]),
    )
    expect(rows.episodes.map(({ tasks }) => tasks)).toEqual(spec.episodes.map(({ tasks }) => tasks))
    expect(rows.tasks.map(({ task_index, task }) => [task_index, task])).toEqual([
      [0, "task 0"],
      [1, "task 1"],
      [2, "task 2"],
    ])
    const roles = Object.fromEntries(rows.features.map(({ name, role }) => [name, role]))
    expect(roles).toMatchObject({ action: "action", "observation.state": "sensor", timestamp: "other" })
    expect(rows.episodes[3]!.data_path).toBe(
      version === "3.0" ? "data/chunk-000/file-000.parquet" : "data/chunk-000/episode_000003.parquet",
    )
    expect(usage.requests).toBeLessThanOrEqual(10)
  })

  test("has a summary of its statistics where the version has them by episode", async () => {
    const { rows } = await indexOf(memoryFiles(await built(version)))
    const { stats } = rows.episodes[7]!
    if (version === "2.0") return expect(stats).toBeNull()
    expect(Object.keys(stats!)).toEqual(["action", "observation.state"])
    expect(stats!["action"]!.min).toHaveLength(2)
    for (const at of [0, 1]) expect(stats!["action"]!.min[at]!).toBeLessThanOrEqual(stats!["action"]!.mean[at]!)
  })
})

describe("what is wrong with a table", () => {
  test("an episode listed twice counts once, the first", async () => {
    const tree = await built("2.1")
    const text = Buffer.from(tree["meta/episodes.jsonl"]!).toString()
    const again = '{"episode_index": 2, "tasks": ["other"], "length": 99}\nno json\n{"episode_index": -1}\n'
    const { rows, summary } = await indexOf(memoryFiles({ ...tree, "meta/episodes.jsonl": `${text}${again}` }))
    expect(rows.episodes.filter(({ episode_index }) => episode_index === 2)).toMatchObject([{ length: 22 }])
    expect(summary).toMatchObject({
      episodes: 30,
      frames: null,
      notes: [expect.stringMatching(/^2 rows .* hold no episode/), expect.stringMatching(/^1 episode are listed more/)],
    })
  })

  test("a length or tasks that are not there are a flag, never a guess", async () => {
    const lines = '{"episode_index": 0, "length": "x"}\n{"episode_index": 1, "tasks": ["a"], "length": 3}\n'
    const { rows, summary } = await indexOf(memoryFiles({ ...(await built("2.0")), "meta/episodes.jsonl": lines }))
    expect(rows.episodes).toMatchObject([
      { length: null, duration_s: null, tasks: [], flags: ["no_length", "no_tasks"] },
      { length: 3, duration_s: 0.3, flags: [] },
    ])
    expect(summary).toMatchObject({ episodes: 2, frames: null, flags: { no_length: 1, no_tasks: 1 } })
  })

  test("a broken shard is a note, and the others are indexed", async () => {
    const tree = await built("3.0")
    const shard = "meta/episodes/chunk-000/file-000.parquet"
    const { summary } = await indexOf(
      memoryFiles({ ...tree, "meta/episodes/chunk-000/file-001.parquet": tree[shard]!.subarray(0, 500) }),
    )
    expect(summary).toMatchObject({ episodes: 30, frames: null, notes: [expect.stringContaining("file-001.parquet")] })
  })

  test("no table at all is null, not nothing", async () => {
    const tree = await built("2.0")
    delete tree["meta/episodes.jsonl"]
    const { summary } = await indexOf(memoryFiles(tree))
    expect(summary).toMatchObject({ episodes: null, frames: null, tasks: 3 })
    expect(summary.notes).toContain("The dataset has no table of its episodes.")
    const empty = await indexOf(memoryFiles({ ...tree, "meta/episodes.jsonl": "" }))
    expect(empty.summary).toMatchObject({ episodes: null, notes: ["meta/episodes.jsonl is empty."] })
  })
})

describe("a long table is cut into parts that together have every episode once", () => {
  const said = (at: number) => ({ length: 1, tasks: [`put block ${at} there`] })

  test("of lines", async () => {
    const tree = await built("2.0")
    const count = 9000
    const line = (_: unknown, at: number) => `${JSON.stringify({ episode_index: at, ...said(at) })}\n`
    const task = (_: unknown, at: number) => `${JSON.stringify({ task_index: at, task: said(at).tasks[0] })}\n`
    const { rows, parts, summary } = await indexOf(
      memoryFiles({
        ...tree,
        "meta/episodes.jsonl": Array.from({ length: count }, line).join(""),
        "meta/tasks.jsonl": Array.from({ length: count }, task).join(""),
      }),
    )
    expect(parts.length).toBeGreaterThan(4)
    expect(summary).toMatchObject({ episodes: count, frames: count, tasks: count })
    expect(rows.episodes.map(({ episode_index }) => episode_index)).toEqual(
      Array.from({ length: count }, (_, at) => at),
    )
    expect(new Set(rows.tasks.map(({ place }) => place)).size).toBe(count)
  })

  test("of row groups", async () => {
    const episodes = Array.from({ length: 4100 }, (_, at) => said(at))
    const { rows, parts, summary } = await indexOf(memoryFiles(await built("3.0", { episodes, signals: [] })))
    expect(parts.filter(({ part }) => part["kind"] === "table")).toHaveLength(2)
    expect(summary).toMatchObject({ episodes: 4100, frames: 4100, tasks: 4100 })
    expect(rows.episodes.map(({ tasks }) => tasks)).toEqual(episodes.map(({ tasks }) => tasks))
    expect(new Set(rows.episodes.map(({ place }) => place)).size).toBe(4100)
  })
})

describe("one row group that is too long for a part", () => {
  test("is cut by its rows, and says that statistics were left out", async () => {
    const count = 17_000
    const index = Array.from({ length: count }, (_, at) => at)
    const bytes = writeParquet({
      columns: [
        { name: "episode_index", type: "int64", data: index },
        { name: "length", type: "int64", data: index.map((at) => (at * 7919) % 1000) },
        {
          name: "tasks",
          type: "string",
          depth: 1,
          data: index.map((at) => [createHash("md5").update(String(at)).digest("hex")]),
        },
      ],
    })
    const path = "meta/episodes/chunk-000/file-000.parquet"
    const { rows, parts, summary } = await indexOf(memoryFiles({ ...(await built("3.0")), [path]: bytes }))
    expect(parts.filter(({ part }) => part["kind"] === "table")).toHaveLength(2)
    expect(rows.episodes.map(({ episode_index }) => episode_index)).toEqual(index)
    expect(rows.episodes[16_500]).toMatchObject({
      length: (16_500 * 7919) % 1000,
      data_path: null,
      flags: ["no_data_file"],
    })
    expect(summary).toMatchObject({ episodes: count, flags: { no_data_file: count } })
    expect(summary.notes).toEqual([expect.stringContaining("statistics")])
  })
})

interface Facts {
  info: { fps: number; total_episodes: number; total_frames: number; total_tasks: number }
  episodes: Record<string, unknown>[]
  tasks: { task_index: number; task: string }[]
  features: Record<string, { dtype: string; shape: number[] }>
  episode_stats: Record<string, Record<string, number[]>> | string
}

describe.runIf(hasSharedData)("datasets that LeRobot wrote", () => {
  const facts = JSON.parse(readFileSync(sharedData("lerobot-made/FACTS.json"), "utf8")) as Record<string, Facts>
  const whole = Object.entries(facts).filter(([name, each]) => each.episodes && name !== "made-v30-crashed")

  test.each(whole)(
    "%s is indexed as its facts say",
    async (name, { info, episodes, tasks, features, episode_stats }) => {
      const { rows, summary } = await indexOf(await folderFiles(sharedData(`lerobot-made/${name}`)))
      expect(
        rows.episodes.map(({ episode_index, length, tasks: texts }) => ({ episode_index, length, tasks: texts })),
      ).toEqual(
        episodes.map((each) => ({
          episode_index: each["episode_index"],
          length: each["length"],
          tasks: each["tasks"],
        })),
      )
      for (const [at, row] of rows.episodes.entries()) {
        const fact = episodes[at]!
        if ("dataset_from_index" in fact)
          expect([row.rows_from, row.rows_to]).toEqual([fact["dataset_from_index"], fact["dataset_to_index"]])
        for (const video of row.videos) {
          if (!(`videos/${video.camera}/from_timestamp` in fact)) continue
          expect(video.from_s).toBe(fact[`videos/${video.camera}/from_timestamp`])
          expect(video.to_s).toBe(fact[`videos/${video.camera}/to_timestamp`])
        }
        const stats = typeof episode_stats === "string" ? undefined : episode_stats[String(row.episode_index)]
        for (const [key, kept] of Object.entries(row.stats ?? {})) {
          const min = stats?.[`${key}/min`]
          if (min)
            expect(kept.min).toEqual(
              min.slice(0, kept.min.length).map((each) => (Number.isFinite(each) ? expect.closeTo(each, 2) : null)),
            )
        }
      }
      expect(rows.tasks.map(({ task_index, task }) => ({ task_index, task }))).toEqual(tasks)
      expect(rows.features.map(({ name: key, dtype, shape }) => ({ key, dtype, shape }))).toEqual(
        Object.entries(features ?? {}).map(([key, { dtype, shape }]) => ({ key, dtype, shape })),
      )
      expect(summary).toMatchObject({ episodes: episodes.length, frames: info.total_frames })
    },
  )
})
