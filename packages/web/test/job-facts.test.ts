import type { JobInfo, JobListItem } from "@robokit/core/job/schema"
import { beforeAll, expect, test } from "vitest"
import {
  button,
  expectToFit,
  get,
  imported,
  isFocused,
  json,
  page,
  post,
  product,
  SAMPLE,
  usePortal,
} from "./portal-page.ts"

const JOB = /\/api\/v1\/datasets\/\d+\/jobs\/\d+$/
const STATUS = /\/api\/v1\/datasets\/\d+\/status$/
const ESTIMATE = /\/analyses\/metadata_extraction\/estimate$/
const START = /\/analyses\/metadata_extraction$/
const DEAD = /\/api\/v1\/jobs\?/

usePortal()

/** A finished job as the product gives it; what is hard to bring about is laid over it. */
let job: JobInfo
let jobAddress: string

beforeAll(async () => {
  const { id, source } = await imported(SAMPLE)
  const [listed] = await get(`/${id}/jobs`)
  job = await get(`/${id}/jobs/${listed.id}`)
  jobAddress = `/${SAMPLE}@${source.revision}/jobs/${job.id}`
}, 90_000)

const estimate = { requests: 14, bytes: 3_214_000, compute_ms: 1240, price_usd: 0.00031, is_exact: true }
const budget = { period: "day", limit_usd: 1, spent_usd: 0.42, reserved_usd: 0.13, left_usd: 0.45 }
const QUEUED = {
  status: "pending",
  state_detail: "queued",
  result: null,
  attempt: 0,
  usage: { requests: 0, bytes: 0, compute_ms: 0 },
  price_usd: 0,
  completed_at: null,
  waiting: { reason: "queue", position: 3, detail: "Two jobs of this size are before it." },
} satisfies Partial<JobInfo>
const running = (): Partial<JobInfo> => ({
  status: "running",
  state_detail: "running",
  result: null,
  attempt: 2,
  progress: 40,
  message: "12 of 40 parts done",
  completed_at: null,
  heartbeat_at: new Date(Date.now() - 4000).toISOString(),
})
const BORROWED = {
  cached_from: 12,
  stale: true,
  partial: { reason: "budget", detail: "It reached what one job may read.", done: 31, of: 40 },
} satisfies Partial<JobInfo>
const ERROR = {
  title: "Its message was given up",
  detail: "It was tried three times.",
  retryable: false,
  user_action: null,
}
const GIVEN_UP = {
  status: "failed",
  state_detail: "dead",
  result: null,
  error_code: "dead_lettered",
  error_message: ERROR.detail,
  error: ERROR,
} satisfies Partial<JobInfo>

async function openJob(over: Partial<JobInfo>) {
  await page.route(JOB, json({ ...job, ...over }))
  await page.goto(jobAddress)
  await page.locator(".job-facts").waitFor()
}

async function openForm() {
  await page.goto(`/${SAMPLE}`)
  await button(/^Extract metadata/).click()
}

test("what a job will take is shown before it is started, and what it took after", async () => {
  await openForm()
  const words = page.getByText(/^Reads (about|at least)/)
  await words.waitFor()
  expect(await words.innerText()).toMatch(
    /^Reads (about|at least) [\d.]+ [kM]?B in \d+ requests? · \1 (< )?\$0\.\d+ · light$/,
  )
  expect(await button("Start").isEnabled()).toBe(true)

  await page.goto(jobAddress)
  const facts = await page.locator(".job-facts").innerText()
  expect(facts).toMatch(/kB in \d+ requests\s+expected (at least )?[\d.]+ [kM]?B in \d+ requests?/)
  expect(facts).toMatch(/List price\s+(< )?\$0\.\d+/)
})

test("the estimate follows the settings once they rest, says when it is the least, and nothing when they are wrong", async () => {
  const limit = {
    title: "Extract metadata",
    type: "object",
    properties: { limit: { type: "integer", title: "Limit" } },
  }
  await page.route("**/job-parameter-schemas", json({ metadata_extraction: limit }))
  const asked: unknown[] = []
  await page.route(ESTIMATE, (route) => {
    const params = route.request().postDataJSON() as { limit?: number }
    asked.push(params)
    if (params.limit === 9) return json({ detail: [{ loc: ["body", "limit"], msg: "too big", type: "x" }] }, 422)(route)
    const least = { ...estimate, bytes: (params.limit ?? 1) * 1_000_000, is_exact: params.limit === undefined }
    return json({ estimate: least, size_class: "medium", budget: null, fits: true })(route)
  })
  await openForm()
  await page.getByText("Reads about 1 MB in 14 requests · about $0.0003 · medium").waitFor()
  await page.getByLabel("Limit").pressSequentially("123", { delay: 30 })
  await page.getByText("Reads at least 123 MB in 14 requests · at least $0.0003 · medium").waitFor()
  expect(asked).toEqual([{}, { limit: 123 }])

  await page.getByLabel("Limit").fill("9")
  await page.getByText("With these settings nothing can be estimated yet.").waitFor()
  expect(await button("Start").isEnabled()).toBe(true)
})

