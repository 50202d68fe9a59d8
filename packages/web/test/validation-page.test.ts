import type { Validation } from "@robokit/core/check/schema"
import { beforeAll, expect, test } from "vitest"
import { counted, failing, finding, lay, type Validated, validationOf } from "./laid-validation.ts"
import {
  button,
  complaints,
  context,
  expectToFit,
  imported,
  json,
  page,
  product,
  SAMPLE,
  settle,
  usePortal,
} from "./portal-page.ts"

const STATUS = /\/api\/v1\/datasets\/\d+\/status$/
const ESTIMATE = /\/analyses\/validation\/estimate$/

usePortal()

let sample: Validated
beforeAll(async () => void (sample = await validationOf(await imported(SAMPLE))), 90_000)

const pageOf = (rest = "") => `/${SAMPLE}@${sample.dataset.source.revision}${rest}`
const group = (title: string | RegExp) => page.locator(".group").filter({ hasText: title })

test("a dataset's page opens with the verdict, what it rests on, and the way to all that was found", async () => {
  const { verdict, reason, coverage, findings } = sample.job.result as Validation
  expect(verdict).toBe("pass")
  await page.goto(pageOf())
  const panel = page.getByRole("region", { name: "Passes" })
  await panel.getByText(reason).waitFor()
  const read = await panel.getByLabel("How much was read").innerText()
  expect(read).toContain(`${coverage.episodes.read} of ${coverage.episodes.total}`)
  expect(read).toContain(`${coverage.files.read} of ${coverage.files.total}`)
  expect(read).toContain("0 of 44,676")
  await panel.getByRole("link", { name: /findings?$/ }).click()
  await page.waitForURL(/@[0-9a-f]{40}\/validation$/)
  expect(await page.locator(".findings-said").innerText()).toMatch(new RegExp(`^${findings.length} findings? of`))
  expect(complaints).toEqual([])
})

test("the worst findings lead to what is said of them in full, and to their moment of the recording", async () => {
  await lay(sample, failing)
  await page.goto(pageOf())
  const panel = page.getByRole("region", { name: "Fails" })
  await panel.getByText("Validation found 2 errors, 1 warning, 1 note.").waitFor()
  expect(await panel.locator(".worst > li").count()).toBe(3)
  expect(await page.locator("main img, main script").count()).toBe(0)
  const moment = panel.getByRole("link", { name: "episode 3, frame 7" })
  expect(await moment.getAttribute("href")).toBe(pageOf("/episodes/3?frame=7"))
  await panel.getByRole("link", { name: "It has no rows." }).click()
  await page.waitForURL(/finding=1$/)
  await page.waitForFunction(() => document.activeElement?.id === "finding-1")
})

test("findings stand by rule, with their evidence, their places and what to do", async () => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"])
  await lay(sample, failing)
  await page.goto(pageOf("/validation"))
  const rows = group("EP-FILE-ROWS")
  expect(await rows.getByRole("heading").innerText()).toContain("2 findings, 4 occurrences")
  const first = rows.locator(".group-found > li").first()
  expect(await first.locator(".evidence tr").allInnerTexts()).toEqual([
    expect.stringMatching(/Rows\s+11,204/),
    expect.stringMatching(/Expected\s+11,310/),
    expect.stringMatching(/Share\s+0\.0023726385/),
  ])
  expect(await first.locator(".episodes-named a").allInnerTexts()).toEqual(["3", "8", "21"])
  await first.getByText("All 3 places").click()
  expect(await first.locator(".found-places a").allInnerTexts()).toEqual([
    "episode 3, frame 7",
    "episode 8",
    "episode 21, frame 1",
  ])
  await first.getByRole("button", { name: "Copy what to do" }).click()
  await first.getByText("Copied").waitFor({ state: "attached" })
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("Write the file again.")
  const reference = first.getByRole("link", { name: /issues\/2401/ })
  expect(await reference.getAttribute("rel")).toContain("noopener")
  expect(await page.locator('a[href^="javascript"], main img, main script').count()).toBe(0)
  expect(complaints).toEqual([])
})

