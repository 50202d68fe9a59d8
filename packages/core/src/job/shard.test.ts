import { execFile } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { sql } from "drizzle-orm"
import { beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessShards, importDataset, keepObjects } from "../../test/engine.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { memoryFiles } from "../files/memory.ts"
import type { ShardedJob } from "./define.ts"
import { type Ended, execute, type Runner } from "./execute.ts"
import { bury } from "./dead-letters.ts"
import { Job } from "./job.ts"
import { perform } from "./perform.ts"
import { Queue } from "./queue.ts"
import { sweep } from "./sweep.ts"

const database = useDatabase()
let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

/** Sums the squares of 0…n−1, one a shard; a second stage doubles the sum when n is odd. */
const squares = (run: ShardedJob["run"] = async ({ at }) => ({ square: Number(at) ** 2 })) =>
  harnessShards({
    plan: async ({ n }) => Array.from({ length: n as number }, (_, at) => ({ weight: at + 1, input: { at } })),
    run,
    reduce: async (partials, { params, stage }) => {
      const sum = partials.reduce((all, { square }) => all + Number(square), 0)
      if (stage === 1 && Number(params.n) % 2 === 1)
        return { shards: [{ weight: 1, input: { at: Math.sqrt(2 * sum) } }] }
      return { result: { sum, parts: partials.length, stage }, summary: {} }
    },
  })

const stageWith = (job = squares()) => {
  const registry = { squares: job }
  const inPlace: Runner = (task, watch, signal) =>
    perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })
  const go = ({ job_id, shard_id }: Pick<Message, "job_id"> & { shard_id?: number | undefined }, run = inPlace) =>
    execute(job_id, { shard_id, registry, run, time_limit_ms: 60_000 })
  const begin = async (n: number) => {
    const { id: dataset_id } = await importDataset()
    const { job } = await Job.start(dataset_id, "squares", { n }, registry)
    caught.sent.length = 0
    return { dataset_id, id: job.id, look: () => Job.get(dataset_id, job.id) }
  }
  /** What the queue does: whatever was sent is delivered, until nothing is sent any more. */
  const drain = async () => {
    const ends: Ended[] = []
    for (let wake = caught.sent.shift(); wake; wake = caught.sent.shift()) {
      if (wake.to === "sweep") continue
      for (const body of wake.to === "shards" ? wake.bodies : [wake.body]) ends.push(await go(body))
    }
    return ends
  }
  return { registry, known: Object.keys(registry), go, begin, drain }
}
const shardsOf = (id: number) =>
  use().execute<{ id: number; status: string; attempt: number }>(
    sql`select id, status, attempt from shard where job_id = ${id} order by stage, ordinal`,
  )
type Message = ReturnType<typeof caught.shards>[number]
const run = (statement: string) => database.admin.unsafe(statement)

describe("a job in shards", () => {
  test("is planned, run in parts and put together, one reduce for all", async () => {
    const { begin, go, drain } = stageWith()
    const { id, look } = await begin(4)
    expect(await go({ job_id: id })).toBe("planned")
    expect(await look()).toMatchObject({ status: "running", state_detail: "running", progress: 0 })
    expect(caught.sent).toMatchObject([{ to: "shards", bodies: [{ job_id: id }, {}, {}, {}] }])
    expect(await drain()).toEqual(["delivered", "delivered", "delivered", "delivered", "completed"])
    expect(await look()).toMatchObject({ status: "completed", progress: 100, result: { sum: 14, parts: 4, stage: 1 } })
  })

  test("opens a further stage when the reduce asks for one", async () => {
    const { begin, go, drain } = stageWith()
    const { id, look } = await begin(3)
    await go({ job_id: id })
    await drain()
    expect(await look()).toMatchObject({ status: "completed", result: { sum: expect.closeTo(10), parts: 1, stage: 2 } })
  })

  test("without shards goes on to its reduce", async () => {
    const { begin, go, drain } = stageWith()
    const { id, look } = await begin(0)
    await go({ job_id: id })
    expect(await drain()).toEqual(["completed"])
    expect(await look()).toMatchObject({ result: { sum: 0, parts: 0 } })
  })

  test("sends its shards ten in a message", async () => {
    const { begin, go } = stageWith()
    const { id } = await begin(1001)
    await go({ job_id: id })
    const sizes = caught.sent.map((wake) => (wake.to === "shards" ? wake.bodies.length : 0))
    expect(sizes).toEqual([...Array.from({ length: 100 }, () => 10), 1])
    expect(new Set(caught.shards().map(({ shard_id }) => shard_id)).size).toBe(1001)
  })

  test("sends ten messages at once and no more", async () => {
    let [now, most] = [0, 0]
    Queue.deliverWith(async () => {
      most = Math.max(most, ++now)
      await sleep(2)
      now--
    })
    const { begin, go } = stageWith()
    const { id } = await begin(250)
    await go({ job_id: id })
    expect(most).toBe(10)
  })

  test("has the progress of the work done, and its cost", async () => {
    const { begin, go } = stageWith()
    const { id, look } = await begin(4)
    await go({ job_id: id })
    const shards = await shardsOf(id)
    const costly: Runner = async (_, watch) => {
      watch.usage({ requests: 2, bytes: 100 })
      return { partial: { square: 1 } }
    }
    const seen = []
    for (const shard of shards) {
      await go({ job_id: id, shard_id: shard.id }, costly)
      seen.push((await look()).progress)
    }
    // Weights 1, 2, 3, 4.
    expect(seen).toEqual([10, 30, 60, 99])
    expect((await look()).usage).toMatchObject({ requests: 8, bytes: 400 })
  })

  test("runs each shard once, however often its message comes", async () => {
    let runs = 0
    const { begin, go } = stageWith(squares(async () => (runs++, await sleep(5), { square: 1 })))
    const { id } = await begin(3)
    await go({ job_id: id })
    const messages = caught.shards()
    const all = [...messages, ...messages, ...messages, ...messages]
    const ends = await Promise.all(all.map((message) => go(message)))
    expect(runs).toBe(3)
    expect(ends.filter((end) => end === "delivered")).toHaveLength(3)
    expect(caught.jobs()).toEqual([id])
  })
})

