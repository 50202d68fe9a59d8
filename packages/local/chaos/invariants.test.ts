import { execute } from "@robokit/core/job/execute"
import { Job } from "@robokit/core/job/job"
import { useDatabase } from "@robokit/core/test/database"
import { catchMessages, importDataset, keepObjects, outcome, runWith } from "@robokit/core/test/engine"
import { beforeAll, beforeEach, expect, test } from "vitest"
import { violations } from "./invariants.ts"
import { registry } from "./registry.ts"
import { installWatch } from "./watch.ts"

const database = useDatabase()
const run = (statement: string) => database.admin.unsafe(statement)
const found = (options?: { ended: boolean }) => violations(database.admin, options)
beforeAll(() => installWatch(database.admin))
beforeEach(async () => {
  catchMessages()
  keepObjects()
  await run("truncate chaos.terminal, chaos.effect, chaos.claim, chaos.beat")
})

/** A job that is done as every other, and the import's own. */
async function done() {
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, "quick", { n: 1 }, registry)
  for (const { id } of (await Job.list(dataset_id)).rows) {
    expect(await execute(id, { registry, run: runWith(async () => outcome()), time_limit_ms: 5000 })).toBe("completed")
  }
  return job.id
}
const claimed = async () => {
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, "quick", { n: 1 }, registry)
  await Job.claim(job.id, ["quick"])
  return job.id
}

test("jobs that went as they should break none, not even in the end", async () => {
  await done()
  expect(await found({ ended: true })).toEqual([])
})

test("a lease that ran out long ago is seen, of a job and of a shard", async () => {
  const id = await claimed()
  await run(`update job set lease_until = now() - interval '60 s' where id = ${id}`)
  expect(await found()).toEqual([])
  await run(`update job set lease_until = now() - interval '121 s' where id = ${id}`)
  expect(await found()).toEqual([`job ${id} runs with a lease that ran out more than 120 s ago`])
  await run(`update job set lease_token = null, lease_until = null, stage = 1, open_shards = 1 where id = ${id};
    insert into shard (tenant_id, job_id, stage, ordinal, weight, input, status, lease_token, lease_until)
    values (1, ${id}, 1, 0, 1, '{}', 'running', gen_random_uuid(), now() - interval '121 s')`)
  expect(await found()).toEqual(["shard 1 runs with a lease that ran out more than 120 s ago"])
})

test("two open jobs with one key are seen", async () => {
  const id = await claimed()
  await run(`drop index job_active_key;
    insert into job (tenant_id, dataset_id, job_type, job_version, params, params_hash)
    select tenant_id, dataset_id, job_type, job_version, params, params_hash from job where id = ${id}`)
  expect(await found()).toEqual(["quick of dataset 1, version 1 is open more than once"])
  await run(`truncate job cascade; create unique index job_active_key
    on job (dataset_id, job_type, params_hash, job_version) where status in ('pending', 'running')`)
})

test("a count of open shards that is not theirs is seen", async () => {
  const id = await claimed()
  await run(`update job set lease_token = null, lease_until = null, stage = 1, open_shards = 2 where id = ${id}`)
  expect(await found()).toEqual([`job ${id} has more or fewer open shards than its row says`])
})

test("a reservation without its like is seen, on either side", async () => {
  await claimed()
  const [day] = await run(
    "select (now() at time zone 'utc')::date::text as today, sum(reserved_micros) as micros from job",
  )
  const wrong = (sum: number) => `for tenant 1 on ${day!.today} ${sum} is reserved otherwise than by jobs`
  await run("update spending set reserved_micros = reserved_micros + 4 where slot = (select min(slot) from spending)")
  expect(await found()).toEqual([wrong(Number(day!.micros) + 4)])
  await run("update spending set reserved_micros = reserved_micros - 4 where slot = (select min(slot) from spending)")
  expect(await found()).toEqual([])
  await run("delete from spending")
  expect(await found()).toContain(wrong(0))
})

test("a terminal row that changes is seen; a retry is none", async () => {
  const id = await done()
  await run(`update job set result_summary = '{}' where id = ${id}`)
  expect(await found()).toEqual([`job ${id} was changed after it was terminal`])

  const other = await claimed()
  const { dataset_id } = (await run(`select dataset_id from job where id = ${other}`))[0]!
  await run(`update job set lease_until = now() - interval '1 s' where id = ${other}`)
  await Job.cancel(dataset_id, other)
  await Job.retry(dataset_id, other, registry)
  expect(await found()).toHaveLength(1)
})

test("a result that is published twice, or never, or with the files of another, is seen", async () => {
  const id = await done()
  await run(`insert into chaos.effect select * from chaos.effect where job_id = ${id}`)
  expect(await found()).toEqual([`job ${id} (2 times) is not published exactly once`])
  await run(`delete from chaos.effect where job_id = ${id}`)
  expect(await found()).toEqual([`job ${id} (0 times) is not published exactly once`])
  await run(`insert into chaos.effect values (${id}, 1, gen_random_uuid())`)
  expect(await found()).toEqual([`job ${id} points at files of another attempt than the one that published`])
})

test("what is open, unsent or left over is a fault in the end only", async () => {
  const id = await done()
  const open = await claimed()
  await run(`update outbox set sent_at = null where id = 1;
    insert into shard (tenant_id, job_id, stage, ordinal, weight, input) values (1, ${id}, 1, 0, 1, '{}');
    truncate chaos.terminal; update job set completed_at = now() - interval '1 hour' where id = ${id};
    update chaos.terminal set hash = (select md5(job::text) from job where id = job_id)`)
  expect(await found()).toEqual([])
  const [pending] = await run(`select id from job where status = 'pending'`)
  expect((await found({ ended: true })).sort()).toEqual(
    [
      `job ${open} running is not terminal`,
      `job ${pending!.id} queued is not terminal`,
      "message 1 was never sent",
      "shard 1 is left of a job that ended long ago",
    ].sort(),
  )
})