test("findings are narrowed by severity, kind, episode and words; the address keeps it", async () => {
  await lay(sample, failing)
  await page.goto(pageOf("/validation"))
  const said = page.locator(".findings-said")
  await page.getByText("4 findings of 3 rules").waitFor()
  await page.locator(".segment", { hasText: "Errors" }).click()
  await expect.poll(() => said.innerText()).toBe("2 of 4 findings of 1 rule")
  await page.getByRole("spinbutton", { name: "Episode" }).fill("21")
  await expect.poll(() => said.innerText()).toBe("1 of 4 findings of 1 rule")
  await page.getByRole("searchbox").pressSequentially("no such words", { delay: 20 })
  await expect.poll(() => said.innerText()).toBe("0 of 4 findings of 0 rules")
  await page.reload()
  await expect.poll(() => said.innerText()).toBe("0 of 4 findings of 0 rules")
  expect(await page.getByRole("searchbox").inputValue()).toBe("no such words")
  await button("Show all").click()
  await expect.poll(() => said.innerText()).toBe("4 findings of 3 rules")
  await page.getByRole("combobox", { name: "Kind" }).selectOption("risk")
  await expect.poll(() => said.innerText()).toBe("1 of 4 findings of 1 rule")
  expect(new URL(page.url()).search).toBe("?kind=risk")
})

test("with the keyboard alone a rule is opened and closed", async () => {
  await lay(sample, failing)
  await page.goto(pageOf("/validation"))
  const head = group("TASK-PLACEHOLDER").getByRole("button", { expanded: true })
  await head.focus()
  await page.keyboard.press("Enter")
  await expect.poll(() => page.getByText("The task says nothing.").count()).toBe(0)
  await page.keyboard.press("Space")
  await page.getByText("The task says nothing.").waitFor()
})

test("five thousand findings make a page of bounded size, and the last of them is reached", async () => {
  const many = counted(
    Array.from({ length: 5000 }, (_, n) =>
      finding({
        code: `EP-R${n % 25}`,
        message: `Finding ${n}.`,
        where: { episode: n, path: `data/file-${n}.parquet` },
      }),
    ),
  )
  await lay(sample, { ...many, verdict: "fail", reason: "Finding 0." })
  await page.goto(pageOf("/validation"))
  await page.getByText("5,000 findings of 25 rules").waitFor()
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2500)
  await page.getByRole("searchbox").fill("file-4998")
  await page.getByText("1 of 5,000 findings of 1 rule").waitFor()
  // Its rule was closed while it stood among the others.
  await page.getByText("Finding 4998.").waitFor()
  await page.goto(pageOf("/validation?finding=4999"))
  await page.waitForFunction(() => document.activeElement?.id === "finding-4999")
})

test("what was not looked at is listed by its reason, and what was asked not to be told", async () => {
  await lay(sample, {
    not_run: [
      { code: "IDX-FRAME", reason: "It needs columns depth." },
      { code: "EP-COLS", reason: "It judges v2.1 only." },
      { code: "TS-FOOTER", reason: "It needs columns depth." },
    ],
    suppressed: [
      { code: "TASK-DUP-TEXT", occurrences: 4, source: ".robokit.yaml" },
    ] as object[] as Validation["suppressed"],
    notes: ["Footers were read of 200 of 10,000 files."],
  })
  await page.goto(pageOf("/validation"))
  await page.getByText("Footers were read of 200 of 10,000 files.").waitFor()
  await page.getByText("3 rules did not run").click()
  const reasons = await page.locator(".unseen-part").first().locator("li").allInnerTexts()
  expect(reasons[0]).toMatch(/It needs columns depth\.\s+IDX-FRAME\s+TS-FOOTER/)
  await page.getByText("1 finding not to be told of").click()
  await page.getByText("4 occurrences, by .robokit.yaml").waitFor()
})