test("a job that does not fit the budget cannot be started, and the button says why", async () => {
  await page.route(
    ESTIMATE,
    json({ estimate: { ...estimate, price_usd: 0.62 }, size_class: "heavy", budget, fits: false }),
  )
  await openForm()
  await page.getByText("$0.45 of $1.00 left").waitFor()
  expect(await button("Start").isDisabled()).toBe(true)
  const described = await button("Start").getAttribute("aria-describedby")
  expect(await page.locator(`[id="${described}"]`).innerText()).toBe(
    "This needs $0.62, and $0.45 of the budget is left.",
  )
})

test("a refusal for the budget is told with its numbers, and what is left is asked for again", async () => {
  let asked = 0
  await page.route(ESTIMATE, (route) => {
    asked++
    return json({ estimate, size_class: "light", budget, fits: asked === 1 })(route)
  })
  const resets_at = new Date(Date.now() + 5 * 3_600_000).toISOString()
  const refusal = { period: "day", limit_usd: 1, spent_usd: 0.42, reserved_usd: 0.57, wanted_usd: 0.03, resets_at }
  await page.route(START, json({ detail: "Today’s budget does not reach.", code: "budget_exceeded", ...refusal }, 402))
  await openForm()
  await page.getByText("$0.45 of $1.00 left").waitFor()
  await button("Start").click()
  const alert = page.getByRole("alert")
  await alert.getByText("Today’s budget does not reach.").waitFor()
  const words = await alert.innerText()
  for (const number of [
    "$0.01 of $1.00 left",
    "spent $0.42",
    "held by open jobs $0.57",
    "this job $0.03",
    "in 5 hours",
  ])
    expect(words).toContain(number)
  await expect.poll(() => button("Start").isDisabled()).toBe(true)
})

test("a job's page says what was expected beside what it took", async () => {
  const usage = { requests: 13, bytes: 2_900_000, compute_ms: 900 }
  await openJob({ estimate, usage, price_usd: 0.000028, size_class: "medium" })
  const facts = await page.locator(".job-facts").innerText()
  expect(facts).toMatch(/Read\s+2\.9 MB in 13 requests\s+expected 3\.2 MB in 14 requests/)
  expect(facts).toMatch(/Computed for\s+0\.9 s\s+expected 1\.2 s/)
  expect(facts).toMatch(/List price\s+< \$0\.0001\s+expected \$0\.0003/)
  expect(facts).toMatch(/Size\s+Medium/)
})

test("while it waits its place and the reason are shown, while it runs when it was last heard from", async () => {
  await openJob(QUEUED)
  await page.getByText("3rd in line Two jobs of this size are before it.").waitFor()
  await page.unroute(JOB)
  await openJob(running())
  const progress = page.getByRole("region", { name: "Progress" })
  await progress.getByText("12 of 40 parts done · 40 %").waitFor()
  const heard = progress.getByText(/^Heard from/)
  const first = await heard.innerText()
  expect(first).toMatch(/^Heard from \d+ s ago$/)
  // It counts on between two answers.
  await expect.poll(() => heard.innerText(), { timeout: 5000 }).not.toBe(first)
})

test("a borrowed, outdated or partial result says so, and runs again with the same settings", async () => {
  await openJob({ ...BORROWED, params: { depth: 2 } })
  await page.getByText("Covers 31 of 40 parts").waitFor()
  await page.getByText("It reached what one job may read.").waitFor()
  expect(await page.getByRole("link", { name: "job 12" }).getAttribute("href")).toMatch(/@[0-9a-f]{40}\/jobs\/12$/)
  await page.route(START, (route) => {
    expect(route.request().postDataJSON()).toEqual({ depth: 2 })
    return json({ ...job, ...QUEUED, id: job.id + 1 }, 202)(route)
  })
  await button(/^Run again with version \d+$/).click()
  await page.waitForURL(new RegExp(`/jobs/${job.id + 1}$`))
})

