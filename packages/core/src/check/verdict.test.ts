import { expect, test } from "vitest"
import type { Finding, Severity } from "./schema.ts"
import { type Assessed, conclude } from "./verdict.ts"

const share = { read: 1, total: 1 }
const assessed = (more: Partial<Assessed> = {}): Assessed => ({
  depth: "metadata",
  fail_on: "error",
  suppress: [],
  findings: [],
  coverage: { episodes: share, files: share, rows: share, bytes: share },
  rules_run: 12,
  not_run: [],
  notes: [],
  incomplete: null,
  sampled: null,
  read: { requests: 1, bytes: 1, files: 1 },
  ...more,
})
const finding = (code: string, severity: Severity): Finding => ({
  code,
  severity,
  kind: "defect",
  message: `${code} is wrong.`,
  where: {},
  evidence: {},
  reference: null,
  fix: null,
  occurrences: 3,
})
const verdictOf = (more: Partial<Assessed>) => conclude(assessed(more)).verdict

test("it fails on what counts, passes when all was read, and else knows that it does not know", () => {
  const warning = [finding("W", "warning")]
  expect(verdictOf({})).toBe("pass")
  expect(verdictOf({ findings: warning })).toBe("pass")
  expect(verdictOf({ findings: warning, fail_on: "warning" })).toBe("fail")
  expect(verdictOf({ findings: warning, fail_on: "info" })).toBe("fail")
  expect(verdictOf({ incomplete: "The Hub has no table." })).toBe("not_assessed")
  expect(verdictOf({ incomplete: "x", findings: [finding("E", "error")] })).toBe("fail")
  expect(verdictOf({ rules_run: 0 })).toBe("not_assessed")
})

test("the reason of a pass says what was a sample, and what was suppressed and by whom", () => {
  const result = conclude(
    assessed({
      sampled: "Sampled: 200 of 10,000 data files.",
      suppress: [
        { code: "E", source: "parameters" },
        { code: "E", source: ".robokit.yaml" },
        { code: "W", source: ".robokit.yaml" },
        { code: "NOT-FOUND", source: ".robokit.yaml" },
      ],
      findings: [finding("E", "error"), finding("E", "error"), finding("W", "warning")],
    }),
  )
  expect(result.verdict).toBe("pass")
  expect(result.reason).toBe(
    "None of 12 rules found an error at metadata depth. Sampled: 200 of 10,000 data files. Suppressed: E, W.",
  )
  expect(result.suppressed).toEqual([
    { code: "E", occurrences: 6, source: "parameters" },
    { code: "W", occurrences: 3, source: ".robokit.yaml" },
  ])
  expect(result.findings).toEqual([])
})