describe("a shard", () => {
  test("that fails for good fails the job with its error, and the others stop", async () => {
    const bad = squares(async ({ at }) => {
      if (at === 1) throw new AppError("dataset_malformed", "Broken.", { path: "b.bin" })
      return { square: 1 }
    })
    const { begin, go, known } = stageWith(bad)
    const { id, look } = await begin(4)
    await go({ job_id: id })
    const [one, two, three, four] = caught.shards() as [Message, Message, Message, Message]
    const late = (await Job.claimShard(four.shard_id, known))!
    expect(await go(one)).toBe("delivered")
    expect(await go(two)).toBe("failed")
    expect(await look()).toMatchObject({
      status: "failed",
      error_code: "dataset_malformed",
      error: { path: "b.bin" },
    })
    expect(await go(three)).toBe("not_ours")
    expect(await Job.heartbeat(late)).toBe(false)
    expect(await Job.deliver({ ...late, shard: late.shard! }, { square: 9 }, late.shard!.usage)).toBe(false)
    await sweep(known)
    expect(await shardsOf(id)).toHaveLength(0)
  })

  test("whose error may pass is tried again, alone", async () => {
    let weather = true
    const flaky = squares(async ({ at }) => {
      if (at === 0 && weather) throw new AppError("hub_timeout", "Slow.")
      return { square: 1 }
    })
    const { begin, go, drain } = stageWith(flaky)
    const { id, look } = await begin(2)
    await go({ job_id: id })
    const [first] = caught.shards()
    expect(await go(first!)).toBe("failed")
    expect(await look()).toMatchObject({ status: "running" })
    weather = false
    await run("update shard set run_after = now()")
    await drain()
    expect(await look()).toMatchObject({ status: "completed", result: { sum: 2 } })
  })

  test("whose worker dies is taken over, and after three deaths takes the job with it", async () => {
    const { begin, go, known } = stageWith()
    const { id, look } = await begin(2)
    await go({ job_id: id })
    const { shard_id } = caught.shards()[0]!
    for (let death = 0; death < 3; death++) {
      expect(await Job.claimShard(shard_id, known)).toBeDefined()
      await run(
        "update shard set lease_until = now() - interval '1 second', last_sent_at = now() - interval '1 hour' where status = 'running'",
      )
      caught.sent.length = 0
      await sweep(known)
      expect(caught.shards()).toEqual([{ job_id: id, shard_id }])
    }
    expect(await go({ job_id: id, shard_id })).toBe("not_ours")
    expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", error_code: "worker_crashed" })
  })

  test("whose message died ends the job, unless it is in good hands", async () => {
    const { begin, go, known } = stageWith()
    const { id, look } = await begin(2)
    await go({ job_id: id })
    const [one, two] = caught.shards() as [Message, Message]
    await Job.claimShard(one.shard_id, known)
    expect(await bury(id, known, one.shard_id)).toBe(false)
    expect(await bury(id, known, two.shard_id)).toBe(true)
    expect(await look()).toMatchObject({ state_detail: "dead" })
  })

  test("goes back uncounted at a shutdown", async () => {
    const { begin, go, known } = stageWith()
    const { id } = await begin(1)
    await go({ job_id: id })
    const { shard_id } = caught.shards()[0]!
    const lease = (await Job.claimShard(shard_id, known))!
    caught.sent.length = 0
    expect(await Job.handBack(lease, lease.shard!.usage)).toBe(true)
    expect(caught.shards()).toMatchObject([{ job_id: id, shard_id }])
    expect((await Job.claimShard(shard_id, known))!.shard).toMatchObject({ tries: 0, crashes: 0, attempt: 2 })
  })

  test("of a cancelled or deleted job does nothing any more", async () => {
    const { begin, go, known } = stageWith()
    const [one, two] = [await begin(2), await begin(2)]
    for (const { id } of [one, two]) await go({ job_id: id })
    const leases = await Promise.all(caught.shards().map(({ shard_id }) => Job.claimShard(shard_id, known)))
    expect(await Job.cancel(one.dataset_id, one.id)).toMatchObject({ status: "failed", state_detail: "cancelled" })
    await Dataset.remove(two.dataset_id)
    for (const lease of leases) {
      expect(await Job.heartbeat(lease!)).toBe(false)
      expect(await Job.deliver({ ...lease!, shard: lease!.shard! }, {}, lease!.shard!.usage)).toBe(false)
    }
    expect(await one.look()).toMatchObject({ state_detail: "cancelled" })
  })

  test("of an attempt before the retry is none of the new one's", async () => {
    const { begin, go, drain, registry, known } = stageWith()
    const { dataset_id, id, look } = await begin(2)
    await go({ job_id: id })
    const late = (await Job.claimShard(caught.shards()[0]!.shard_id, known))!
    await Job.cancel(dataset_id, id)
    await Job.retry(dataset_id, id, registry)
    expect(await Job.deliver({ ...late, shard: late.shard! }, { square: 100 }, late.shard!.usage)).toBe(false)
    await drain()
    expect(await look()).toMatchObject({ status: "completed", result: { sum: 1 } })
  })
})

