import {
  type Coverage,
  type Depth,
  type Finding,
  SEVERITIES,
  type NotRun,
  type Severity,
  type Validation,
} from "./schema.ts"

export interface Assessed {
  depth: Depth
  fail_on: Severity
  /** Codes not to be told of. */
  suppress: readonly string[]
  findings: readonly Finding[]
  coverage: Coverage
  rules_run: number
  not_run: readonly NotRun[]
  notes: readonly string[]
  /** Why the dataset as a whole was not read as far as the depth asks; null when it was. */
  incomplete: string | null
  read: Validation["read"]
}

/**
 * Fails on any finding of the severity that counts, or worse. Passes only when everything the depth asks for was read: what
 * was not read is unknown, never good.
 */
export function conclude(assessed: Assessed): Validation {
  const { depth, fail_on, coverage, rules_run, not_run, notes, incomplete, read } = assessed
  const suppress = new Set(assessed.suppress)
  const findings = assessed.findings.filter(({ code }) => !suppress.has(code))
  const suppressed = assessed.findings
    .filter(({ code }) => suppress.has(code))
    .map(({ code, occurrences }) => ({ code, occurrences }))
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length
  const counts = { error: count("error"), warning: count("warning"), info: count("info") }
  const failing = findings.filter((each) => SEVERITIES.indexOf(each.severity) <= SEVERITIES.indexOf(fail_on))
  const verdict = failing.length > 0 ? "fail" : incomplete === null ? "pass" : "not_assessed"
  const reason =
    verdict === "fail"
      ? failing[0]!.message
      : verdict === "pass"
        ? `None of ${rules_run} rules found ${fail_on === "error" ? "an error" : `anything of severity ${fail_on} or worse`} at ${depth} depth.`
        : incomplete!
  return {
    verdict,
    reason,
    depth,
    fail_on,
    counts,
    findings,
    suppressed,
    coverage,
    rules_run,
    not_run: [...not_run],
    notes: [...notes],
    read,
  }
}
