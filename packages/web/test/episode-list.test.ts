import type { DatasetInfo, DatasetStatus } from "@robokit/core/dataset/schema"
import type { Episode } from "@robokit/core/episode/schema"
import type { JobListItem } from "@robokit/core/job/schema"
import { beforeAll, expect, test } from "vitest"
import { counted, finding, lay, validationOf } from "./laid-validation.ts"
import {
  button,
  complaints,
  eventually,
  expectToFit,
  get,
  imported,
  json,
  page,
  SAMPLE,
  settle,
  usePortal,
} from "./portal-page.ts"

const STATUS = /\/api\/v1\/datasets\/\d+\/status$/
const EPISODES = /\/api\/v1\/datasets\/\d+\/episodes\?/

usePortal()

let dataset: DatasetInfo
beforeAll(async () => void (dataset = await imported(SAMPLE)), 90_000)

const address = () => `/${SAMPLE}@${dataset.source.revision}/episodes`

test("the list is sorted, searched and walked by the keyboard, and all of it is in the address", async () => {
  await page.goto(address())
  await page.getByRole("row", { name: /^0 / }).waitFor()
  await button("Length").click()
  await button("Length").click()
  await page.waitForURL(/sort=-length/)
  expect(await page.getByRole("columnheader", { name: "Length" }).getAttribute("aria-sort")).toBe("descending")
  await page.getByRole("searchbox", { name: "Search the tasks" }).pressSequentially("corner", { delay: 20 })
  await page.waitForURL(/q=corner/)
  await eventually(() => page.getByRole("status").first().innerText()).toMatch(/^7\d episodes found$/)
  const lengths = (await get(`/${dataset.id}/episodes?sort=length&q=corner`)).map(({ length }: Episode) => length)
  const median = lengths[Math.floor((lengths.length - 1) / 2)]
  await page.getByText(`${lengths[0]} to ${lengths.at(-1)} frames, median ${median}`).waitFor()
  const [, second] = await get(`/${dataset.id}/episodes?sort=-length&q=corner`)
  await page.getByRole("grid").focus()
  await page.keyboard.press("ArrowDown")
  await page.keyboard.press("Enter")
  await page.getByRole("heading", { level: 1, name: `Episode ${second.episode_index}` }).waitFor()
  await page.goBack()
  await page.getByRole("row", { name: new RegExp(`^${second.episode_index} `) }).waitFor()
  expect(await page.getByRole("searchbox").inputValue()).toBe("corner")
})

test("of a hundred thousand episodes only those in sight are there, and the last is one key away", async () => {
  const [first] = await get(`/${dataset.id}/episodes?limit=1`)
  const asked: number[] = []
  await page.route(EPISODES, (route) => {
    const query = new URL(route.request().url()).searchParams
    const skip = Number(query.get("skip") ?? 0)
    // Pages of the table; single rows are asked for the lengths.
    if (query.get("limit") === "100") asked.push(skip)
    const rows = Array.from({ length: 100 }, (_, at) => ({ ...first, episode_index: skip + at }))
    return json(rows, 200, { "x-total-count": "100000" })(route)
  })
  await page.goto(address())
  await page.getByRole("row", { name: /^0 / }).waitFor()
  await page.getByRole("grid").focus()
  await page.keyboard.press("End")
  await page.getByRole("row", { name: /^99,999 / }).waitFor()
  expect(await page.getByRole("row").count()).toBeLessThan(60)
  expect(new Set(asked).size).toBeLessThanOrEqual(3)
  expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe("100001")
})

test("without an index its job is offered, and started where one stands", async () => {
  const problem = { code: "not_indexed", title: "Not indexed", detail: "Dataset 1 is not indexed." }
  await page.route(EPISODES, json(problem, 409))
  await page.route(STATUS, json({ ...(await get(`/${dataset.id}/status`)), jobs: [] }))
  await page.goto(address())
  const started = page.waitForRequest(/\/analyses\/indexing$/)
  await button("Index the episodes").click()
  expect((await started).postDataJSON()).toEqual({})
})

test("a list whose index was stopped says how much is missing, and goes on once that is made anew", async () => {
  const status: DatasetStatus = await get(`/${dataset.id}/status`)
  const index = status.jobs.find(({ job_type }) => job_type === "indexing")!
  const partial = { reason: "budget_exceeded", detail: "It has read what one job may.", done: 1, of: 3 }
  const stopped = { ...index, partial, result_summary: { ...index.result_summary, episodes: 60 } }
  const show = (...jobs: JobListItem[]) => page.route(STATUS, json({ ...status, jobs }))
  await show(stopped)
  await page.route(EPISODES, async (route) => {
    const response = await route.fetch()
    // Another index has another tag.
    const headers = { ...response.headers(), etag: 'W/"stopped"', "x-partial": "done=1, of=3" }
    return route.fulfill({ response, headers })
  })
  await page.goto(address())
  const note = page.getByRole("region", { name: "This list is not complete" })
  await note
    .getByText("The index has 60 of 217 episodes: it was stopped after 1 of 3 parts. It has read what one job may.")
    .waitFor()
  await page.getByRole("searchbox", { name: "Search the tasks" }).fill("no such words")
  await page.getByText("No such episode is in the part that was indexed.").waitFor()

  const open = { ...index, id: index.id + 1000, status: "running", state_detail: "running", progress: 30 } as const
  await page.route(/\/analyses\/indexing$/, async (route) => {
    expect(route.request().postDataJSON()).toEqual({})
    await show(stopped, { ...open, poll_after_ms: 500 })
    return json({ ...open, result: null }, 202)(route)
  })
  await button("Index again").click()
  await note.getByRole("progressbar").waitFor()
  await page.unroute(EPISODES)
  await show(stopped, { ...index, id: open.id })
  await note.waitFor({ state: "hidden" })
  await page.getByText("No episode has such a task.").waitFor()
})

test("it fits a small phone and a screen, and has no serious barrier, light and dark", async () => {
  await lay(await validationOf(dataset), counted([finding({ where: { episode: 3, frame: 60 } })]))
  for (const size of [
    [360, 740],
    [1280, 900],
  ] as const) {
    await expectToFit(() => settle(address()), size)
  }
  expect(complaints).toEqual([])
})
