import { plainLine } from "./plain.ts"
import { familyOf } from "./families.ts"
import { placeOf, type ReportForm } from "./report.ts"
import type { Finding } from "./schema.ts"

/** Text in XML 1.0, as content or in quotes. */
const xml = (text: string): string =>
  plainLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;")

/** JUnit XML as Jenkins and GitLab take it: a suite a family, a case a rule; errors fail, what was not run is skipped. */
export const reportJunit: ReportForm = {
  file: "junit.xml",
  media_type: "application/xml",
  description: "JUnit XML: a suite for each family of rules, a case for each rule.",
  write({ findings, not_run, depth, fail_on }, { repo_id, revision }, rules) {
    const reasons = new Map(not_run.map(({ code, reason }) => [code, reason]))
    const families = Map.groupBy(Object.keys(rules), familyOf)
    const isFailing = failing(fail_on)
    const suites = [...families].map(([family, codes]) => {
      const cases = codes.map((code) => {
        const own = findings.filter((finding) => finding.code === code)
        const skipped = own.length === 0 ? reasons.get(code) : undefined
        return {
          code,
          title: rules[code]!.title,
          failures: own.filter(isFailing),
          others: own.filter((each) => !isFailing(each)),
          skipped,
        }
      })
      return { family, cases }
    })
    const failures = (cases: (typeof suites)[number]["cases"]) => cases.filter((each) => each.failures.length).length
    const skips = (cases: (typeof suites)[number]["cases"]) => cases.filter((each) => each.skipped !== undefined).length
    const all = suites.flatMap(({ cases }) => cases)
    const name = xml(`${repo_id}@${revision} (${depth})`)
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="${name}" tests="${all.length}" failures="${failures(all)}" errors="0" skipped="${skips(all)}" time="0">`,
      ...suites.flatMap(({ family, cases }) => [
        `  <testsuite name="${xml(family)}" tests="${cases.length}" failures="${failures(cases)}" errors="0" skipped="${skips(cases)}" time="0">`,
        ...cases.flatMap(({ code, title, failures: failed, others, skipped }) => [
          `    <testcase classname="${xml(`robokit.${family}`)}" name="${xml(`${code}: ${title}`)}" time="0">`,
          // Jenkins shows one failure a case.
          ...(failed.length ? [failure(failed)] : []),
          ...(skipped === undefined ? [] : [`      <skipped message="${xml(skipped)}"/>`]),
          ...(others.length ? [`      <system-out>${others.map(line).map(xml).join("\n")}</system-out>`] : []),
          "    </testcase>",
        ]),
        "  </testsuite>",
      ]),
      "</testsuites>",
      "",
    ].join("\n")
  },
}

const ORDER = ["error", "warning", "info"]
const failing = (fail_on: string) => (finding: Finding) => ORDER.indexOf(finding.severity) <= ORDER.indexOf(fail_on)

const failure = (findings: readonly Finding[]) =>
  `      <failure type="${findings[0]!.severity}" message="${xml(findings[0]!.message)}">${findings.map(line).map(xml).join("\n")}</failure>`

function line({ severity, message, where, fix }: Finding): string {
  const place = [where.path, placeOf(where)].filter(Boolean).join(", ")
  return `${severity}: ${message}${place ? ` [${place}]` : ""}${fix ? ` ${fix}` : ""}`
}
