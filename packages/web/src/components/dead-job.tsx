import type { JobListItem } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { datasetQuery } from "../api/datasets.ts"
import { schemasQuery } from "../api/jobs.ts"
import { formatBytes, plural, shortSha, spelled } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { addressOf, DatasetLink } from "./dataset-link.tsx"
import "./dead-jobs.css"
import "./job-list.css"

interface Props {
  job: JobListItem
  isBusy: boolean
  onRetry: () => void
}

/** One job that was given up: which, of what, why, and the way to try it again. */
export function DeadJob({ job, isBusy, onRetry }: Props) {
  const { data: schemas } = useQuery(schemasQuery)
  const { data: dataset } = useQuery(datasetQuery(job.dataset_id))
  const title = schemas?.[job.job_type]?.title ?? spelled(job.job_type)
  const name = `${title} (job ${job.id})`
  return (
    <li>
      <div>
        <h3>
          {dataset ? (
            <Link to="/$owner/$ref/jobs/$jobId" params={{ ...addressOf(dataset.source), jobId: String(job.id) }}>
              {name}
            </Link>
          ) : (
            name
          )}
        </h3>
        <p className="small">
          {dataset ? (
            <>
              <DatasetLink source={dataset.source}>{dataset.source.repo_id}</DatasetLink>{" "}
              <code className="soft">{shortSha(dataset.source.revision)}</code>
            </>
          ) : (
            <span className="soft">dataset {job.dataset_id}</span>
          )}
        </p>
      </div>
      <p className="dead-why">{job.error ? `${job.error.title}. ${job.error.detail}` : job.error_message}</p>
      <p className="jobs-facts">
        <span>
          given up <Ago at={job.completed_at} />
        </span>
        <span>{plural(job.attempt, "attempt")}</span>
        {job.usage.requests > 0 && (
          <span>
            {formatBytes(job.usage.bytes)} in {plural(job.usage.requests, "request")}
          </span>
        )}
        {job.error_code && <code>{job.error_code}</code>}
      </p>
      <button
        type="button"
        className="button button-small dead-verb"
        disabled={isBusy}
        aria-label={`Retry ${name}`}
        onClick={onRetry}
      >
        Retry
      </button>
    </li>
  )
}
