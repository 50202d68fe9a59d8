import type { JobInfo, JobListItem } from "@robokit/core/job/schema"
import { Link } from "@tanstack/react-router"
import { Ago } from "./ago.tsx"
import { addressOf } from "./dataset-link.tsx"
import "./notes.css"

interface Props {
  job: JobInfo
  newest: JobListItem | undefined
  source: { repo_id: string; revision: string }
}

/** Says of a validation that it is not the one that counts. */
export function OlderValidation({ job, newest, source }: Props) {
  if (newest === undefined || newest.id === job.id) return null
  return (
    <p className="note note-info">
      This is validation {job.id}, asked for <Ago at={job.created_at} />. The newest is{" "}
      <Link to="/$owner/$ref/validation" params={addressOf(source)}>
        validation {newest.id}
      </Link>
      .
    </p>
  )
}
