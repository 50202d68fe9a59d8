import { plainLine } from "./plain.ts"
import { placeOf, type ReportForm } from "./report.ts"
import { SEVERITIES, type Finding, type Share, type Validation } from "./schema.ts"

const VERDICTS = { pass: "Passed", fail: "Failed", not_assessed: "Not assessed" }
const HEADINGS = { error: "Errors", warning: "Warnings", info: "For information" }
/** GitHub takes comments of 65,536 characters; a summary of a step takes a megabyte. */
const MAX_FINDINGS = 500

/** Text of a dataset in Markdown and in the HTML that is made of it: no mark-up, no link, nobody mentioned, no issue named. */
export const inMarkdown = (text: string): string =>
  plainLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|~$^!]/g, "\\$&")
    .replaceAll("://", "\\://")
    .replaceAll(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
    // Names and numbers of issues are found after rendering, so that no escape helps: a joiner of no width does.
    .replaceAll(/[@#]/g, "$&\u2060")

/** For people: a comment on a pull request, the summary of a CI step, an answer in a chat. */
export const reportMarkdown: ReportForm = {
  file: "report.md",
  media_type: "text/markdown",
  description: "For people: comments on pull requests, summaries of CI steps.",
  write(validation, { repo_id, revision }) {
    const { verdict, reason, findings, suppressed, not_run, notes } = validation
    const listed = findings.slice(0, MAX_FINDINGS)
    const parts = [
      `# ${VERDICTS[verdict]}: ${inMarkdown(repo_id)}`,
      inMarkdown(reason),
      table(validation, revision),
      ...SEVERITIES.flatMap((severity) => {
        const own = listed.filter((each) => each.severity === severity)
        return own.length ? [`## ${HEADINGS[severity]}`, own.map(item).join("\n")] : []
      }),
      ...(listed.length < findings.length ? [`${findings.length - listed.length} further findings are left out.`] : []),
      ...section(
        "Suppressed",
        suppressed.map(({ code, occurrences, source }) => `- ${code}: ${occurrences}, by ${inMarkdown(source)}`),
      ),
      ...section(
        "Not run",
        not_run.map(({ code, reason: why }) => `- ${code}: ${inMarkdown(why)}`),
      ),
      ...section(
        "Notes",
        notes.map((note) => `- ${inMarkdown(note)}`),
      ),
    ]
    return `${parts.join("\n\n")}\n`
  },
}

const section = (title: string, lines: readonly string[]) => (lines.length ? [`## ${title}`, lines.join("\n")] : [])

function table({ depth, counts, coverage, rules_run, not_run }: Validation, revision: string): string {
  const share = ({ read, total }: Share) =>
    `${read.toLocaleString("en")} of ${total === null ? "an unknown number" : total.toLocaleString("en")}`
  const rows = [
    ["Commit", `\`${revision}\``],
    ["Depth", depth],
    ["Findings", `${counts.error} errors, ${counts.warning} warnings, ${counts.info} for information`],
    ["Rules", `${rules_run} run, ${not_run.length} not`],
    ["Episodes read", share(coverage.episodes)],
    ["Files read", share(coverage.files)],
    ["Rows read", share(coverage.rows)],
    ["Bytes read", share(coverage.bytes)],
  ]
  return ["| | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n")
}

function item({ code, message, where, fix, reference, occurrences }: Finding): string {
  const place = [where.path, placeOf(where)].filter(Boolean).join(", ")
  return [
    `- **${code}** ${inMarkdown(message)}`,
    ...(place ? [`  Where: ${inMarkdown(place)}`] : []),
    ...(occurrences > 1 ? [`  Occurrences: ${occurrences.toLocaleString("en")}`] : []),
    ...(fix ? [`  What to do: ${inMarkdown(fix)}`] : []),
    ...(reference && isLink(reference) ? [`  See <${reference}>`] : []),
  ].join("  \n")
}

/** References are ours; still none may close the angle brackets. */
const isLink = (reference: string) => /^https:\/\/[\w./#%?=&+~:-]+$/.test(reference)
