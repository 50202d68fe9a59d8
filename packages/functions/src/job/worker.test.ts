import { spawn } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { resetConfig } from "@robokit/core/config"
import { Database } from "@robokit/core/db/database"
import { execute } from "@robokit/core/job/execute"
import { Job } from "@robokit/core/job/job"
import { useDatabase } from "@robokit/core/test/database"
import { catchMessages, importDataset, keepObjects } from "@robokit/core/test/engine"
import type { SQSEvent } from "aws-lambda"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { harness } from "../../test/harness.ts"
import { inThread } from "./in-thread.ts"
import { workerWith } from "./worker.ts"

const database = useDatabase()
const run = inThread(new URL("../../test/harness-thread.ts", import.meta.url))

beforeAll(() => {
  Object.assign(process.env, { JOB_LEASE_SECONDS: "2", JOB_MEMORY_MB: "64" })
  resetConfig()
})
afterAll(() => {
  delete process.env.JOB_LEASE_SECONDS
  delete process.env.JOB_MEMORY_MB
  resetConfig()
})
beforeEach(() => {
  catchMessages()
  keepObjects()
})

const begin = async (type: keyof typeof harness) => {
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, type, { n: 0 }, harness)
  return { id: job.id, look: () => Job.get(dataset_id, job.id) }
}
const go = (id: number, time_limit_ms = 20_000) => execute(id, { registry: harness, run, time_limit_ms })
const runAll = (statement: string) => database.admin.unsafe(statement)

describe("a job in its thread", () => {
  test("gives its result, its progress and its cost to the row", async () => {
    const { id, look } = await begin("quick")
    expect(await go(id)).toBe("completed")
    expect(await look()).toMatchObject({ status: "completed", progress: 100, result: { from: "thread" } })
  })

  test("that never yields neither stops the heartbeat nor outlives its limit", async () => {
    const { id, look } = await begin("spins")
    const start = performance.now()
    const running = go(id, 5000)
    await sleep(4000)
    // Twice the lease has passed: only a heart that beats beside the loop can have kept it.
    expect(await Job.claim(id, Object.keys(harness))).toBeUndefined()
    expect(await look()).toMatchObject({ status: "running", progress: 5, message: "round and round" })
    expect(await running).toBe("failed")
    expect(performance.now() - start).toBeLessThan(7000)
    expect(await look()).toMatchObject({ status: "failed", error_code: "time_limit" })
  })

  test("that eats its memory too in the larger class fails as that, and the worker lives on", async () => {
    const { id, look } = await begin("hogs")
    expect(await go(id)).toBe("failed")
    expect(await look()).toMatchObject({ status: "pending", state_detail: "retry_wait", size_class: "medium" })
    expect(await go(id)).toBe("failed")
    expect(await look()).toMatchObject({ status: "failed", error_code: "memory_limit", error: { retryable: false } })
    expect(await go((await begin("quick")).id)).toBe("completed")
  })

  test("that dies is tried again, and given up after the third death", async () => {
    const { id, look } = await begin("exits")
    await go(id)
    expect(await look()).toMatchObject({ status: "pending", state_detail: "retry_wait" })
    for (let death = 2; death <= 3; death++) {
      await runAll("update job set run_after = now()")
      await go(id)
    }
    expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", error_code: "worker_crashed" })
  })

  test.each(["throws", "throws_later", "uncloneable"] as const)(
    "that %s is a bug of ours, tried again",
    async (type) => {
      const { id, look } = await begin(type)
      await go(id)
      const job = await look()
      expect(job).toMatchObject({ status: "pending", state_detail: "retry_wait" })
      expect(JSON.stringify(job)).not.toContain("secret")
    },
  )

  test("keeps the class, the file and the episode of its refusal", async () => {
    const { id, look } = await begin("refuses")
    await go(id)
    expect(await look()).toMatchObject({
      error_code: "dataset_malformed",
      error: { detail: "It contradicts itself.", path: "meta/info.json", episode: 3, retryable: false },
    })
  })

  test("with a result too large for the row is refused as too large", async () => {
    const { id, look } = await begin("bloats")
    await go(id)
    expect(await look()).toMatchObject({ status: "failed", error_code: "too_large" })
  })
})

describe("the handler", () => {
  const shutdown = new AbortController().signal
  const handle = workerWith({ registry: harness, run, shutdown, size_class: "light" })
  const context = { getRemainingTimeInMillis: () => 60_000 }
  const event = (...bodies: string[]) =>
    ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) }) as SQSEvent
  const failures = async (...bodies: string[]) =>
    (await handle(event(...bodies), context)).batchItemFailures.map((each) => each.itemIdentifier)

  test("gives back only what must be delivered again", async () => {
    const { id } = await begin("quick")
    const message = JSON.stringify({ job_id: id, v: 1 })
    const foreign = (await begin("throws")).id
    await runAll(`update job set job_type = 'newer' where id = ${foreign}`)
    expect(
      await failures(
        message,
        "not json",
        '{"job_id": "1; drop table job", "v": 1}',
        '{"job_id": 404, "v": 1}',
        message,
        JSON.stringify({ job_id: foreign, v: 1 }),
      ),
    ).toEqual(["m1", "m2", "m5"])
  })

  test("keeps no message of a job that is too large for it: a larger worker has it then", async () => {
    const caught = catchMessages()
    const { id, look } = await begin("quick")
    await runAll("update job set size_class = 'medium'")
    caught.sent.length = 0
    expect(await failures(JSON.stringify({ job_id: id, v: 1 }))).toEqual([])
    expect(caught.sent).toMatchObject([{ to: "job", size_class: "medium", body: { job_id: id, v: 1 } }])
    expect(await look()).toMatchObject({ status: "pending", attempt: 0 })
  })

  test("does a job in shards by the messages that come of it, each in a thread of its own", async () => {
    const caught = catchMessages()
    const { id, look } = await begin("parts")
    for (let wake = caught.sent.shift(); wake; wake = caught.sent.shift()) {
      const bodies = wake.to === "shards" ? wake.bodies : wake.to === "job" ? [wake.body] : []
      await failures(...bodies.map((body) => JSON.stringify(body)))
    }
    // The metadata job of the import is known nowhere here, and stays.
    expect(await look()).toMatchObject({ id, status: "completed", result: { weights: [1, 2, 3] } })
  })

  test("gives the message back when the database is away", async () => {
    await Database.connectTo("postgres://app@127.0.0.1:9/none")
    try {
      expect(await failures('{"job_id": 1, "v": 1}')).toEqual(["m0"])
    } finally {
      await Database.connectTo(database.url)
    }
  })
})

test("a job whose worker's process was killed is taken over after the lease, and completes", async () => {
  const { id, look } = await begin("spins")
  const worker = spawn(
    process.execPath,
    [fileURLToPath(new URL("../../test/harness-worker.ts", import.meta.url)), String(id)],
    { stdio: "inherit" },
  )
  while ((await look()).progress < 5) await sleep(50)
  const exited = new Promise((resolve) => worker.once("exit", (_, signal) => resolve(signal)))
  worker.kill("SIGKILL")
  expect(await exited).toBe("SIGKILL")
  const killed_at = performance.now()

  // The same row, with code that ends.
  await runAll(`update job set job_type = 'quick' where id = ${id}`)
  while ((await go(id)) !== "completed") await sleep(100)
  expect(performance.now() - killed_at).toBeLessThan(5000)
  expect(await look()).toMatchObject({ status: "completed", attempt: 2, result: { from: "thread" } })
})
