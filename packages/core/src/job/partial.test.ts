import { beforeEach, describe, expect, test } from "vitest"
import { booksOfBudgets, booksOfJobs } from "../../test/books.ts"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, harnessShards, importDataset, keepObjects } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import type { Listing } from "../dataset/schema.ts"
import { AppError } from "../error.ts"
import { memoryFiles } from "../files/memory.ts"
import type { ShardedJob } from "./define.ts"
import { type Ended, execute, type Runner } from "./execute.ts"
import { Job } from "./job.ts"
import { perform } from "./perform.ts"

const database = useDatabase()
let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

const MB = 1024 * 1024
const listing: Listing = { complete: true, files: 1, bytes: 0, by_kind: {} }
/** Each of five parts is said to be of 40 MB; what the job is told it may read is 100 MB and the leeway of 64. */
const ESTIMATE = { requests: 5, bytes: 100 * MB, compute_ms: 300_000 }
const CAP = 200 * MB

const parts = (run: ShardedJob["run"] = async ({ at }) => ({ at }), more: Partial<ShardedJob> = {}) => ({
  ...harnessShards({
    plan: async () => [0, 1, 2, 3, 4].map((at) => ({ weight: 1, input: { at } })),
    run,
    reduce: async (partials, { missing }) => ({ result: { parts: partials, missing: missing ?? null }, summary: {} }),
  }),
  estimate: () => ESTIMATE,
  ...more,
})

const stageWith = async (job: ShardedJob, bytes_each = 0, known: Listing = listing) => {
  const registry = { parts: job }
  const given: (number | undefined)[] = []
  const inPlace: Runner = async (task, watch, signal) => {
    given.push(task.max_bytes)
    const done = await perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })
    if (task.input) watch.usage({ requests: 1, bytes: bytes_each })
    return done
  }
  const { id: dataset_id } = await importDataset({ listing: known })
  const { job: started } = await Job.start(dataset_id, "parts", { n: 0 }, registry)
  const go = (job_id: number, shard_id?: number) =>
    execute(job_id, { shard_id, registry, run: inPlace, time_limit_ms: 60_000 })
  caught.sent.length = 0
  await go(started.id)
  const drain = async () => {
    const ends: Ended[] = []
    for (let wake = caught.sent.shift(); wake; wake = caught.sent.shift()) {
      if (wake.to === "sweep") continue
      for (const { job_id, shard_id } of wake.to === "shards" ? wake.bodies : [wake.body])
        ends.push(await go(job_id, shard_id))
    }
    return ends
  }
  return { id: started.id, dataset_id, look: () => Job.get(dataset_id, started.id), go, drain, given, registry }
}
const failsAt =
  (bad: number, code: "budget_exceeded" | "time_limit" | "too_large"): ShardedJob["run"] =>
  async ({ at }) => {
    if (at === bad) throw new AppError(code, "Enough.")
    return { at }
  }

const withLimit = (usd: number | undefined) => {
  if (usd === undefined) delete process.env.BUDGET_DAY_USD
  else process.env.BUDGET_DAY_USD = String(usd)
  resetConfig()
}

