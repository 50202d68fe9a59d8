import { sql } from "drizzle-orm"
import { beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, keepObjects } from "../../test/engine.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { Job } from "./job.ts"

useDatabase()
const KNOWN = ["metadata_extraction"]
const none = { requests: 0, bytes: 0, compute_ms: 0 }
const done = { result: { a: 1 }, summary: {}, artifacts: [], usage: none }

let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

const importJob = async () => {
  const dataset = await importDataset()
  const [job] = (await Job.list(dataset.id)).rows
  return { dataset, id: job!.id, look: () => Job.get(dataset.id, job!.id) }
}
const expire = (id: number) =>
  use().execute(sql`update job set lease_until = now() - interval '1 second' where id = ${id}`)
const makeDue = (id: number) => use().execute(sql`update job set run_after = now() where id = ${id}`)

describe("claiming", () => {
  test("of 50 deliveries at once exactly one wins", async () => {
    const { id } = await importJob()
    const leases = await Promise.all(Array.from({ length: 50 }, () => Job.claim(id, KNOWN)))
    expect(leases.filter(Boolean)).toHaveLength(1)
  })

  test("a job of an unknown type is left alone", async () => {
    const { id, look } = await importJob()
    expect(await Job.claim(id, ["something_newer"])).toBeUndefined()
    expect(await look()).toMatchObject({ status: "pending", attempt: 0 })
  })

  test("a job whose holder fell silent is taken over, and the silence counts as a death", async () => {
    const { id, look } = await importJob()
    const first = await Job.claim(id, KNOWN)
    expect(await Job.claim(id, KNOWN)).toBeUndefined()
    await expire(id)
    const second = await Job.claim(id, KNOWN)
    expect(second!.job).toMatchObject({ attempt: 2, crashes: 1, tries: 0 })
    expect(second!.token).not.toBe(first!.token)
    expect(await look()).toMatchObject({ status: "running", attempt: 2 })
  })

  test("the third silent death is the last", async () => {
    const { id, look } = await importJob()
    for (let death = 0; death < 3; death++) {
      expect(await Job.claim(id, KNOWN)).toBeDefined()
      await expire(id)
    }
    expect(await Job.claim(id, KNOWN)).toBeUndefined()
    expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", error_code: "worker_crashed" })
    expect(await Job.claim(id, KNOWN)).toBeUndefined()
  })

  test("a message that comes long before its time takes nothing", async () => {
    const { id } = await importJob()
    await use().execute(sql`update job set run_after = now() + interval '1 minute'`)
    expect(await Job.claim(id, KNOWN)).toBeUndefined()
  })
})

describe("a worker that lost its job", () => {
  test("changes nothing whatever it writes, while the new holder does", async () => {
    const { dataset, id, look } = await importJob()
    const late = (await Job.claim(id, KNOWN))!
    await expire(id)
    const now = (await Job.claim(id, KNOWN))!
    const before = await look()
    expect(await Job.heartbeat(late)).toBe(false)
    expect(await Job.progress(late, { percent: 50, message: "stale" }, none)).toBe(false)
    expect(await Job.complete(late, { ...done, result: { stale: true } })).toBe(false)
    expect(await Job.fail(late, new AppError("too_large", "stale"), none)).toBe(false)
    expect(await Job.fail(late, new AppError("hub_timeout", "stale"), none)).toBe(false)
    expect(await Job.crashed(late, none)).toBe(false)
    expect(await Job.handBack(late, none)).toBe(false)
    expect(await look()).toEqual(before)
    expect((await Dataset.get(dataset.id)).dataset_metadata).toBeNull()
    expect(await Job.complete(now, done)).toBe(true)
    expect(await look()).toMatchObject({ status: "completed", result: { a: 1 } })
  })

  test("cannot touch a job that has ended", async () => {
    const { id, look } = await importJob()
    const lease = (await Job.claim(id, KNOWN))!
    await Job.complete(lease, done)
    const before = await look()
    expect(await Job.complete(lease, { ...done, result: { twice: true } })).toBe(false)
    expect(await Job.progress(lease, { percent: 5 }, none)).toBe(false)
    expect(await look()).toEqual(before)
  })

  test("finds nothing once the dataset is deleted", async () => {
    const { dataset, id } = await importJob()
    const lease = (await Job.claim(id, KNOWN))!
    await Dataset.remove(dataset.id)
    expect(await Job.heartbeat(lease)).toBe(false)
    expect(await Job.complete(lease, done)).toBe(false)
  })

  test("never waits for a deletion that waits for it", async () => {
    for (let round = 0; round < 20; round++) {
      const { dataset, id } = await importJob()
      const lease = (await Job.claim(id, KNOWN))!
      const [completed] = await Promise.all([Job.complete(lease, done), Dataset.remove(dataset.id)])
      expect(typeof completed).toBe("boolean")
      await expect(Dataset.get(dataset.id)).rejects.toMatchObject({ code: "not_found" })
    }
  })
})

