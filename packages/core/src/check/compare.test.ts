import { expect, test } from "vitest"
import { compareFindings } from "./compare.ts"
import type { Finding } from "./schema.ts"

const finding = (code: string, more: Partial<Finding> = {}): Finding => ({
  code,
  severity: "error",
  kind: "defect",
  message: code,
  where: {},
  evidence: {},
  reference: null,
  fix: null,
  occurrences: 1,
  ...more,
})
const judged = (findings: Finding[], ...unseen: string[]) => ({
  findings,
  not_run: unseen.map((code) => ({ code, reason: "Another depth." })),
})
const codes = (list: readonly Finding[]) => list.map(({ code, message }) => `${code} ${message}`)

test("findings are new, gone or the same; numbers may move, the feature and the severity may not", () => {
  const before = [
    finding("A", { message: "3 rows", where: { path: "x" } }),
    finding("B", { where: { feature: "action" } }),
    finding("C", { severity: "warning" }),
    finding("D", { where: { path: "one" } }),
    finding("E", { occurrences: 4, where: { path: "one" } }),
    finding("F", { where: { path: "one" } }),
  ]
  const after = [
    finding("A", { message: "5 rows", where: { path: "x" } }),
    finding("B", { where: { feature: "state" } }),
    finding("C"),
    finding("D", { where: { path: "two" } }),
    finding("E", { occurrences: 9, where: { path: "two" } }),
    finding("F", { occurrences: 2, where: { path: "two" } }),
  ]
  const compared = compareFindings(judged(before), judged(after))
  expect(codes(compared.same)).toEqual(["A 5 rows", "E E", "F F"])
  expect(codes(compared.new)).toEqual(["B B", "C C", "D D"])
  expect(codes(compared.gone)).toEqual(["B B", "C C", "D D"])
})

test("one that was there twice and is there once is the same once and gone once", () => {
  const twice = [finding("A"), finding("A")]
  expect(compareFindings(judged(twice), judged([finding("A")]))).toMatchObject({
    new: [],
    gone: [{ code: "A" }],
    same: [{ code: "A" }],
  })
  expect(compareFindings(judged([]), judged([])).same).toEqual([])
})

test("what a rule found on one side that was not run on the other is neither new nor gone", () => {
  const deep = judged([finding("A"), finding("B")])
  const shallow = judged([finding("C")], "B")
  expect(compareFindings(deep, shallow)).toMatchObject({
    new: [{ code: "C" }],
    gone: [{ code: "A" }],
    not_compared: [{ code: "B" }],
  })
  expect(compareFindings(shallow, deep)).toMatchObject({
    new: [{ code: "A" }],
    gone: [{ code: "C" }],
    not_compared: [{ code: "B" }],
  })
})
