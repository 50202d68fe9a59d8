import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobSchema } from "../api/jobs.ts"
import type { NewestJobs } from "../newest-jobs.ts"
import { JobProgress } from "./job-progress.tsx"
import { ErrorNote } from "./error-note.tsx"
import { useStartHere } from "./use-start-here.ts"
import { VerdictHead } from "./verdict-head.tsx"

interface Props {
  jobs: NewestJobs
  dataset: DatasetInfo
  /** Absent where this deployment cannot validate. */
  schema: JobSchema | undefined
  titleId: string
}

/** While nothing was assessed: how far it is, why it is not, and the way to have it done. */
export function NoVerdict({ jobs: { open, failed }, dataset, schema, titleId }: Props) {
  const start = useStartHere(dataset, "validation")
  if (open) {
    return (
      <>
        <VerdictHead tone="running" titleId={titleId} reason="The verdict appears here when it is done." />
        <JobProgress job={open} />
      </>
    )
  }
  const support = schema?.["x-formats"]?.[dataset.format_type]
  const refusal =
    schema === undefined ? "Nothing here can validate a dataset." : typeof support === "string" ? support : null
  const reason =
    refusal ?? (failed ? "The validation did not come to an end." : "Nobody has validated this commit yet.")
  return (
    <>
      <VerdictHead tone="not_assessed" titleId={titleId} reason={reason} />
      {failed && <JobProgress job={failed} />}
      {refusal === null && (
        <button
          type="button"
          className="button button-main"
          disabled={start.isPending}
          onClick={() => start.mutate({})}
        >
          {start.isPending ? "Starting…" : failed ? "Validate again" : "Validate"}
        </button>
      )}
      {start.error && <ErrorNote error={start.error} title="The validation was not started" />}
    </>
  )
}
