import { sql } from "drizzle-orm"
import { beforeAll, beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, keepObjects } from "../../test/engine.ts"
import { inPlace, indexDataset, treeOf } from "../../test/indexing.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { memoryFiles } from "../files/memory.ts"
import { buildLeRobot, type LeRobotSpec } from "../format/lerobot/builder.ts"
import { execute } from "../job/execute.ts"
import { Job } from "../job/job.ts"
import { jobs } from "../job/registry.ts"
import { Episode } from "./episode.ts"

const database = useDatabase()
beforeEach(() => {
  catchMessages()
  keepObjects()
})

const TASKS = ["Pick up the red cube", "Öffne die Schublade", "fold 100% of the towel_a"]
const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101",
  episodes: Array.from({ length: 12 }, (_, at) => ({ length: 30 - 2 * (at % 6), tasks: [TASKS[at % 3]!] })),
  signals: [
    {
      name: "action",
      role: "action",
      names: ["shoulder_pan.pos", "gripper.pos"],
      ranges: [
        [-1, 1],
        [0, 5],
      ],
    },
  ],
}
let tree: Record<string, Uint8Array>
beforeAll(async () => void (tree = await treeOf(await buildLeRobot(spec))))

const importIndexed = async (files: Parameters<typeof indexDataset>[1] = tree, options = {}) => {
  const { id } = await importDataset(options)
  return { id, ...(await indexDataset(id, files)) }
}
const all = { skip: 0, limit: 100 }
const indexes = (rows: { episode_index: number }[]) => rows.map((row) => row.episode_index)
const countRows = async () => {
  const [row] = await use().execute<{ n: number }>(sql`select ((select count(*) from episode)
    + (select count(*) from task) + (select count(*) from feature))::int as n`)
  return row!.n
}

describe("the job", () => {
  test("leaves episodes that say where their rows and frames lie, and a sum as its result", async () => {
    const { id, job_id, ends } = await importIndexed()
    expect(ends).toEqual(["planned", "delivered", "completed"])
    expect(await Job.get(id, job_id)).toMatchObject({
      status: "completed",
      result: { episodes: 12, frames: 300, tasks: 3, flags: {}, notes: [] },
      result_summary: { episodes: 12, notes: 0 },
    })
    const { rows, total } = await Episode.list(id, all)
    expect(total).toBe(12)
    expect(rows[1]).toEqual({
      episode_index: 1,
      length: 28,
      duration_s: 2.8,
      tasks: [TASKS[1]],
      data: { path: "data/chunk-000/file-000.parquet", rows: { from: 30, to: 58 } },
      videos: [],
      flags: [],
    })
    expect((await Episode.get(id, 1)).stats).toMatchObject({
      action: { min: [expect.any(Number), expect.any(Number)] },
    })
    await expect(Episode.get(id, 12)).rejects.toMatchObject({ code: "not_found" })
  })

  test("keeps its rows out of what it keeps of a shard", async () => {
    const { job_id } = await importIndexed()
    const [shard] = await use().execute<{ partial: object }>(sql`select partial from shard where job_id = ${job_id}`)
    expect(Object.keys(shard!.partial)).toEqual(["counts"])
  })

  test("done again by a newer version replaces the rows, and readers see one index only", async () => {
    const { id } = await importIndexed()
    const before = await countRows()
    await use().execute(sql`update job set job_version = 0 where job_type = 'indexing'`)
    const shorter = await treeOf(await buildLeRobot({ ...spec, episodes: spec.episodes.slice(0, 5) }))
    const again = await indexDataset(id, shorter)
    expect(again.ends.at(-1)).toBe("completed")
    expect(await Episode.list(id, all)).toMatchObject({ total: 5 })
    expect(await countRows()).toBe(before - 7)
  })

  test("killed between its shards goes on, and a shard delivered twice changes nothing", async () => {
    const { id } = await importDataset()
    const { job } = await Job.start(id, "indexing", {})
    const run = inPlace(() => memoryFiles(tree))
    const options = { registry: jobs, run, time_limit_ms: 60_000 }
    expect(await execute(job.id, options)).toBe("planned")
    const [shard] = await use().execute<{ id: number }>(sql`select id from shard where job_id = ${job.id}`)
    // It is in another's hands, who has written his rows and dies before they are his.
    const stale = (await Job.claimShard(shard!.id, ["indexing"]))!
    await use().execute(sql`update shard set lease_until = now() - interval '1 second' where id = ${shard!.id}`)
    expect(await execute(job.id, { ...options, shard_id: shard!.id })).toBe("delivered")
    const before = await countRows()
    const rows = { episodes: [], tasks: [{ place: 99, task_index: 99, task: "late" }], features: [], stats: [] }
    const late = { rows, counts: [] }
    expect(await Job.deliver({ ...stale, shard: stale.shard! }, late, stale.job.usage, jobs.indexing.absorb)).toBe(
      false,
    )
    expect(await countRows()).toBe(before)
    expect(await execute(job.id, options)).toBe("completed")
    expect(await Episode.list(id, all)).toMatchObject({ total: 12 })
  })

  test("that was stopped does not take the place of one that was not", async () => {
    const { id, job_id } = await importIndexed()
    const before = await countRows()
    await use().execute(sql`update job set job_version = 0 where job_type = 'indexing'`)
    const { job } = await Job.start(id, "indexing", {})
    const options = { registry: jobs, run: inPlace(() => memoryFiles(tree)), time_limit_ms: 60_000 }
    await execute(job.id, options)
    const [shard] = await use().execute<{ id: number }>(sql`select id from shard where job_id = ${job.id}`)
    await execute(job.id, { ...options, shard_id: shard!.id })
    expect(await countRows()).toBe(2 * before)
    const partial = { reason: "time_limit", detail: "Enough.", done: 1, of: 2 }
    await use().execute(sql`update job set partial = ${JSON.stringify(partial)}::jsonb where id = ${job.id}`)
    expect(await execute(job.id, options)).toBe("completed")
    expect(await Job.get(id, job.id)).toMatchObject({ status: "completed", partial })
    expect(await Episode.indexed(id)).toMatchObject({ job_id, partial: null })
    expect(await Episode.list(id, all)).toMatchObject({ total: 12 })
    expect(await countRows()).toBe(before)
  })

  test("that failed half way and is tried again forgets what it had written", async () => {
    const { id } = await importDataset()
    const { job } = await Job.start(id, "indexing", {})
    const key = { tenant_id: 1, dataset_id: id, job_id: job.id }
    await jobs.indexing.absorb!.partial(
      { rows: { episodes: [], tasks: [{ place: 99, task_index: 99, task: "half" }], features: [], stats: [] } },
      key,
    )
    const { ends } = await indexDataset(id, tree)
    expect(ends.at(-1)).toBe("completed")
    expect(await Episode.search("half", { limit: 10 })).toMatchObject({ tasks: [] })
  })

  test("goes with its dataset", async () => {
    const { id } = await importIndexed()
    await Dataset.remove(id)
    expect(await countRows()).toBe(0)
  })
})

