import { Link } from "@tanstack/react-router"
import type { NewestJobs } from "../newest-jobs.ts"
import { addressOf } from "./dataset-link.tsx"
import { JobProgress } from "./job-progress.tsx"
import "./verdict.css"

interface Props {
  jobs: Pick<NewestJobs, "open" | "failed">
  source: { repo_id: string; revision: string }
}

/** What has been begun since the validation that is shown: it stays until the new one has come to an end. */
export function NewerValidation({ jobs: { open, failed }, source }: Props) {
  const job = open ?? failed
  if (!job) return null
  const depth = typeof job.params.depth === "string" ? ` at ${job.params.depth} depth` : ""
  return (
    <div className="verdict-newer">
      <p className="row between">
        <strong>{open ? `Validating again${depth}…` : `A newer validation${depth} did not come to an end`}</strong>
        <Link to="/$owner/$ref/jobs/$jobId" params={{ ...addressOf(source), jobId: String(job.id) }} className="small">
          Job {job.id}
        </Link>
      </p>
      <JobProgress job={job} />
    </div>
  )
}
