import { setTimeout as sleep } from "node:timers/promises"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects, outcome } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { execute, type Runner } from "./execute.ts"
import { Job } from "./job.ts"
import { jobTable } from "./job.sql.ts"
import { sweep } from "./sweep.ts"

useDatabase()
const registry = { metadata_extraction: harnessJob() }
const KNOWN = Object.keys(registry)
const none = { requests: 0, bytes: 0, compute_ms: 0 }
const done = { result: { a: 1 }, summary: {}, artifacts: [], usage: none }

let caught: ReturnType<typeof catchMessages>
let objects: ReturnType<typeof keepObjects>
beforeAll(() => {
  process.env.JOB_LEASE_SECONDS = "1"
  resetConfig()
})
afterAll(() => {
  delete process.env.JOB_LEASE_SECONDS
  resetConfig()
})
beforeEach(() => {
  caught = catchMessages()
  objects = keepObjects()
})

const importJob = async () => {
  const dataset = await importDataset()
  const id = (await Job.list(dataset.id)).rows[0]!.id
  return {
    dataset_id: dataset.id,
    id,
    look: () => Job.get(dataset.id, id),
    cancel: () => Job.cancel(dataset.id, id),
    retry: () => Job.retry(dataset.id, id, registry),
  }
}
const CANCELLED = { status: "failed", state_detail: "cancelled", error_code: "job_cancelled" }
const untilAborted: Runner = (_task, _watch, signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))

describe("cancelling", () => {
  test("ends a job that waits, at once, and no message brings it back", async () => {
    const { id, cancel } = await importJob()
    expect(await cancel()).toMatchObject(CANCELLED)
    expect(await cancel()).toMatchObject(CANCELLED)
    expect(await Job.claim(id, KNOWN)).toBeUndefined()
  })

  test("stops a job that runs within a beat, and leaves nothing behind", async () => {
    const { id, look, cancel } = await importJob()
    let stopped = false
    const running = execute(id, {
      registry,
      time_limit_ms: 60_000,
      run: async (task, watch, signal) => {
        watch.usage({ requests: 2, bytes: 20 })
        return untilAborted(task, watch, signal).finally(() => (stopped = true))
      },
    })
    while ((await look()).status !== "running") await sleep(10)
    const asked = performance.now()
    expect(await cancel()).toMatchObject({ status: "running", state_detail: "cancelling" })
    expect(await cancel()).toMatchObject({ status: "running", state_detail: "cancelling" })
    expect(await running).toBe("cancelled")
    // The lease of these tests is a second; a beat is a third of it, and of the product 15 s.
    expect(performance.now() - asked).toBeLessThan(4000)
    expect(stopped).toBe(true)
    expect(await look()).toMatchObject({ ...CANCELLED, usage: { requests: 2, bytes: 20 } })
    expect(objects.size).toBe(0)
  })

  test("wins over a result that comes after it, whose artefacts go", async () => {
    const { id, look, cancel } = await importJob()
    const run: Runner = async () => (await cancel(), outcome())
    expect(await execute(id, { registry, run, time_limit_ms: 60_000 })).toBe("cancelled")
    expect(await look()).toMatchObject({ ...CANCELLED, result: null })
    expect(objects.size).toBe(0)
  })

  test.each([
    ["fails", () => Promise.reject(new AppError("hub_timeout", "Slow."))],
    ["dies", () => Promise.reject(new AppError("worker_crashed", "exit 139"))],
  ] as const)("is not undone by a job that %s meanwhile", async (_, end) => {
    const { id, look, cancel } = await importJob()
    const run: Runner = async () => (await cancel(), end())
    expect(await execute(id, { registry, run, time_limit_ms: 60_000 })).toBe("cancelled")
    expect(await look()).toMatchObject(CANCELLED)
  })

  test("of a job whose worker died: at once when the lease is over, else by the sweep", async () => {
    const [one, two] = [await importJob(), await importJob()]
    for (const { id } of [one, two]) await Job.claim(id, KNOWN)
    expect(await two.cancel()).toMatchObject({ state_detail: "cancelling" })
    expect(await sweep(KNOWN)).toMatchObject({ cancelled: 0 })
    await use().execute(sql`update job set lease_until = now() - interval '1 second'`)
    expect(await one.cancel()).toMatchObject(CANCELLED)
    expect(await Job.claim(two.id, KNOWN)).toBeUndefined()
    expect(await sweep(KNOWN)).toMatchObject({ cancelled: 1, open: false })
    expect(await two.look()).toMatchObject(CANCELLED)
  })

  test("races the end of the job: one of the two holds, whole", async () => {
    const ends = new Set<string>()
    for (let round = 0; round < 40; round++) {
      const { id, look, cancel } = await importJob()
      const lease = (await Job.claim(id, KNOWN))!
      const delay = Math.random() * 2
      const [published, cancelled] = await Promise.all([
        Job.complete(lease, done),
        sleep(delay)
          .then(cancel)
          .then(
            () => true,
            (error: AppError) => (expect(error.code).toBe("job_finished"), false),
          ),
      ])
      expect(cancelled).toBe(!published)
      if (!published) expect(await Job.endIfCancelled(lease, none)).toBe(true)
      const { status, result } = await look()
      expect({ status, result }).toEqual(
        published ? { status: "completed", result: { a: 1 } } : { status: "failed", result: null },
      )
      ends.add(status)
    }
    expect(ends.size).toBeGreaterThan(0)
  })

  test("is refused for what has ended otherwise or is not there", async () => {
    const { dataset_id, id, cancel } = await importJob()
    await Job.complete((await Job.claim(id, KNOWN))!, done)
    await expect(cancel()).rejects.toMatchObject({ code: "job_finished" })
    await expect(Job.cancel(dataset_id, 404)).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.cancel(404, id)).rejects.toMatchObject({ code: "not_found" })
  })
})

