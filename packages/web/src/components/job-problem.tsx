import type { JobListItem } from "@robokit/core/job/schema"
import "./notes.css"

/** Why a job failed, in the API's own words. */
export function JobProblem({ job }: { job: Pick<JobListItem, "error" | "error_code" | "error_message"> }) {
  const { error } = job
  if (!error) return job.error_message ? <p className="note note-bad">{job.error_message}</p> : null
  return (
    <div className="note note-bad">
      <p className="note-title">{error.title}</p>
      <p>{error.detail}</p>
      {error.user_action && <p>{error.user_action}</p>}
      {error.path !== undefined && (
        <p className="small">
          File <code>{error.path}</code>
          {error.episode !== undefined && `, episode ${error.episode}`}
        </p>
      )}
      {job.error_code && (
        <p className="note-id">
          Code <code>{job.error_code}</code>
          {error.retryable ? ", may pass by itself" : ""}
        </p>
      )}
    </div>
  )
}