describe("a job in shards", () => {
  test.each(["budget_exceeded", "time_limit"] as const)(
    "that is stopped by %s keeps what was found: the reduce is told, and the result is marked",
    async (code) => {
      const { id, look, drain } = await stageWith(parts(failsAt(2, code)))
      expect(await drain()).toEqual(["delivered", "delivered", "failed", "not_ours", "not_ours", "completed"])
      const partial = { reason: code, detail: "Enough.", done: 2, of: 5 }
      expect(await look()).toMatchObject({
        status: "completed",
        partial,
        result: { parts: [{ at: 0 }, { at: 1 }], missing: partial },
        error: null,
      })
      const [row] =
        await database.admin`select reserved_micros::int as reserved, due_micros::int as due from job where id = ${id}`
      expect(row).toEqual({ reserved: 0, due: 0 })
    },
  )

  test("that is stopped before anything was found fails, and so does one that is wrong", async () => {
    const early = await stageWith(parts(failsAt(0, "budget_exceeded")))
    await early.drain()
    expect(await early.look()).toMatchObject({ status: "failed", error_code: "budget_exceeded", partial: null })
    const wrong = await stageWith(parts(failsAt(2, "too_large")))
    await wrong.drain()
    expect(await wrong.look()).toMatchObject({ status: "failed", error_code: "too_large", partial: null })
  })

  test("drops what is at work in the moment it is stopped, whose late word changes nothing", async () => {
    const { id, look, drain, go, registry } = await stageWith(parts(failsAt(1, "budget_exceeded")))
    const [first, second, ...rest] = caught.shards().map(({ shard_id }) => shard_id)
    const late = (await Job.claimShard(rest[0]!, Object.keys(registry)))!
    await go(id, first)
    caught.sent.length = 0
    await go(id, second)
    expect(await Job.heartbeat(late)).toBe(false)
    expect(await Job.deliver({ ...late, shard: late.shard! }, { at: 9 }, late.shard!.usage)).toBe(false)
    await drain()
    expect(await look()).toMatchObject({ partial: { done: 1, of: 5 }, result: { parts: [{ at: 0 }] } })
  })

  test("reads no more than twice its estimate: the shard after that is not begun", async () => {
    const { look, drain, given } = await stageWith(parts(), 70 * MB)
    // 70, 140, 210 of 200 MB: three, and the fourth stops it.
    expect(await drain()).toEqual(["delivered", "delivered", "delivered", "failed", "not_ours", "completed"])
    expect(given).toEqual([CAP, CAP, CAP - 70 * MB, CAP - 140 * MB, 64 * MB])
    const job = await look()
    expect(job).toMatchObject({ status: "completed", partial: { reason: "budget_exceeded", done: 3, of: 5 } })
    expect(job.partial!.detail).toMatch(/more than twice its estimate: 220200960 bytes were read/)
    const books = await booksOfJobs()
    expect(books.spent).toBeGreaterThan(0)
    expect(await booksOfBudgets()).toEqual(books)
  })

  test("costs no more than twice what was reserved and one run more", async () => {
    const { id, look, drain } = await stageWith(parts(async ({ at }) => ({ at })))
    await database.admin`update job set due_micros = 2 * reserved_micros + 5000 where id = ${id}`
    await drain()
    // Nothing was delivered by then.
    expect(await look()).toMatchObject({ status: "failed", error_code: "budget_exceeded" })
  })

  test("has no cap of its own when the list of files was too long to be estimated", async () => {
    const { look, drain, given } = await stageWith(parts(), 70 * MB, { ...listing, complete: false })
    await drain()
    expect(given).toEqual(Array.from({ length: 7 }, () => undefined))
    expect(await look()).toMatchObject({ status: "completed", partial: null, result: { missing: null } })
  })

  test("whose size nobody knew is stopped when it has used up the budget", async () => {
    const { id, look, drain } = await stageWith(parts(), 70 * MB, { ...listing, complete: false })
    const [row] = await database.admin`select reserved_micros::int as reserved from job where id = ${id}`
    const [sum] = await database.admin`select sum(reserved_micros)::int as reserved from spending`
    try {
      withLimit((sum!.reserved + 1000) / 1e6)
      const [first] = caught.shards()
      const wake = caught.sent
      caught.sent = [{ to: "shards", size_class: "light", bodies: [{ ...first!, v: 1 }] }]
      await drain()
      expect(await look()).toMatchObject({ status: "running", partial: null })
      await database.admin`update job set due_micros = ${row!.reserved + 1001} where id = ${id}`
      caught.sent = wake
      await drain()
      const job = await look()
      expect(job).toMatchObject({ status: "completed", partial: { reason: "budget_exceeded", done: 1, of: 5 } })
      expect(job.partial!.detail).toMatch(/^The job has cost \$\d.* so far, and the budget of all for today is used up/)
    } finally {
      withLimit(undefined)
    }
  })

  test("that is tried again after it was stopped is cut anew and whole", async () => {
    const { dataset_id, id, look, drain, registry } = await stageWith(parts(failsAt(0, "budget_exceeded")), 70 * MB)
    await drain()
    registry.parts.run = async ({ at }) => ({ at })
    registry.parts.estimate = () => ({ ...ESTIMATE, bytes: 1000 * MB })
    await Job.retry(dataset_id, id, registry)
    await drain()
    expect(await look()).toMatchObject({ status: "completed", partial: null, estimate: { bytes: 1000 * MB } })
  })
})

test("a job in one go may say itself that its result is partial", async () => {
  const partial = { reason: "too_large", detail: "One file was left out.", done: 3, of: 4 }
  const registry = { single: harnessJob(async () => ({ result: {}, summary: {}, partial })) }
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, "single", { n: 0 }, registry)
  const run: Runner = (task, watch, signal) =>
    perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })
  expect(await execute(job.id, { registry, run, time_limit_ms: 10_000 })).toBe("completed")
  expect(await Job.get(dataset_id, job.id)).toMatchObject({ partial })
})

test("the reader of a job's files stops it at the bytes it may read", async () => {
  const limits: (number | undefined)[] = []
  const registry = { single: { ...harnessJob(), estimate: () => ({ requests: 1, bytes: 1000, compute_ms: 1 }) } }
  const { id: dataset_id } = await importDataset({ listing })
  const { job } = await Job.start(dataset_id, "single", { n: 0 }, registry)
  const run: Runner = (task, watch, signal) =>
    perform(task, {
      registry,
      openFiles: (_, { budget_bytes }) => (limits.push(budget_bytes), memoryFiles({})),
      watch,
      signal,
    })
  await execute(job.id, { registry, run, time_limit_ms: 10_000 })
  expect(limits).toEqual([1000 + 64 * MB])
})
