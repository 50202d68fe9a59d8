import { expect, test } from "vitest"
import { Collector } from "./collector.ts"
import { Finding } from "./schema.ts"

const rule = {
  title: "It holds",
  severity: "error",
  kind: "defect",
  cost: "info",
  versions: "all",
  why: "",
  reference: null,
} as const

test("numbers that JSON does not have leave places and evidence, and nothing else does", () => {
  const collector = new Collector()
  const report = collector.for("X", rule)
  report({
    message: "It does not.",
    where: { path: "a", episode: NaN, frame: 1e308 },
    evidence: { found: Infinity, expected: 3, unit: "s" },
  })
  const findings = collector.findings({ X: rule })
  expect(findings[0]).toMatchObject({ where: { path: "a" }, evidence: { found: null, expected: 3, unit: "s" } })
  expect(findings[0]!.where).not.toHaveProperty("episode")
  expect(() => Finding.parse(findings[0])).not.toThrow()
})
