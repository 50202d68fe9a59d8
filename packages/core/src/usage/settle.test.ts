import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { booksOfBudgets, booksOfJobs } from "../../test/books.ts"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { AppError, type ErrorCode } from "../error.ts"
import { Job } from "../job/job.ts"
import { bury } from "../job/dead-letters.ts"
import { sweep } from "../job/sweep.ts"
import { priceOf, toUsd } from "./price.ts"

useDatabase()
const WORK = { requests: 10, bytes: 1000, compute_ms: 60_000 }
const PRICE = priceOf(WORK, "light")
const registry = { harness: { ...harnessJob(), estimate: () => WORK } }
const KNOWN = Object.keys(registry)
/** What an attempt has used, and what that costs. */
const used = { requests: 4, bytes: 500, compute_ms: 20_000 }
const COST = priceOf(used, "light")
const twice = { requests: 8, bytes: 1000, compute_ms: 40_000 }

beforeEach(() => {
  catchMessages()
  keepObjects()
})
afterEach(() => {
  delete process.env.BUDGET_TENANT_DAY_USD
  resetConfig()
})

const begin = async () => {
  const { id: dataset_id } = await importDataset()
  await use().execute(sql`delete from job where job_type = 'metadata_extraction'`)
  await use().execute(sql`delete from spending`)
  const { job } = await Job.start(dataset_id, "harness", { n: 0 }, registry)
  const { id } = job
  await balanced({ reserved: PRICE, spent: 0 })
  return {
    dataset_id,
    id,
    claim: async () => (await Job.claim(id, KNOWN))!,
    retry: () => Job.retry(dataset_id, id, registry),
    cancel: () => Job.cancel(dataset_id, id),
  }
}
/** The books of the jobs, and what is counted for budgets, say this. */
async function balanced(books: { reserved: number; spent: number }) {
  expect(await booksOfJobs()).toEqual(books)
  expect(await booksOfBudgets()).toEqual(books)
}
const done = { result: {}, summary: {}, artifacts: [], usage: used }
const silence = () => use().execute(sql`update job set lease_until = now() - interval '1 second'`)
const due = () => use().execute(sql`update job set run_after = now() where status = 'pending'`)

describe("an end settles the reservation:", () => {
  test("completed, what it used is spent", async () => {
    const { claim } = await begin()
    await Job.complete(await claim(), done)
    await balanced({ reserved: 0, spent: COST })
  })

  test("completed twice, it is spent once", async () => {
    const { claim } = await begin()
    const lease = await claim()
    expect(await Promise.all([Job.complete(lease, done), Job.complete(lease, done)])).toContain(false)
    await balanced({ reserved: 0, spent: COST })
  })

  test.each<[ErrorCode, boolean]>([
    ["dataset_malformed", true],
    ["file_missing", true],
    ["too_large", true],
    ["time_limit", true],
    ["memory_limit", true],
    ["hub_gated", false],
    ["hub_auth_required", false],
  ])("failed as %s, it is paid: %s", async (code, isPaid) => {
    const { claim } = await begin()
    // Out of memory it would have a try in a larger class, had it not had it.
    await use().execute(sql`update job set crashes = 2`)
    await Job.fail(await claim(), new AppError(code, "No."), used)
    await balanced({ reserved: 0, spent: isPaid ? COST : 0 })
  })

  test.each<ErrorCode>(["hub_timeout", "unexpected", "storage_error"])(
    "failed as %s for the last time, nobody pays",
    async (code) => {
      const { claim } = await begin()
      for (let tries = 0; tries < 8; tries++) {
        const lease = await Job.claim((await claimable())!, KNOWN)
        if (!lease) break
        await Job.fail(lease, new AppError(code, "No."), used)
        await due()
      }
      expect(await claim()).toBeUndefined()
      await balanced({ reserved: 0, spent: 0 })
    },
  )

  test("dead by three crashes, nobody pays", async () => {
    const { claim } = await begin()
    for (let death = 0; death < 3; death++) {
      await Job.crashed(await claim(), used)
      await due()
    }
    await balanced({ reserved: 0, spent: 0 })
  })

  test("dead by three silences, nobody pays", async () => {
    const { claim } = await begin()
    for (let death = 0; death < 3; death++) {
      expect(await claim()).toBeDefined()
      await silence()
    }
    expect(await claim()).toBeUndefined()
    await balanced({ reserved: 0, spent: 0 })
  })

  test("cancelled while it waited, nothing was used", async () => {
    const { cancel } = await begin()
    await cancel()
    await balanced({ reserved: 0, spent: 0 })
  })

  test("cancelled while it ran, what was used by then is paid", async () => {
    const { claim, cancel } = await begin()
    const lease = await claim()
    await cancel()
    await balanced({ reserved: PRICE, spent: 0 })
    await Job.endIfCancelled(lease, used)
    await balanced({ reserved: 0, spent: COST })
  })

  test("cancelled, and its worker silent", async () => {
    const { claim, cancel } = await begin()
    await claim()
    await cancel()
    await silence()
    await sweep(KNOWN)
    await balanced({ reserved: 0, spent: 0 })
  })

  test("over its day", async () => {
    await begin()
    await use().execute(sql`update job set opened_at = now() - interval '25 hours'`)
    await sweep(KNOWN)
    await balanced({ reserved: 0, spent: 0 })
  })

  test("its message lost", async () => {
    const { id } = await begin()
    expect(await bury(id, KNOWN)).toBe(true)
    await balanced({ reserved: 0, spent: 0 })
  })

  test("deleted with its dataset, waiting and at work", async () => {
    const { claim, dataset_id } = await begin()
    await claim()
    await Dataset.remove(dataset_id)
    await balanced({ reserved: 0, spent: 0 })
  })

  test("deleted after its end, what was spent stays spent", async () => {
    const { claim, dataset_id } = await begin()
    await Job.complete(await claim(), done)
    await Dataset.remove(dataset_id)
    expect(await booksOfJobs()).toEqual({ reserved: 0, spent: 0 })
    expect(await booksOfBudgets()).toEqual({ reserved: 0, spent: COST })
  })

  test("also by a statement that knows nothing of budgets, as of an older release", async () => {
    const { id } = await begin()
    await use().execute(sql`update job set due_micros = 7 where id = ${id}`)
    await use().execute(sql`update job set status = 'failed', state_detail = 'failed', error_code = 'x', error = '{}',
      completed_at = now() where id = ${id}`)
    await balanced({ reserved: 0, spent: 7 })
  })
})