test("the list of jobs marks what to know about a result", async () => {
  const { result: _result, ...listed } = job
  const jobs: JobListItem[] = [
    listed,
    { ...listed, id: job.id + 1, ...BORROWED },
    { ...listed, id: job.id + 2, ...QUEUED },
  ]
  await page.route(STATUS, json({ ...(await get(`/${job.dataset_id}/status`)), jobs }))
  await page.goto(`/${SAMPLE}`)
  const items = page.getByRole("region", { name: "Jobs" }).locator(".jobs li")
  await items.first().waitFor()
  const [queued, borrowed, plain] = await items.allInnerTexts()
  expect(queued).toContain("3rd in line")
  expect(borrowed).toMatch(/partial: 31 of 40\s+by an older version\s+result of job 12/)
  expect(plain).not.toMatch(/partial|older|result of/)
})

test("with nothing given up the operator's page says so", async () => {
  await page.goto("/")
  await page.getByRole("link", { name: "Operator" }).click()
  await page.getByRole("heading", { name: "No job was given up" }).waitFor()
  expect(await page.getByLabel("Totals").innerText()).toMatch(/Open jobs\s+0/)
})

test("the operator sees what was given up, page by page, and retries it with the keyboard alone", async () => {
  const { result: _result, ...listed } = job
  let dead = [41, 42].map((id) => ({ ...listed, ...GIVEN_UP, id }))
  await page.route(DEAD, (route) => {
    const isNext = route.request().url().includes("cursor=")
    const link = '</api/v1/jobs?limit=25>; rel="first", </api/v1/jobs?limit=25&cursor=42>; rel="next"'
    const rows = isNext ? [{ ...listed, ...GIVEN_UP, id: 43 }] : dead
    return json(rows, 200, { "x-total-count": String(dead.length + 1), ...(!isNext && { link }) })(route)
  })
  await page.route(/\/jobs\/41\/retry$/, (route) => {
    dead = dead.filter(({ id }) => id !== 41)
    return json({ ...job, ...QUEUED, id: 41 }, 202)(route)
  })
  await page.goto("/operator")
  const items = page.locator(".dead-jobs li")
  await page.getByRole("link", { name: SAMPLE }).first().waitFor()
  expect(await items.first().innerText()).toContain("Its message was given up. It was tried three times.")
  await button("Load more").click()
  await expect.poll(() => items.count()).toBe(3)

  await button("Retry Extract metadata (job 41)").focus()
  await page.keyboard.press("Enter")
  const said = page.getByText("Job 41 is queued again.")
  await said.waitFor()
  await expect.poll(() => items.count()).toBe(2)
  expect(await isFocused(said)).toBe(true)
  await page.getByRole("heading", { name: "Given up 2 jobs" }).waitFor()
})

test.each([
  [401, { detail: "No.", code: "operator_key_required" }, "Only who has the operator’s key"],
  [404, { detail: "No.", code: "not_found" }, "does not list the jobs that were given up"],
  [500, { detail: "It broke.", code: "unexpected" }, "It broke."],
])("the operator's page can be told %i", async (status, body, words) => {
  await page.route(DEAD, json(body, status))
  await page.goto("/operator")
  await page.getByText(words).waitFor()
})

test("a commit imported under two formats leads from one to the other", async () => {
  const made = await post("/", { source: { type: "huggingface", repo_id: SAMPLE }, format_type: "custom" })
  await page.goto(`/${SAMPLE}`)
  await page.getByText("Also imported as lerobot").waitFor()
  await page.getByRole("link", { name: "lerobot", exact: true }).click()
  await page.getByText("Also imported as custom").waitFor()
  await page.goto("/")
  await page
    .getByRole("row", { name: /lerobot v3/ })
    .getByRole("link", { name: SAMPLE })
    .click()
  await page.getByText("Also imported as custom").waitFor()
  expect((await fetch(`${product.api}/api/v1/datasets/${made.id}`, { method: "DELETE" })).status).toBe(204)
})

test.each<[string, () => Promise<unknown>]>([
  ["a waiting job", () => openJob({ ...QUEUED, estimate })],
  ["a running job", () => openJob({ ...running(), estimate })],
  ["a borrowed result", () => openJob({ ...BORROWED, estimate })],
  [
    "a form beyond the budget",
    async () => {
      await page.route(ESTIMATE, json({ estimate, size_class: "heavy", budget, fits: false }))
      await openForm()
      await page.getByText("$0.45 of the budget is left").waitFor()
    },
  ],
  [
    "the operator's page",
    async () => {
      await page.route(DEAD, json([{ ...job, ...GIVEN_UP }], 200, { "x-total-count": "1" }))
      await page.goto("/operator")
      await page.locator(".dead-jobs li").waitFor()
    },
  ],
])("%s fits a small phone and has no serious barrier, light and dark", async (_name, open) => {
  await expectToFit(open)
})
