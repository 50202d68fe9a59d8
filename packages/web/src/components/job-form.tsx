// Not from the package's root: that imports a validator this portal has no use for.
import Form from "@rjsf/core/lib/components/Form.js"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { ErrorSchema, RJSFSchema, UiSchema, ValidatorType } from "@rjsf/utils"
import { useId, useState } from "react"
import type { JobSchema } from "../api/jobs.ts"
import { ApiError, type FieldError } from "../api/problem.ts"
import { ErrorNote } from "./error-note.tsx"
import { EstimatedCost, useEstimate } from "./estimated-cost.tsx"
import { FORM_BUTTONS } from "./form-buttons.tsx"
import { useStartJob } from "./use-start-job.ts"
import "./job-form.css"

interface Props {
  dataset: DatasetInfo
  jobType: string
  schema: JobSchema
  onDone: () => void
}

/** The form the server's schema describes. The server also judges what was filled in: its 422 is shown by the field. */
export function JobForm({ dataset, jobType, schema, onDone }: Props) {
  const [data, setData] = useState<unknown>({})
  const start = useStartJob(dataset, jobType)
  const estimate = useEstimate(dataset.id, jobType, data)
  const refusalId = useId()
  const isRefused = estimate.data?.fits === false
  const fields = start.error instanceof ApiError ? start.error.fields : []
  const { title: _title, description: _description, ...fieldsOnly } = schema
  const isBare = Object.keys(schema.properties ?? {}).length === 0

  return (
    <div className="job-form panel">
      {isBare && <p className="small soft">This job has no settings.</p>}
      <Form
        // The wire carries JSON Schema 2020-12; the library's type is an older draft's.
        schema={fieldsOnly as RJSFSchema}
        uiSchema={UI}
        formData={data}
        validator={SERVER_VALIDATES}
        templates={TEMPLATES}
        extraErrors={asErrorSchema(fields)}
        showErrorList={false}
        noHtml5Validate
        disabled={start.isPending}
        onChange={(event) => setData(event.formData)}
        onSubmit={(event) => start.mutate(event.formData)}
      >
        <EstimatedCost estimate={estimate} refusalId={refusalId} />
        <div className="row">
          <button
            type="submit"
            className="button button-main"
            disabled={start.isPending || isRefused}
            aria-describedby={isRefused ? refusalId : undefined}
          >
            {start.isPending ? "Starting…" : "Start"}
          </button>
          <button type="button" className="button button-quiet" onClick={onDone}>
            Cancel
          </button>
        </div>
      </Form>
      {start.error && <ErrorNote error={start.error} title="The job was not started" />}
    </div>
  )
}

const UI: UiSchema = { "ui:submitButtonOptions": { norender: true } }

const TEMPLATES = { ButtonTemplates: FORM_BUTTONS }

/** A validator in the browser would be a second opinion, compiled by `eval`, which the security policy forbids. */
const SERVER_VALIDATES: ValidatorType = {
  isValid: () => true,
  rawValidation: () => ({ errors: [] }),
  validateFormData: () => ({ errors: [], errorSchema: {} }),
}

/** `loc: ["body", "limit"]` beside the field `limit`. */
function asErrorSchema(fields: FieldError[]): ErrorSchema {
  const root: ErrorSchema = {}
  for (const { loc, message } of fields) {
    let at = root
    for (const part of loc.slice(1)) at = (at as Record<string, ErrorSchema>)[String(part)] ??= {}
    ;(at.__errors ??= []).push(message)
  }
  return root
}
