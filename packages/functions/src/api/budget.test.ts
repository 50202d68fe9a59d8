import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Job } from "../../../core/src/job/job.ts"
import { AppError } from "../../../core/src/error.ts"
import { call, post } from "../../test/contract.ts"
import { openStage, plainRepo, source } from "../../test/import-stage.ts"
import { withSettings } from "../../test/operator.ts"

const stage = openStage({ repos: [plainRepo("acme/arm"), plainRepo("acme/leg")] })
const START = "/api/v1/datasets/1/analyses/metadata_extraction"
const usage = { requests: 3, bytes: 400, compute_ms: 5 }

beforeEach(async () => {
  expect((await post("/api/v1/datasets/", { source: source("acme/arm") })).status).toBe(201)
})
afterEach(() => withSettings({ BUDGET_TENANT_DAY_USD: undefined }))

/** Fails the job of the import, so that it may be asked for again. */
const fail = async () => {
  const lease = (await Job.claim(1, ["metadata_extraction"]))!
  await Job.fail(lease, new AppError("file_missing", "It is not there."), usage)
}

test("an import keeps what its listing showed, and asks the Hub for nothing more", async () => {
  const [row] = await stage.admin`select listing, import_usage from dataset`
  expect(row!.listing).toEqual({
    complete: true,
    files: 2,
    bytes: 25,
    by_kind: { table: { files: 1, bytes: 22 }, meta: { files: 1, bytes: 3 } },
  })
  // To pin, to list, to look for the files that name a format.
  expect(row!.import_usage.requests).toBeLessThanOrEqual(4)
})

describe("asking what a job would take", () => {
  test("gives its estimate, and no budget where none has a limit; nothing is started", async () => {
    const before = await stage.admin`select count(*) from job`
    for (const end of ["/estimate", "/estimate/"]) {
      const response = await post(START + end, {})
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({
        estimate: { requests: 3, is_exact: true, price_usd: expect.any(Number) },
        size_class: "light",
        budget: null,
        fits: true,
      })
    }
    expect(await stage.admin`select count(*) from job`).toEqual(before)
  })

  test("refuses what the start would refuse, in the same words", async () => {
    for (const [path, body] of [
      [START, { depth: 1 }],
      [START.replace("/1/", "/9/"), {}],
      ["/api/v1/datasets/1/analyses/nonsense", {}],
    ] as const) {
      const [asked, started] = [await post(`${path}/estimate`, body), await post(path, body)]
      expect(asked.status).toBe(started.status)
      const [says, said] = [await asked.json(), await started.json()]
      expect(says.detail).toEqual(said.detail)
    }
  })

  test("says how the tightest budget stands", async () => {
    withSettings({ BUDGET_TENANT_DAY_USD: "1" })
    const { budget, fits } = await (await post(`${START}/estimate`, {})).json()
    expect(budget).toMatchObject({ period: "tenant_day", limit_usd: 1, spent_usd: 0 })
    expect(budget.reserved_usd).toBeGreaterThan(0)
    expect(budget.left_usd).toBeCloseTo(1 - budget.reserved_usd, 6)
    expect(fits).toBe(true)
  })
})

describe("a job that does not fit into the budget", () => {
  const numbers = {
    code: "budget_exceeded",
    limit_usd: 0.000001,
    spent_usd: expect.any(Number),
    reserved_usd: 0,
    wanted_usd: expect.any(Number),
    period: "tenant_day",
    resets_at: expect.stringMatching(/T00:00:00\.000Z$/),
    user_action: expect.stringContaining("Wait until"),
  }

  test("is refused with 402 and the numbers, at the start, at a retry and at an import", async () => {
    await fail()
    withSettings({ BUDGET_TENANT_DAY_USD: "0.000001" })
    const before = await stage.admin`select count(*) from job`
    for (const refused of [
      await post(START, {}),
      await post("/api/v1/datasets/1/jobs/1/retry", {}),
      await post("/api/v1/datasets/", { source: source("acme/leg") }),
    ]) {
      expect(refused.status).toBe(402)
      expect(await refused.json()).toMatchObject(numbers)
    }
    expect(await stage.admin`select count(*) from job`).toEqual(before)
    expect((await (await call("/api/v1/datasets/")).json()).length).toBe(1)
  })

  test("is taken with the same idempotency key once there is room again", async () => {
    await fail()
    withSettings({ BUDGET_TENANT_DAY_USD: "0.000001" })
    const again = () => post(START, {}, { "idempotency-key": "k" })
    expect((await again()).status).toBe(402)
    withSettings({ BUDGET_TENANT_DAY_USD: "1" })
    expect((await again()).status).toBe(202)
  })
})

test("a job's page shows what was estimated, what was used and what that costs", async () => {
  const lease = (await Job.claim(1, ["metadata_extraction"]))!
  const used = { requests: 3, bytes: 400, compute_ms: 60_000 }
  await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: used })
  const job = await (await call("/api/v1/datasets/1/jobs/1")).json()
  expect(job).toMatchObject({ usage: used, estimate: { bytes: expect.any(Number) }, partial: null })
  // A minute of one GB, and its requests: 60 × $0.0000133334 + $0.0000064, rounded up to a millionth.
  expect(job.price_usd).toBe(0.000807)
})
