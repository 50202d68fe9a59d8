import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { statusQuery } from "../api/datasets.ts"
import { jobQuery, schemasQuery } from "../api/jobs.ts"
import { ApiError } from "../api/problem.ts"
import { validationJobs } from "../validation-jobs.ts"
import type { ValidationSearch } from "../validation-search.ts"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { NewerValidation } from "./newer-validation.tsx"
import { NoVerdict } from "./no-verdict.tsx"
import { OlderValidation } from "./older-validation.tsx"
import { ValidationResult } from "./validation-result.tsx"
import "./verdict.css"

interface Props {
  dataset: DatasetInfo
  search: ValidationSearch
}

/** The newest validation, or the one that the address names; and what has been begun since. */
export function ValidationView({ dataset, search }: Props) {
  const status = useQuery(statusQuery(dataset.id))
  const { data: schemas } = useQuery(schemasQuery)
  const jobs = validationJobs(status.data?.jobs ?? [])
  const id = search.job ?? jobs.done?.id
  const job = useQuery({ ...jobQuery(dataset.id, id ?? 0), enabled: id !== undefined })

  if (status.error) {
    return <ErrorNote error={status.error} title="The jobs could not be read" onRetry={() => void status.refetch()} />
  }
  if (status.isPending || !schemas) return <Loading what="the validation" />
  if (id === undefined) {
    return (
      <section className="panel verdict" aria-labelledby="verdict-title">
        <NoVerdict jobs={jobs} dataset={dataset} schema={schemas.validation} titleId="verdict-title" />
      </section>
    )
  }
  if (job.error) {
    const isGone = job.error instanceof ApiError && job.error.status === 404
    return (
      <ErrorNote
        error={job.error}
        title={isGone ? `There is no validation ${id} of this dataset` : "The findings could not be read"}
        onRetry={() => void job.refetch()}
      />
    )
  }
  if (!job.data) return <Loading what="the findings" />
  return (
    <div className="validation">
      <OlderValidation job={job.data} newest={jobs.done} source={dataset.source} />
      {id === jobs.done?.id && (jobs.open ?? jobs.failed) && (
        <section className="panel verdict" aria-label="A newer validation">
          <NewerValidation jobs={jobs} source={dataset.source} />
        </section>
      )}
      <ValidationResult key={id} dataset={dataset} job={job.data} search={search} schema={schemas.validation} />
    </div>
  )
}