describe("the list", () => {
  test.each([
    ["episode_index", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ["-episode_index", [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    ["length", [5, 11, 4, 10, 3, 9, 2, 8, 1, 7, 0, 6]],
    ["-duration_s", [6, 0, 7, 1, 8, 2, 9, 3, 10, 4, 11, 5]],
  ] as const)("sorted by %s is walked by cursor with nothing twice or left out", async (sort, order) => {
    const { id } = await importIndexed()
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const { rows, next_cursor } = await Episode.list(id, { skip: 0, limit: 5, cursor }, { sort })
      seen.push(...indexes(rows))
      cursor = next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(order)
    expect(indexes((await Episode.list(id, { skip: 5, limit: 4 }, { sort })).rows)).toEqual(order.slice(5, 9))
  })

  test("walks over unknown lengths, too", async () => {
    const { id } = await importIndexed()
    await use().execute(sql`update episode set length = null where episode_index in (2, 5)`)
    for (const sort of ["length", "-length"] as const) {
      const seen: number[] = []
      let cursor: string | undefined
      do {
        const { rows, next_cursor } = await Episode.list(id, { skip: 0, limit: 1, cursor }, { sort })
        seen.push(...indexes(rows))
        cursor = next_cursor ?? undefined
      } while (cursor !== undefined)
      expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
      expect(sort === "length" ? seen.slice(-2) : seen.slice(0, 2).toReversed()).toEqual([2, 5])
    }
  })

  test("is filtered by a task, by words and by pieces of it", async () => {
    const { id } = await importIndexed()
    const found = async (filter: Parameters<typeof Episode.list>[2]) =>
      indexes((await Episode.list(id, all, filter)).rows)
    expect(await found({ task: TASKS[1]! })).toEqual([1, 4, 7, 10])
    expect(await found({ task: "Öffne" })).toEqual([])
    expect(await found({ q: "SCHUB" })).toEqual([1, 4, 7, 10])
    expect(await found({ q: "cube red" })).toEqual([0, 3, 6, 9])
    expect(await found({ q: "100% of" })).toEqual([2, 5, 8, 11])
    expect(await found({ q: "1_0" })).toEqual([])
    expect(await found({ q: " " })).toEqual([])
  })

  test("of what is not indexed says what to do", async () => {
    const said = (id: number) =>
      Episode.list(id, all).catch((error: Error & { code: string; user_action: string }) => error)
    const { id } = await importDataset()
    expect(await said(id)).toMatchObject({ code: "not_indexed", user_action: "Start the job `indexing`." })
    await Job.start(id, "indexing", {})
    expect(await said(id)).toMatchObject({ user_action: expect.stringContaining("Wait") })
    await indexDataset(id, {})
    expect(await said(id)).toMatchObject({ user_action: expect.stringContaining("failed") })
    const bag = await importDataset({ format_type: "rosbag" })
    expect(await said(bag.id)).toMatchObject({
      code: "not_indexed",
      message: expect.stringContaining("not indexed yet"),
    })
    expect(await said(99)).toMatchObject({ code: "not_found" })
  })
})

describe("the search", () => {
  test("finds episodes, tasks and features of every dataset, the better fit first", async () => {
    const one = await importIndexed(tree, { repo_id: "acme/one" })
    const two = await importIndexed(tree, { repo_id: "acme/two" })
    const found = await Episode.search("gripper", { limit: 10 })
    expect(found.features.map((hit) => [hit.dataset.repo_id, hit.name, hit.role])).toEqual([
      ["acme/one", "action", "action"],
      ["acme/two", "action", "action"],
    ])
    const { tasks, episodes } = await Episode.search("red cube", { limit: 3 })
    expect(tasks.map(({ dataset, task }) => [dataset.id, task])).toEqual([
      [one.id, TASKS[0]],
      [two.id, TASKS[0]],
    ])
    expect(episodes).toHaveLength(3)
    expect(episodes[0]).toMatchObject({ dataset: { id: one.id }, episode_index: 0, tasks: [TASKS[0]], length: 30 })
  })

  test("finds what is misspelt, or the beginning or a piece of a word", async () => {
    await importIndexed()
    for (const q of ["Schubblade", "schub", "chublad", "ÖFFNE", "öff"]) {
      expect(
        (await Episode.search(q, { kinds: ["tasks"], limit: 5 })).tasks.map(({ task }) => task),
        q,
      ).toEqual([TASKS[1]])
    }
  })

  test.each(["'; drop table episode; --", "zz & | ! <-> :*", "%", "\\", "\0", "((", "x".repeat(500), "\u{1F916}", "'"])(
    "takes %j for what it is",
    async (q) => {
      await importIndexed()
      await expect(Episode.search(q, { limit: 5 })).resolves.toMatchObject({ features: [] })
    },
  )
})

test("a comparison names what is other in the second, and nothing that is the same", async () => {
  const { id } = await importIndexed()
  const other = await treeOf(
    await buildLeRobot({
      ...spec,
      episodes: [{ length: 7, tasks: ["new"] }, ...spec.episodes.slice(1, 11)],
      signals: [
        { ...spec.signals[0]!, names: ["shoulder.pos", "gripper.pos"] },
        { name: "next.done", role: "done" },
      ],
    }),
  )
  const { id: other_id } = await importIndexed(other)
  const same = await Episode.compare(id, id)
  expect(same).toMatchObject({
    metadata: null,
    tasks: { added_count: 0, removed_count: 0 },
    features: { added: [], removed: [], changed: [] },
    episodes: { added: [], removed: [], changed: [], changed_count: 0, count: { from: 12, to: 12 } },
  })
  const { tasks, features, episodes } = await Episode.compare(id, other_id)
  expect(tasks).toEqual({ added: ["new"], removed: [], added_count: 1, removed_count: 0 })
  expect(features.added.map(({ name }) => name)).toEqual(["next.done"])
  expect(features.changed).toMatchObject([{ name: "action", to: { names: ["shoulder.pos", "gripper.pos"] } }])
  expect(episodes).toMatchObject({
    count: { from: 12, to: 11 },
    frames: { from: 300, to: 300 - 23 - 20 },
    removed: [11],
    changed: [{ episode_index: 0, length: { from: 30, to: 7 }, tasks: { from: [TASKS[0]], to: ["new"] } }],
    changed_count: 1,
  })
})

test("its metadata is compared field by field", async () => {
  const [a, b] = [await importIndexed(), await importIndexed()]
  const facts = {
    format: "lerobot",
    fps: 10,
    robot_type: "x",
    files: { count: 1, bytes: 2, by_kind: {} },
    notes: ["n"],
  }
  await database.admin`update dataset set dataset_metadata = ${database.admin.json(facts)} where id = ${a.id}`
  await database.admin`update dataset set dataset_metadata = ${database.admin.json({ ...facts, fps: 20, files: { count: 3, bytes: 2, by_kind: {} }, notes: [] })} where id = ${b.id}`
  expect((await Episode.compare(a.id, b.id)).metadata).toEqual([
    { field: "fps", from: 10, to: 20 },
    { field: "files.count", from: 1, to: 3 },
  ])
})
