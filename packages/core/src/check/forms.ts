import { reportAnnotations } from "./report-annotations.ts"
import { reportJson } from "./report-json.ts"
import { reportJunit } from "./report-junit.ts"
import { reportMarkdown } from "./report-markdown.ts"
import { reportSarif } from "./report-sarif.ts"
import type { ReportForm } from "./report.ts"

/** Every form there is. The key is what follows `report.` in the address. */
export const FORMS = {
  json: reportJson,
  md: reportMarkdown,
  sarif: reportSarif,
  "junit.xml": reportJunit,
  "annotations.txt": reportAnnotations,
} as const satisfies Record<string, ReportForm>

export type FormName = keyof typeof FORMS
