import { z } from "zod"
import { inOrder, type ReportForm } from "./report.ts"
import { Validation } from "./schema.ts"

export const SCHEMA_PATH = "/schemas/validation.json"

/** JSON Schema 2020-12 of a validation result, as published. */
export const validationSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(z.looseObject({ repo_id: z.string(), revision: z.string() }).extend(Validation.shape)),
  $id: SCHEMA_PATH,
  title: "Result of a validation by RoboKit",
})

export const reportJson: ReportForm = {
  file: "validation.json",
  media_type: "application/json",
  description: `The result itself, with what it is about; its JSON Schema is at ${SCHEMA_PATH}.`,
  write(validation, about) {
    // Parsed, for the order of the fields.
    const { findings, ...rest } = Validation.parse({ ...validation })
    const ordered = { ...rest, findings: findings.map((each) => ({ ...each, evidence: inOrder(each.evidence) })) }
    return `${JSON.stringify({ ...about, ...ordered }, null, 2)}\n`
  },
}
