import type { JobInfo } from "@robokit/core/job/schema"
import type { ReactNode } from "react"
import { formatBytes, formatDuration, formatPrice, plural, spelled } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { StatusBadge } from "./status-badge.tsx"
import "./job-view.css"

/** What the job is and what it took, each beside what was expected of it. */
export function JobFacts({ job }: { job: JobInfo }) {
  const { usage, estimate } = job
  const expected = estimate && (estimate.is_exact ? "expected" : "expected at least")
  return (
    <dl className="job-facts panel">
      <Fact name="Status">
        <StatusBadge status={job.status} detail={job.state_detail} />
      </Fact>
      <Fact name="Job">{job.id}</Fact>
      <Fact name="Asked for">
        <Ago at={job.created_at} />
      </Fact>
      {job.cached_from === null && (
        // A job in parts is begun once more for their sum.
        <Fact name="Begun">{job.attempt === 0 ? "not yet" : plural(job.attempt, "time")}</Fact>
      )}
      <Fact name="Size">{spelled(job.size_class)}</Fact>
      <Fact
        name="Read"
        aside={estimate && `${expected} ${formatBytes(estimate.bytes)} in ${plural(estimate.requests, "request")}`}
      >
        {formatBytes(usage.bytes)} in {plural(usage.requests, "request")}
      </Fact>
      <Fact name="Computed for" aside={estimate && `${expected} ${formatDuration(estimate.compute_ms / 1000)}`}>
        {formatDuration(usage.compute_ms / 1000)}
      </Fact>
      <Fact name="List price" aside={estimate && `${expected} ${formatPrice(estimate.price_usd)}`}>
        {formatPrice(job.price_usd)}
      </Fact>
    </dl>
  )
}

const Fact = ({ name, aside, children }: { name: string; aside?: string | null; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
    {aside && <dd className="job-facts-aside">{aside}</dd>}
  </div>
)
