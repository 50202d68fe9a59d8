import { sql } from "drizzle-orm"
import { beforeEach, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import {
  catchMessages,
  harnessJob,
  harnessShards,
  importDataset,
  keepObjects,
  newSha,
  outcome,
} from "../../test/engine.ts"
import { use } from "../db/database.ts"
import { memoryFiles } from "../files/memory.ts"
import { execute, type Runner } from "./execute.ts"
import { Job } from "./job.ts"
import { perform } from "./perform.ts"
import type { Registry } from "./registry.ts"

useDatabase()
let caught: ReturnType<typeof catchMessages>
let objects: ReturnType<typeof keepObjects>
beforeEach(() => {
  caught = catchMessages()
  objects = keepObjects()
})

const versioned = (version: number): Registry => ({ harness: { ...harnessJob(), version } })
const start = (dataset_id: number, version: number, n = 0) =>
  Job.start(dataset_id, "harness", { n }, versioned(version)).then(({ job }) => job.id)
const SUPERSEDED = { status: "failed", state_detail: "cancelled", error_code: "job_superseded" }
const usage = { requests: 1, bytes: 10, compute_ms: 5 }

test("a job that waits in an older version ends when a newer one is started, and nothing else does", async () => {
  const [{ id }, other] = [await importDataset(), await importDataset()]
  const [older, sideways, elsewhere] = [await start(id, 1), await start(id, 1, 5), await start(other.id, 1)]
  caught.sent.length = 0
  const newer = await start(id, 2)
  expect(caught.jobs()).toEqual([newer])
  expect(await Job.get(id, older)).toMatchObject({ ...SUPERSEDED, error: { user_action: expect.any(String) } })
  for (const [dataset_id, job] of [
    [id, newer],
    [id, sideways],
    [other.id, elsewhere],
  ] as const) {
    expect(await Job.get(dataset_id, job)).toMatchObject({ status: "pending" })
  }
})

test("an instance of the release before ends nothing newer", async () => {
  const { id } = await importDataset()
  const newer = await start(id, 2)
  const older = await start(id, 1)
  for (const job of [newer, older]) expect(await Job.get(id, job)).toMatchObject({ status: "pending" })
})

test("whoever works on the older one changes nothing any more, and leaves no files", async () => {
  const { id } = await importDataset()
  const older = await start(id, 1)
  const run: Runner = async (_, watch) => {
    watch.usage({ requests: 3, bytes: 30 })
    await start(id, 2)
    return outcome()
  }
  expect(await execute(older, { registry: versioned(1), run, time_limit_ms: 10_000 })).toBe("not_ours")
  expect(await Job.get(id, older)).toMatchObject({ ...SUPERSEDED, result: null })
  expect(objects.size).toBe(0)
})

test("one that is being cancelled ends the same way, and so does one in shards, with what they had read", async () => {
  const { id } = await importDataset()
  const held = await start(id, 1)
  const lease = (await Job.claim(held, ["harness"]))!
  await Job.cancel(id, held)
  await start(id, 2)
  expect(await Job.get(id, held)).toMatchObject(SUPERSEDED)
  expect(await Job.endIfCancelled(lease, usage)).toBe(false)

  const registry = {
    harness: harnessShards({
      plan: async () => [1, 2].map((weight) => ({ weight, input: {} })),
      run: async () => ({}),
      reduce: async () => outcome(),
    }),
  }
  const { job } = await Job.start(id, "harness", { n: 1 }, registry)
  const run: Runner = (task, watch, signal) =>
    perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })
  expect(await execute(job.id, { registry, run, time_limit_ms: 10_000 })).toBe("planned")
  const [one] = caught.shards()
  const shard = (await Job.claimShard(one!.shard_id, ["harness"]))!
  await Job.progress(shard, { percent: 50 }, usage)
  await start(id, 2, 1)
  const ended = await Job.get(id, job.id)
  expect(ended).toMatchObject({ ...SUPERSEDED, usage: { requests: 1, bytes: 10 } })
  expect(await Job.heartbeat(shard)).toBe(false)
})

test("a retry, which runs in the version of today, ends an older one that is open", async () => {
  const { id } = await importDataset()
  const [first, second] = [await start(id, 1), await start(id, 2)]
  expect(await Job.get(id, first)).toMatchObject(SUPERSEDED)
  await Job.cancel(id, second)
  const older = await start(id, 1)
  expect(await Job.retry(id, second, versioned(2))).toMatchObject({ id: second, status: "pending" })
  expect(await Job.get(id, older)).toMatchObject(SUPERSEDED)
})

test("a result that another dataset of the commit has in the newer version ends it, too", async () => {
  const revision = newSha()
  const theirs = await importDataset({ revision })
  const done = await start(theirs.id, 2)
  await execute(done, { registry: versioned(2), run: async () => outcome(), time_limit_ms: 10_000 })
  await use().execute(sql`update dataset set tenant_id = 2`)
  const { id } = await importDataset({ revision })
  const older = await start(id, 1)
  expect((await Job.get(id, await start(id, 2))).cached_from).toBe(done)
  expect(await Job.get(id, older)).toMatchObject(SUPERSEDED)
})