describe("progress", () => {
  test("never goes down within an attempt, and is not 100 before the end", async () => {
    const { id, look } = await importJob()
    const lease = (await Job.claim(id, KNOWN))!
    await Job.progress(lease, { percent: 60, message: "Reading \u0000 a\u202ename" }, none)
    await Job.progress(lease, { percent: 30 }, none)
    expect(await look()).toMatchObject({ progress: 60, message: "Reading   a name" })
    await Job.progress(lease, { percent: 100 }, none)
    expect((await look()).progress).toBe(99)
    await Job.progress(lease, { percent: Number.NaN }, none)
    expect((await look()).progress).toBe(99)
  })
})

describe("an end", () => {
  test("a completed extraction gives the dataset its metadata in the same moment", async () => {
    const { dataset, id } = await importJob()
    const lease = (await Job.claim(id, KNOWN))!
    await Job.complete(lease, { ...done, result: { episode_count: 3, task: "pick\u0000 \ud800" } })
    expect(await Dataset.get(dataset.id)).toMatchObject({
      status: "completed",
      progress: 100,
      dataset_metadata: { episode_count: 3, task: "pick\ufffd \ufffd" },
    })
  })

  test.each(["too_large", "dataset_malformed", "hub_gated", "time_limit"] as const)(
    "%s is a verdict and not tried again",
    async (code) => {
      const { dataset, id, look } = await importJob()
      const error = new AppError(code, "It is so.", { path: "meta/info.json", user_action: "Do this." })
      await Job.fail((await Job.claim(id, KNOWN))!, error, none)
      expect(await look()).toMatchObject({
        status: "failed",
        error_code: code,
        error_message: "It is so.",
        error: { detail: "It is so.", retryable: false, user_action: "Do this.", path: "meta/info.json" },
      })
      expect((await Dataset.get(dataset.id)).status).toBe("failed")
    },
  )

  test("the Hub's weather is waited for eight times, as long as the Hub says", async () => {
    const { id, look } = await importJob()
    for (let tries = 1; tries < 8; tries++) {
      await makeDue(id)
      const lease = (await Job.claim(id, KNOWN))!
      caught.sent.length = 0
      await Job.fail(lease, new AppError("hub_rate_limited", "Slowly.", { retry_after_ms: 77_000 }), none)
      expect(await look()).toMatchObject({ status: "pending", state_detail: "retry_wait", error: null })
      expect(caught.sent).toMatchObject([{ to: "job", body: { job_id: id, v: 1 } }])
      const [{ delay_seconds }] = caught.sent as unknown as [{ delay_seconds: number }]
      expect(delay_seconds).toBeGreaterThan(76)
      expect(delay_seconds).toBeLessThanOrEqual(77)
    }
    await makeDue(id)
    await Job.fail((await Job.claim(id, KNOWN))!, new AppError("hub_rate_limited", "Slowly."), none)
    expect(await look()).toMatchObject({ status: "failed", error_code: "hub_rate_limited", error: { retryable: true } })
  })

  test("a bug of ours is tried four times in all", async () => {
    const { id, look } = await importJob()
    for (let tries = 1; tries <= 4; tries++) {
      expect((await look()).status).toBe("pending")
      await makeDue(id)
      await Job.fail((await Job.claim(id, KNOWN))!, new AppError("unexpected", "Broken."), none)
    }
    expect(await look()).toMatchObject({ status: "failed", error_code: "unexpected", attempt: 4 })
  })

  test("a shutdown counts as nothing and the job can be had at once", async () => {
    const { id, look } = await importJob()
    for (let round = 0; round < 10; round++) await Job.handBack((await Job.claim(id, KNOWN))!, none)
    expect(await look()).toMatchObject({ status: "pending", state_detail: "queued", attempt: 10 })
    expect((await Job.claim(id, KNOWN))!.job).toMatchObject({ tries: 0, crashes: 0 })
  })

  test("a sentence of any length and alphabet can be stored", async () => {
    const { id, look } = await importJob()
    const nasty = `\u0000\ud800${"漢".repeat(5000)}`
    await Job.fail((await Job.claim(id, KNOWN))!, new AppError("dataset_malformed", nasty, { path: nasty }), none)
    expect((await look()).status).toBe("failed")
  })
})
