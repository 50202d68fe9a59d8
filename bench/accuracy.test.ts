import { lerobotRules } from "@robokit/core/format/lerobot/check/rules"
import { expect, test } from "vitest"
import { injections } from "./accuracy/injections.ts"
import { measure } from "./accuracy/measure.ts"
import { subjects } from "./accuracy/subjects.ts"

test("every rule has a defect that it must find, in each version it judges", () => {
  const missing = Object.entries(lerobotRules).flatMap(([code, { versions }]) => {
    const judged = (versions as readonly string[] | "all") === "all" ? ["v2.0", "v2.1", "v3.0"] : versions
    const tried = new Set(injections.filter(({ rule }) => rule === code).flatMap((each) => each.versions as string[]))
    return (judged as readonly string[]).filter((version) => !tried.has(version)).map((version) => `${code} ${version}`)
  })
  expect(missing).toEqual([])
})

test(
  "every injected defect is found and placed, in datasets that are clean for its rule",
  { timeout: 120_000 },
  async () => {
    const { trials, untried } = await measure({ subjects: subjects(), injections, strengths: [0], short: true })
    const missed = trials.filter(({ found, placed }) => !found || placed === false)
    expect(missed.map(({ rule, what, subject }) => `${rule}: ${what} (${subject})`)).toEqual([])
    expect(untried).toEqual([])
  },
)

test("nothing is wrong with what is undamaged and our own", async () => {
  const own = subjects().filter(({ origin }) => origin === "built")
  const { baseline } = await measure({ subjects: own, injections: [] })
  expect(
    baseline
      .filter(({ finding }) => finding.severity !== "info")
      .map(({ subject, finding }) => `${subject}: ${finding.message}`),
  ).toEqual([])
})