describe("the reduce", () => {
  test("is queued once when 1,000 shards finish at once, each twice, over connections of their own", async () => {
    const { begin, go, known } = stageWith()
    const { id, look } = await begin(1000)
    await go({ job_id: id })
    const claimed: string[] = []
    for (const { shard_id } of caught.shards())
      claimed.push(`${shard_id}=${(await Job.claimShard(shard_id, known))!.token}`)
    const at = Date.now() + 3000
    const script = fileURLToPath(new URL("../../test/finish-shards.ts", import.meta.url))
    const told = await Promise.all(
      Array.from({ length: 4 }, async (_, process_at) => {
        // Every shard is in the hands of two.
        const mine = claimed.filter((_, n) => n % 2 === process_at % 2)
        const { stdout } = await promisify(execFile)(process.execPath, [script, String(at), String(id), ...mine])
        return JSON.parse(stdout) as { done: number; reduces: number }
      }),
    )
    expect(told.reduce((all, { done }) => all + done, 0)).toBe(1000)
    expect(told.reduce((all, { reduces }) => all + reduces, 0)).toBe(1)
    const [row] = await run(`select open_shards, done_weight = total_weight as whole from job where id = ${id}`)
    expect(row).toEqual({ open_shards: 0, whole: true })
    expect(await go({ job_id: id })).toBe("completed")
    expect(await look()).toMatchObject({ result: { sum: 1000, parts: 1000 } })
  }, 180_000)

  test("is reached by shards that waited for their job's row longer than a statement may", async () => {
    const { begin, go } = stageWith()
    const { id, look } = await begin(4)
    await go({ job_id: id })
    const messages = caught.shards()
    const held = database.admin.begin(async (sql) => {
      await sql`select from job where id = ${id} for update`
      // `lock_timeout` is 2 s.
      await sleep(2500)
    })
    await sleep(50)
    const ends = await Promise.all(messages.map((message) => go(message)))
    await held
    expect(ends).toEqual(["delivered", "delivered", "delivered", "delivered"])
    expect(caught.jobs()).toEqual([id])
    expect(await go({ job_id: id })).toBe("completed")
    expect(await look()).toMatchObject({ result: { sum: 14, parts: 4 } })
  })

  test("that was never told is woken by the sweep", async () => {
    const { begin, go, drain, known } = stageWith()
    const { id, look } = await begin(2)
    await go({ job_id: id })
    const messages = caught.shards()
    for (const message of messages) await go(message)
    caught.sent.length = 0
    await run("update job set last_sent_at = now() - interval '1 minute'; update outbox set sent_at = now()")
    expect(await sweep(known)).toMatchObject({ woken: 1 })
    await drain()
    expect((await look()).status).toBe("completed")
  })

  test("that fails in passing is tried again on what the shards found", async () => {
    const { begin, go } = stageWith()
    const { id, look } = await begin(2)
    await go({ job_id: id })
    for (const message of caught.shards()) await go(message)
    await go({ job_id: id }, () => Promise.reject(new AppError("storage_error", "Down.")))
    expect(await look()).toMatchObject({ status: "pending", state_detail: "retry_wait", progress: 99 })
    await run("update job set run_after = now()")
    expect(await go({ job_id: id })).toBe("completed")
    expect(await look()).toMatchObject({ result: { sum: 1 } })
  })
})