test("the reports are where the page says", async () => {
  await page.goto(pageOf("/validation"))
  for (const name of ["JSON", "Markdown", "SARIF", "JUnit"]) {
    const href = await page.getByRole("link", { name, exact: true }).getAttribute("href")
    const report = await fetch(new URL(href!, product.portal))
    expect(report.status, name).toBe(200)
    expect((await report.text()).length).toBeGreaterThan(100)
  }
})

test("what a deeper validation takes is shown before it is started, and its verdict takes the place of the old one", async () => {
  const estimate = { requests: 212, bytes: 11_214_000, compute_ms: 4240, price_usd: 0.0031, is_exact: true }
  const asked: unknown[] = []
  await page.route(ESTIMATE, (route) => {
    asked.push(route.request().postDataJSON())
    return json({ estimate, size_class: "light", budget: null, fits: true })(route)
  })
  await page.goto(pageOf("/validation"))
  await button("Validate deeper").click()
  await page.getByText(/^Reads about 11\.2 MB in 212 requests/).waitFor()
  expect(asked.at(-1)).toMatchObject({ depth: "columns" })
  await button("Validate at columns depth").click()
  await page
    .getByRole("region", { name: "Passes" })
    .getByText("columns depth", { exact: true })
    .waitFor({ timeout: 20_000 })
  expect(await page.getByLabel("How much was read").innerText()).toContain("44,676 of 44,676")
  await page.goto(pageOf(`/validation?job=${sample.job.id}`))
  await page.getByText(`This is validation ${sample.job.id}`).waitFor()
  await page.getByRole("region", { name: "Passes" }).getByText("metadata depth", { exact: true }).waitFor()
})

test("while it runs its progress is shown; when it failed, why; where there are no rules, that", async () => {
  const { job, status } = sample
  const others = status.jobs.filter((each) => each.id !== job.id)
  const open = { ...job, status: "running", state_detail: "running", progress: 30, message: "12 of 40 files" }
  await page.route(STATUS, json({ ...status, jobs: [...others, { ...open, result: undefined, result_summary: null }] }))
  await page.goto(pageOf())
  const panel = page.getByRole("region", { name: "Validating…" })
  await panel.getByText("12 of 40 files · 30 %").waitFor()

  const error = {
    title: "The Hub did not answer",
    detail: "It was asked five times.",
    retryable: true,
    user_action: null,
  }
  const failed = { ...job, status: "failed", state_detail: "failed", error, result: undefined, result_summary: null }
  await page.route(STATUS, json({ ...status, jobs: [...others, failed] }))
  await page.reload()
  const unknown = page.getByRole("region", { name: "Not assessed" })
  await unknown.getByText("It was asked five times.").waitFor()
  await unknown.getByRole("button", { name: "Validate again" }).waitFor()

  await page.route(STATUS, json({ ...status, jobs: others }))
  await page.route(
    "**/job-parameter-schemas",
    json({ validation: { "x-formats": { lerobot: "There are no rules yet." } } }),
  )
  await page.reload()
  await unknown.getByText("There are no rules yet.").waitFor()
  expect(await unknown.getByRole("button").count()).toBe(0)
})

test("a validation that was stopped on the way passes nothing", async () => {
  await lay(
    sample,
    {},
    { partial: { reason: "budget", detail: "It reached what one job may read.", done: 3, of: 4 }, stale: true },
  )
  for (const rest of ["", "/validation"]) {
    await page.goto(pageOf(rest))
    const panel = page.getByRole("region", { name: "Not assessed" })
    await panel.waitFor()
    await page
      .getByText(/It reached what one job may read\./)
      .first()
      .waitFor()
    expect(await page.getByRole("heading", { name: "Passes" }).count()).toBe(0)
  }
})

test.each([
  ["a dataset that fails", ""],
  ["what was found", "/validation"],
])("%s fits a small phone and has no serious barrier, light and dark", async (_name, rest) => {
  await lay(sample, failing)
  await expectToFit(() => settle(pageOf(rest)))
  expect(complaints).toEqual([])
})