describe("retrying", () => {
  test("opens a failed job again under its id, with counters from nothing", async () => {
    const { id, look, retry } = await importJob()
    await use().execute(sql`update job set tries = 7, crashes = 2, created_at = now() - interval '3 days',
      opened_at = now() - interval '3 days'`)
    await Job.fail((await Job.claim(id, KNOWN))!, new AppError("storage_error", "Down."), none)
    expect(await look()).toMatchObject({ status: "failed", error_code: "storage_error" })
    caught.sent.length = 0
    expect(await retry()).toMatchObject({ id, status: "pending", state_detail: "queued", error: null, progress: 0 })
    expect(caught.jobs()).toEqual([id])
    // Old by birth, yet not overdue.
    expect(await sweep(KNOWN)).toMatchObject({ overdue: 0 })
    expect((await Job.claim(id, KNOWN))!.job).toMatchObject({ tries: 0, crashes: 0 })
  })

  test("runs as the version its type has now", async () => {
    const { dataset_id, id, cancel } = await importJob()
    await cancel()
    await Job.retry(dataset_id, id, { metadata_extraction: { ...harnessJob(), version: 7 } })
    const [row] = await use().select({ version: jobTable.job_version }).from(jobTable)
    expect(row).toEqual({ version: 7 })
  })

  test("20 at once open it once", async () => {
    const { id, cancel, retry } = await importJob()
    await cancel()
    caught.sent.length = 0
    const all = await Promise.allSettled(Array.from({ length: 20 }, retry))
    expect(all.filter((each) => each.status === "fulfilled")).toHaveLength(1)
    expect(caught.jobs()).toEqual([id])
  })

  test("is refused for what is open or completed, and when the same job was started anew", async () => {
    const { dataset_id, id, cancel, retry } = await importJob()
    await expect(retry()).rejects.toMatchObject({ code: "job_not_failed" })
    await cancel()
    await Job.start(dataset_id, "metadata_extraction", {}, registry)
    await expect(retry()).rejects.toMatchObject({ code: "job_open" })
    await Job.complete((await Job.claim(id + 1, KNOWN))!, done)
    await expect(Job.retry(dataset_id, id + 1, registry)).rejects.toMatchObject({ code: "job_not_failed" })
  })
})
