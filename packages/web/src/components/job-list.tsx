import type { JobListItem } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { schemasQuery } from "../api/jobs.ts"
import { isOpen } from "../api/polling.ts"
import { formatBytes, formatPrice, plural, spelled } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { addressOf } from "./dataset-link.tsx"
import { JobMarks } from "./job-marks.tsx"
import { StatusBadge } from "./status-badge.tsx"
import { placeOf } from "./waiting-for.tsx"
import "./job-list.css"

interface Props {
  jobs: JobListItem[]
  source: { repo_id: string; revision: string }
}

/** Newest first; each leads to its own page. */
export function JobList({ jobs, source }: Props) {
  const { data: schemas } = useQuery(schemasQuery)
  if (jobs.length === 0) return <p className="soft">No job has run on this dataset.</p>
  return (
    <ul className="panel jobs">
      {jobs.toReversed().map((job) => (
        <li key={job.id}>
          <div className="jobs-line">
            <Link to="/$owner/$ref/jobs/$jobId" params={{ ...addressOf(source), jobId: String(job.id) }}>
              {schemas?.[job.job_type]?.title ?? spelled(job.job_type)}
            </Link>
            <span className="jobs-state">
              <JobMarks job={job} />
              <StatusBadge status={job.status} detail={job.state_detail} />
            </span>
          </div>
          {isOpen(job) && <progress max={100} value={job.progress} aria-label={`Progress of job ${job.id}`} />}
          <p className="small soft" aria-live={isOpen(job) ? "polite" : "off"}>
            {job.error?.title ?? job.message ?? (job.waiting && placeOf(job.waiting)) ?? ""}
          </p>
          <p className="jobs-facts">
            <Ago at={job.completed_at ?? job.created_at} />
            {job.usage.requests > 0 && (
              <span>
                {formatBytes(job.usage.bytes)} in {plural(job.usage.requests, "request")}
              </span>
            )}
            {job.price_usd > 0 && <span>{formatPrice(job.price_usd)}</span>}
          </p>
        </li>
      ))}
    </ul>
  )
}
