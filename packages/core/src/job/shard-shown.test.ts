import { sql } from "drizzle-orm"
import { beforeEach, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessShards, importDataset, keepObjects, outcome } from "../../test/engine.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { memoryFiles } from "../files/memory.ts"
import { bury } from "./dead-letters.ts"
import { execute, type Runner } from "./execute.ts"
import { Job } from "./job.ts"
import { perform } from "./perform.ts"

useDatabase()
let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

const registry = {
  parts: harnessShards({
    plan: async ({ n }) => Array.from({ length: Number(n) }, () => ({ weight: 1, input: {} })),
    run: async () => ({}),
    reduce: async () => outcome(),
  }),
}
const KNOWN = Object.keys(registry)
const run: Runner = (task, watch, signal) =>
  perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })
const read = (bytes: number) => ({ requests: 1, bytes, compute_ms: 1 })

async function planned(n: number) {
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, "parts", { n }, registry)
  caught.sent.length = 0
  const go = (shard_id?: number, how = run) => execute(job.id, { shard_id, registry, run: how, time_limit_ms: 10_000 })
  expect(await go()).toBe("planned")
  const shards = caught.shards().map(({ shard_id }) => shard_id)
  return { id: job.id, dataset_id, shards, go, look: () => Job.get(dataset_id, job.id) }
}

test("says how many of its parts are done, and that they are put together when all are", async () => {
  const { shards, go, look } = await planned(3)
  const said = [(await look()).message]
  for (const shard of shards) {
    await go(shard)
    said.push((await look()).message)
  }
  expect(said).toEqual(["0 of 3 parts done", "1 of 3 parts done", "2 of 3 parts done", "Putting the parts together"])
  let meanwhile
  await go(undefined, async (...all) => ((meanwhile = await look()), run(...all)))
  expect(meanwhile).toMatchObject({ status: "running", progress: 99, message: "Putting the parts together" })
  expect(await look()).toMatchObject({ status: "completed", message: null })
})

test("shows the newest sign of life of its parts", async () => {
  const { id, shards, look } = await planned(2)
  await use().execute(sql`update job set heartbeat_at = now() - interval '1 hour' where id = ${id}`)
  const lease = (await Job.claimShard(shards[1]!, KNOWN))!
  await Job.heartbeat(lease)
  expect(Date.now() - Date.parse((await look()).heartbeat_at!)).toBeLessThan(30_000)
})

test.each([
  ["cancelled", ({ dataset_id, id }) => Job.cancel(dataset_id, id)],
  ["fails", (_, lease) => Job.fail(lease, new AppError("dataset_malformed", "No."), read(40))],
  ["dead", ({ id, shards }) => bury(id, KNOWN, shards[2])],
] as [string, (job: Awaited<ReturnType<typeof planned>>, lease: Job.Lease) => Promise<unknown>][])(
  "costs what its unfinished parts have read, too, when it is %s",
  async (how, end) => {
    const job = await planned(3)
    const [done, one, other] = job.shards
    await job.go(done, async (_task, watch) => (watch.usage({ requests: 1, bytes: 100 }), { partial: {} }))
    await Job.progress((await Job.claimShard(one!, KNOWN))!, { percent: 10 }, read(20))
    const lease = (await Job.claimShard(other!, KNOWN))!
    await Job.progress(lease, { percent: 10 }, read(40))
    await use().execute(
      sql`update shard set status = 'pending', lease_token = null, lease_until = null where id = ${other} and ${how === "dead"}`,
    )
    await end(job, lease)
    expect(await job.look()).toMatchObject({ status: "failed", usage: { requests: 3, bytes: 160 } })
  },
)
