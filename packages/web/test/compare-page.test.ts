import type { DatasetStatus } from "@robokit/core/dataset/schema"
import { beforeAll, expect, test } from "vitest"
import { failing, lay, type Validated, validationOf } from "./laid-validation.ts"
import { button, complaints, expectToFit, get, imported, json, page, SAMPLE, settle, usePortal } from "./portal-page.ts"

usePortal()

let sample: Validated
beforeAll(async () => void (sample = await validationOf(await imported(SAMPLE))), 90_000)

const pageOf = (rest = "") => `/${SAMPLE}@${sample.dataset.source.revision}${rest}`

test("two commits are compared: one is picked, what differs is told, and the other way round", async () => {
  const older = await imported(SAMPLE, "v2.1")
  await page.goto(pageOf("/compare"))
  await page.getByRole("link", { name: older.source.revision.slice(0, 7) }).click()
  await page.waitForURL(pageOf(`/compare/${older.source.revision}`))
  const version = page.getByRole("row", { name: /^Format version/ })
  expect(await version.innerText()).toMatch(/v3\.0\s+v2\.1/)
  await page.getByText("Every episode has the same length and tasks in both.").waitFor()
  await page.getByRole("link", { name: "The other way round" }).click()
  await expect.poll(() => version.innerText()).toMatch(/v2\.1\s+v3\.0/)
  expect(complaints).toEqual([])
})

test("the findings of two commits are told apart, with a warning where they were not read alike", async () => {
  const older = await imported(SAMPLE, "v2.1")
  await page.route(/\/compare\/\d+$/, async (route) => {
    const answer = await route.fetch()
    const [first, second, third] = failing.findings
    return route.fulfill({
      json: { ...(await answer.json()), findings: { new: [first], gone: [second], same: [third] } },
    })
  })
  await lay(sample, { ...failing, depth: "full" })
  await page.goto(pageOf(`/compare/${older.source.revision}`))
  await page.getByRole("heading", { name: "Findings 1 new, 1 gone, 1 the same" }).waitFor()
  await page.getByText("The first was read at full depth, the second at metadata depth").waitFor()
  expect(await page.locator("main img, main script").count()).toBe(0)
  expect(await page.getByRole("link", { name: "episode 3, frame 7" }).getAttribute("href")).toContain(
    `@${older.source.revision}/episodes/3`,
  )
})

test("what an index that is not whole may have is said before what differs", async () => {
  const older = await imported(SAMPLE, "v2.1")
  const partial = { reason: "time_limit", detail: "It took too long.", done: 2, of: 3 }
  const status: DatasetStatus = await get(`/${older.id}/status`)
  const jobs = status.jobs.map((each) => (each.job_type === "indexing" ? { ...each, partial } : each))
  await page.route(`**/datasets/${older.id}/status`, json({ ...status, jobs }))
  await page.route(/\/compare\/\d+$/, async (route) => {
    const answer = await (await route.fetch()).json()
    return json({ ...answer, to: { ...answer.to, partial } })(route)
  })
  await page.goto(pageOf(`/compare/${older.source.revision}`))
  const note = page.getByRole("region", { name: "The index of the second is not complete" })
  await note.getByText("it was stopped after 2 of 3 parts. It took too long.").waitFor()
  expect(await page.getByRole("region", { name: "The index of the first is not complete" }).count()).toBe(0)
})

test("what cannot be compared is said, and the way to it is offered", async () => {
  await page.goto(pageOf(`/compare/${sample.dataset.source.revision}`))
  await page.getByText("That is the same commit").waitFor()
  await page.goto(pageOf("/compare/kitchen-lab/koch_pour_beans"))
  await page.getByRole("heading", { name: "Not imported" }).waitFor()
  await page.getByText("Compare with another", { exact: true }).click()
  await page.getByRole("textbox", { name: "Another dataset" }).fill("two words")
  await button("Compare").click()
  await page.getByText("A dataset is named owner/name").waitFor()
})

test.each([
  ["the choice of what to compare with", "/compare"],
  ["a comparison", "/compare/v2.1"],
])("%s fits a small phone and has no serious barrier, light and dark", async (_name, rest) => {
  await imported(SAMPLE, "v2.1")
  await expectToFit(() => settle(pageOf(rest)))
  expect(complaints).toEqual([])
})