describe("attempts that come to nothing", () => {
  test("through the Hub's weather, a death or a shutdown are not paid; the one that ends it is", async () => {
    const { claim } = await begin()
    await Job.fail(await claim(), new AppError("hub_timeout", "Slow."), used)
    await due()
    await Job.handBack(await claim(), { ...twice, bytes: 900 })
    await due()
    const lease = await claim()
    expect(lease.job.usage).toMatchObject({ bytes: 900 })
    const usage = { requests: 12, bytes: 1400, compute_ms: 60_000 }
    await Job.complete(lease, { ...done, usage })
    const last = priceOf({ requests: 4, bytes: 500, compute_ms: 20_000 }, "light")
    await balanced({ reserved: 0, spent: last })
  })
})

describe("a retry", () => {
  test("reserves again, keeps what was spent, and pays what it adds", async () => {
    const { claim, retry } = await begin()
    await Job.fail(await claim(), new AppError("dataset_malformed", "No."), used)
    expect((await retry()).estimate).toMatchObject({ price_usd: toUsd(PRICE) })
    await balanced({ reserved: PRICE, spent: COST })
    await Job.complete(await claim(), { ...done, usage: twice })
    await balanced({ reserved: 0, spent: 2 * COST })
  })

  test("that does not fit any more is refused with the numbers, and the job stays failed", async () => {
    const { claim, retry, dataset_id, id } = await begin()
    await Job.fail(await claim(), new AppError("dataset_malformed", "No."), used)
    process.env.BUDGET_TENANT_DAY_USD = String(toUsd(PRICE + COST - 1))
    resetConfig()
    await expect(retry()).rejects.toMatchObject({
      code: "budget_exceeded",
      extra: { spent_usd: toUsd(COST), reserved_usd: 0, wanted_usd: toUsd(PRICE) },
    })
    expect(await Job.get(dataset_id, id)).toMatchObject({ status: "failed", error_code: "dataset_malformed" })
    await balanced({ reserved: 0, spent: COST })
  })

  test("on another day leaves what was spent with the day it was spent on", async () => {
    const { claim, retry, id } = await begin()
    await Job.fail(await claim(), new AppError("dataset_malformed", "No."), used)
    await use().execute(sql`update job set reserved_on = reserved_on - 1 where id = ${id}`)
    await use().execute(sql`update spending set day = day - 1`)
    await retry()
    await Job.complete(await claim(), { ...done, usage: twice })
    const days = await use().execute(
      sql`select sum(reserved_micros)::int as reserved, sum(spent_micros)::int as spent from spending group by day order by day`,
    )
    expect([...days]).toEqual([
      { reserved: 0, spent: COST },
      { reserved: 0, spent: COST },
    ])
  })
})

const claimable = async () =>
  (await use().execute<{ id: number }>(sql`select id from job where status = 'pending'`))[0]?.id ?? 0
