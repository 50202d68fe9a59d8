import { sql } from "drizzle-orm"
import { afterEach, beforeEach, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessShards, importDataset, keepObjects } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { use } from "../db/database.ts"
import { memoryFiles } from "../files/memory.ts"
import { execute } from "../job/execute.ts"
import { Job } from "../job/job.ts"
import { perform } from "../job/perform.ts"
import { sweep } from "../job/sweep.ts"
import { halt, resume } from "./halt.ts"

const database = useDatabase()
const registry = {
  parts: harnessShards({
    plan: async () => [1, 2].map((weight) => ({ weight, input: { weight } })),
    run: async ({ weight }) => ({ weight }),
    reduce: async (partials) => ({ result: { parts: partials.length }, summary: {} }),
  }),
}
const KNOWN = Object.keys(registry)
let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})
afterEach(() => {
  delete process.env.JOB_RUNNING_CAP
  resetConfig()
})

const begin = async () => {
  const { id: dataset_id } = await importDataset()
  await use().execute(sql`delete from job where job_type = 'metadata_extraction'`)
  caught.sent = caught.sent.filter((wake) => wake.to !== "job" || wake.body.shard_id !== undefined)
  const { job } = await Job.start(dataset_id, "parts", { n: 0 }, registry)
  return { id: job.id, look: () => Job.get(dataset_id, job.id) }
}
const go = (job_id: number, shard_id?: number) =>
  execute(job_id, {
    shard_id,
    registry,
    time_limit_ms: 10_000,
    run: (task, watch, signal) => perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal }),
  })
/** Delivers whatever is sent, and whatever that sends. */
const drain = async () => {
  for (let wake = caught.sent.shift(); wake; wake = caught.sent.shift()) {
    if (wake.to === "sweep") continue
    for (const { job_id, shard_id } of wake.to === "shards" ? wake.bodies : [wake.body]) await go(job_id, shard_id)
  }
}
const aWhileLater = async () => {
  await use().execute(sql`update job set run_after = now() - interval '1 minute' where status = 'pending'`)
  await use().execute(sql`update shard set run_after = now() - interval '1 minute' where status = 'pending'`)
}

test("halted, nothing is begun: no job, no part, no reduce, nothing of a dead worker; resumed, all goes on", async () => {
  const [waiting, planned, reducing] = [await begin(), await begin(), await begin()]
  await go(planned.id)
  await go(reducing.id)
  for (const { job_id, shard_id } of caught.shards()) if (job_id === reducing.id) await go(job_id, shard_id)
  const [silent] = [await begin()]
  await Job.claim(silent.id, KNOWN)
  await use().execute(sql`update job set lease_until = now() - interval '1 second' where id = ${silent.id}`)

  await halt("the bill")
  await drain()
  const leases = await database.admin`select id from job where lease_token is not null`
  expect(leases.map(({ id }) => id)).toEqual([silent.id])
  expect(await database.admin`select id from shard where lease_token is not null`).toHaveLength(0)
  expect(await waiting.look()).toMatchObject({ status: "pending", attempt: 0 })
  expect(await reducing.look()).toMatchObject({ status: "running", result: null })

  // A sweep sends nobody to a closed door, and goes on.
  await aWhileLater()
  expect(await sweep(KNOWN)).toMatchObject({ woken: 0, open: true })

  expect(await resume()).toBe(true)
  caught.sent.length = 0
  await aWhileLater()
  // One job, two parts, one reduce and the job of the silent worker.
  expect(await sweep(KNOWN)).toMatchObject({ woken: 5 })
  await drain()
  for (const job of [waiting, planned, reducing, silent]) {
    expect(await job.look()).toMatchObject({ status: "completed", result: { parts: 2 } })
  }
  expect(await resume()).toBe(false)
})

test("what is under way when it is halted comes to its end", async () => {
  const { id, look } = await begin()
  const lease = (await Job.claim(id, KNOWN))!
  await halt("now")
  expect(await Job.heartbeat(lease)).toBe(true)
  expect(await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: lease.job.usage })).toBe(true)
  expect((await look()).status).toBe("completed")
})

test("what is refused does not wait for room, and no freed place is passed on", async () => {
  process.env.JOB_RUNNING_CAP = "1"
  resetConfig()
  const [one, two] = [await begin(), await begin()]
  const lease = (await Job.claim(one.id, KNOWN))!
  expect(await Job.claim(two.id, KNOWN)).toBeUndefined()
  await halt("now")
  await use().execute(sql`update job set waits_for_room = false where id = ${two.id}`)
  expect(await go(two.id)).toBe("not_ours")
  const [row] = await database.admin`select waits_for_room from job where id = ${two.id}`
  expect(row).toEqual({ waits_for_room: false })
  await use().execute(sql`update job set waits_for_room = true where id = ${two.id}`)
  await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: lease.job.usage })
  caught.sent.length = 0
  const { passOn } = await import("../job/slots.ts")
  await passOn()
  expect(caught.jobs()).toEqual([])
})
