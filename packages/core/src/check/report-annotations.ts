import { plainLine } from "./plain.ts"
import { placeOf, type ReportForm } from "./report.ts"
import type { Severity } from "./schema.ts"

const COMMANDS: Record<Severity, string> = { error: "error", warning: "warning", info: "notice" }
/** GitHub shows ten of each kind a step, and stops reading a log at some length. */
const MAX_LINES = 1000

/** What a workflow command takes as its text: percent, and the ends of lines, which are gone by then. */
const data = (text: string) => plainLine(text).replaceAll("%", "%25")

/** As a property, where colons and commas separate. */
const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C")

/** Workflow commands: what a GitHub Action prints to have findings shown beside the run. */
export const reportAnnotations: ReportForm = {
  file: "annotations.txt",
  media_type: "text/plain",
  description: "GitHub workflow commands: print them in a step.",
  write: ({ findings }) =>
    findings
      .slice(0, MAX_LINES)
      .map(({ code, severity, message, where, fix }) => {
        const place = placeOf(where)
        const text = [message, ...(place ? [`(${place})`] : []), ...(fix ? [fix] : [])].join(" ")
        const file = where.path === undefined ? "" : `file=${property(where.path)},`
        return `::${COMMANDS[severity]} ${file}title=${property(code)}::${data(text)}\n`
      })
      .join(""),
}
