import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { booksOfBudgets, booksOfJobs } from "../../test/books.ts"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { Job } from "../job/job.ts"
import { priceOf, toUsd } from "./price.ts"

const database = useDatabase()
const WORK = { requests: 10, bytes: 1000, compute_ms: 60_000 }
const PRICE = priceOf(WORK, "light")
const registry = { harness: { ...harnessJob(), estimate: () => WORK } }
const LIMITS = ["BUDGET_DAY_USD", "BUDGET_TENANT_DAY_USD", "BUDGET_TENANT_MONTH_USD"] as const
type Limits = Partial<Record<(typeof LIMITS)[number], number>>

const limit = (limits: Limits) => {
  for (const name of LIMITS) {
    if (limits[name] === undefined) delete process.env[name]
    else process.env[name] = String(limits[name])
  }
  resetConfig()
}
beforeEach(() => {
  catchMessages()
  keepObjects()
})
afterEach(() => limit({}))

/** A dataset whose own metadata job is over and out of the books. */
const datasetWithoutJobs = async () => {
  const { id } = await importDataset()
  await use().execute(sql`delete from job`)
  await use().execute(sql`delete from spending`)
  return id
}
const start = (id: number, n = 0) => Job.start(id, "harness", { n }, registry)
const startAll = async (id: number, count: number) => {
  const all = await Promise.allSettled(Array.from({ length: count }, (_, n) => start(id, n)))
  return {
    accepted: all.filter((each) => each.status === "fulfilled").length,
    refused: all.flatMap((each) => (each.status === "rejected" ? [each.reason as AppError] : [])),
  }
}

describe("a budget", () => {
  test.each([
    ["BUDGET_TENANT_DAY_USD", "tenant_day"],
    ["BUDGET_TENANT_MONTH_USD", "tenant_month"],
    ["BUDGET_DAY_USD", "day"],
  ])(
    "of %s for 10 takes 10 of 100 jobs that are started at once, and refuses 90 with the numbers",
    async (name, period) => {
      const id = await datasetWithoutJobs()
      limit({ [name]: toUsd(10 * PRICE) })
      const { accepted, refused } = await startAll(id, 100)
      expect(accepted).toBe(10)
      expect(refused).toHaveLength(90)
      for (const error of refused) {
        expect(error).toMatchObject({ code: "budget_exceeded", transient: false })
        expect(error.extra).toMatchObject({
          limit_usd: toUsd(10 * PRICE),
          spent_usd: 0,
          reserved_usd: toUsd(10 * PRICE),
          wanted_usd: toUsd(PRICE),
          period,
        })
      }
      expect(await database.admin`select id from job`).toHaveLength(10)
      expect(await booksOfJobs()).toEqual({ reserved: 10 * PRICE, spent: 0 })
      expect(await booksOfBudgets()).toEqual({ reserved: 10 * PRICE, spent: 0 })
    },
  )

  test("has room again for what an ended job did not need", async () => {
    const id = await datasetWithoutJobs()
    limit({ BUDGET_TENANT_DAY_USD: toUsd(PRICE + 10) })
    const { job } = await start(id, 1)
    await expect(start(id, 2)).rejects.toMatchObject({ code: "budget_exceeded" })
    const lease = (await Job.claim(job.id, ["harness"]))!
    await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: { ...WORK, compute_ms: 100 } })
    const spent = priceOf({ ...WORK, compute_ms: 100 }, "light")
    expect(spent).toBeLessThan(10)
    expect((await start(id, 2)).created).toBe(true)
    expect(await Job.preview(id, "harness", { n: 3 }, registry)).toMatchObject({
      budget: { spent_usd: toUsd(spent), reserved_usd: toUsd(PRICE), left_usd: toUsd(10 - spent) },
      fits: false,
    })
  })

  test("of a day that is over, of another tenant and of another month takes nothing from today's", async () => {
    const id = await datasetWithoutJobs()
    limit({ BUDGET_TENANT_DAY_USD: toUsd(PRICE), BUDGET_TENANT_MONTH_USD: toUsd(PRICE) })
    await use().execute(sql`insert into spending (tenant_id, day, slot, reserved_micros, spent_micros) values
      (2, (now() at time zone 'utc')::date, 0, 0, 1000000000),
      (1, date_trunc('month', now() at time zone 'utc')::date - 1, 0, 0, 1000000000)`)
    expect((await start(id)).created).toBe(true)
  })

  test("that is too small for one job refuses it before it is there, and says when and how much", async () => {
    const id = await datasetWithoutJobs()
    limit({ BUDGET_DAY_USD: toUsd(PRICE - 1) })
    const error = await start(id).catch((refused: AppError) => refused as AppError)
    expect(error).toMatchObject({ user_action: expect.stringMatching(/^Wait until \d{4}-\d\d-\d\dT00:00:00\.000Z/) })
    const resets_at = new Date(String((error as AppError).extra!.resets_at))
    expect(resets_at.getTime()).toBeGreaterThan(Date.now())
    expect(resets_at.getTime()).toBeLessThanOrEqual(Date.now() + 86_400_000)
    expect(await database.admin`select * from job`).toHaveLength(0)
    expect(await database.admin`select * from spending`).toHaveLength(0)
  })

  test("without a limit counts all the same, so that it is known what a limit would mean", async () => {
    const id = await datasetWithoutJobs()
    await start(id)
    expect(await booksOfBudgets()).toEqual({ reserved: PRICE, spent: 0 })
    expect(await Job.preview(id, "harness", { n: 1 }, registry)).toMatchObject({ budget: null, fits: true })
  })
})

describe("a preview", () => {
  test("names the tightest budget, reserves nothing, and says the same as the start would", async () => {
    const id = await datasetWithoutJobs()
    limit({ BUDGET_DAY_USD: 100, BUDGET_TENANT_DAY_USD: toUsd(2 * PRICE - 1), BUDGET_TENANT_MONTH_USD: 50 })
    const before = await Job.preview(id, "harness", { n: 0 }, registry)
    expect(before).toMatchObject({
      estimate: { ...WORK, price_usd: toUsd(PRICE), is_exact: true },
      size_class: "light",
      budget: { period: "tenant_day", limit_usd: toUsd(2 * PRICE - 1), left_usd: toUsd(2 * PRICE - 1) },
      fits: true,
    })
    expect(await database.admin`select * from spending`).toHaveLength(0)
    const { job } = await start(id)
    expect(job.estimate).toEqual(before.estimate)
    expect(await Job.preview(id, "harness", { n: 1 }, registry)).toMatchObject({ fits: false })
    await expect(start(id, 1)).rejects.toMatchObject({ code: "budget_exceeded" })
  })

  test("is refused for what could not be started", async () => {
    const { id } = await importDataset({ format_type: "rosbag" })
    await expect(Job.preview(id, "harness", {}, registry)).rejects.toMatchObject({ code: "job_unsupported" })
    await expect(Job.preview(99, "harness", {}, registry)).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.preview(id, "none", {}, registry)).rejects.toMatchObject({ code: "not_found" })
  })
})
