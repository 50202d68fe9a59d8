import {
  type Coverage,
  type Depth,
  type Finding,
  SEVERITIES,
  type NotRun,
  type Severity,
  type Suppressed,
  type Validation,
} from "./schema.ts"

/** A code not to be told of, and who asked for that. */
export type Suppression = Pick<Suppressed, "code" | "source">

export interface Assessed {
  depth: Depth
  fail_on: Severity
  suppress: readonly Suppression[]
  findings: readonly Finding[]
  coverage: Coverage
  rules_run: number
  not_run: readonly NotRun[]
  notes: readonly string[]
  /** Why the dataset as a whole was not read as far as the depth asks; null when it was. */
  incomplete: string | null
  /** What was looked at only in part, as planned: a sentence that the reason of a pass ends with. */
  sampled: string | null
  read: Validation["read"]
}

/**
 * Fails on any finding of the severity that counts, or worse. Passes only when everything the depth asks for was read: what
 * was not read is unknown, never good. A stated sample may pass, and then says that it is one.
 */
export function conclude(assessed: Assessed): Validation {
  const { depth, fail_on, coverage, rules_run, not_run, notes, incomplete, read } = assessed
  const sources = new Map([...assessed.suppress].reverse().map(({ code, source }) => [code, source]))
  const findings = assessed.findings.filter(({ code }) => !sources.has(code))
  const suppressed = suppressedIn(assessed.findings, sources)
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length
  const counts = { error: count("error"), warning: count("warning"), info: count("info") }
  const failing = findings.filter((each) => SEVERITIES.indexOf(each.severity) <= SEVERITIES.indexOf(fail_on))
  const verdict = failing.length > 0 ? "fail" : incomplete === null && rules_run > 0 ? "pass" : "not_assessed"
  const reason = {
    fail: () => failing[0]!.message,
    pass: () => passed(assessed, suppressed),
    not_assessed: () => incomplete ?? "No rule could be run.",
  }[verdict]()
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

function suppressedIn(findings: readonly Finding[], sources: ReadonlyMap<string, Suppressed["source"]>): Suppressed[] {
  const counted = new Map<string, number>()
  for (const { code, occurrences } of findings) {
    if (sources.has(code)) counted.set(code, (counted.get(code) ?? 0) + occurrences)
  }
  return [...counted].map(([code, occurrences]) => ({ code, occurrences, source: sources.get(code)! }))
}

function passed({ rules_run, fail_on, depth, sampled }: Assessed, suppressed: readonly Suppressed[]): string {
  const what = fail_on === "error" ? "an error" : `anything of severity ${fail_on} or worse`
  const codes = suppressed.map(({ code }) => code)
  return [
    `None of ${rules_run} rules found ${what} at ${depth} depth.`,
    ...(sampled === null ? [] : [sampled]),
    ...(codes.length ? [`Suppressed: ${codes.slice(0, 5).join(", ")}${codes.length > 5 ? ", …" : ""}.`] : []),
  ].join(" ")
}
