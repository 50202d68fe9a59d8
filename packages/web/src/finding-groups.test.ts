import type { Finding } from "@robokit/core/check/schema"
import { expect, test } from "vitest"
import { filterFindings, groupByRule, isCut } from "./finding-groups.ts"

const finding = (code: string, over: Partial<Finding> = {}): Finding => ({
  code,
  severity: "error",
  kind: "defect",
  message: `${code} does not hold.`,
  where: {},
  evidence: {},
  reference: null,
  fix: null,
  occurrences: 1,
  ...over,
})

const FOUND = [
  finding("EP-A", { where: { episode: 3, frame: 7, path: "data/file-000.parquet" } }),
  finding("EP-B", { severity: "warning", kind: "risk", where: { episode: 9, episodes: [9, 12] }, occurrences: 2 }),
  finding("EP-A", { severity: "info", kind: "characteristic", where: { feature: "action" }, places: [{ episode: 4 }] }),
  finding("FEAT-C", { severity: "warning", fix: "Write it anew." }),
]
const at = (filter: Parameters<typeof filterFindings>[1]) => filterFindings(FOUND, filter).map((each) => each.at)

test("findings are chosen by severity, kind and episode, wherever they name it", () => {
  expect(at({})).toEqual([0, 1, 2, 3])
  expect(at({ severity: "warning" })).toEqual([1, 3])
  expect(at({ kind: "risk" })).toEqual([1])
  expect([at({ episode: 3 }), at({ episode: 12 }), at({ episode: 4 }), at({ episode: 0 })]).toEqual([[0], [1], [2], []])
  expect(at({ severity: "error", episode: 12 })).toEqual([])
})

test("words are sought in code, message, place and fix, in any order and case", () => {
  expect(at({ q: "ep-a hold" })).toEqual([0, 2])
  expect(at({ q: "FILE-000" })).toEqual([0])
  expect(at({ q: "action" })).toEqual([2])
  expect(at({ q: "anew" })).toEqual([3])
  expect(at({ q: "nothing of the kind" })).toEqual([])
})

test("findings are grouped by rule, the worst rule first, and keep their place in the result", () => {
  const groups = groupByRule(filterFindings([FOUND[1]!, FOUND[3]!, FOUND[0]!, FOUND[2]!], {}))
  expect(groups.map(({ code, severity, occurrences }) => [code, severity, occurrences])).toEqual([
    ["EP-A", "error", 2],
    ["EP-B", "warning", 2],
    ["FEAT-C", "warning", 1],
  ])
  expect(groups[0]!.found.map((each) => each.at)).toEqual([2, 3])
})

test("five thousand findings are filtered and grouped between two key strokes", () => {
  const many = Array.from({ length: 5000 }, (_, n) =>
    finding(`EP-${n % 25}`, { places: Array.from({ length: 20 }, (_, episode) => ({ episode, path: `data/${n}` })) }),
  )
  const begun = performance.now()
  const groups = groupByRule(filterFindings(many, { q: "data/4999", episode: 3 }))
  // Some thirty milliseconds; the limit only tells a slip into the quadratic.
  expect(performance.now() - begun).toBeLessThan(1000)
  expect(groups.map(({ found }) => found.map((each) => each.at))).toEqual([[4999]])
})

test("a finding that names a thousand episodes may be in more", () => {
  expect(isCut(finding("A", { where: { episodes: Array.from({ length: 1000 }, (_, n) => n) } }))).toBe(true)
  expect(isCut(FOUND[1]!)).toBe(false)
})
