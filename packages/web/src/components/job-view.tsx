import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobInfo } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { jobQuery, schemasQuery } from "../api/jobs.ts"
import { ApiError } from "../api/problem.ts"
import { formatBytes, formatCount, formatDuration, spelled } from "../formatting.ts"
import { Ago } from "./ago.tsx"
import { Artifacts } from "./artifacts.tsx"
import { ErrorNote } from "./error-note.tsx"
import { JobProgress } from "./job-progress.tsx"
import { JobVerbs } from "./job-verbs.tsx"
import { JsonTree } from "./json-tree.tsx"
import { Loading } from "./loading.tsx"
import { StatusBadge } from "./status-badge.tsx"
import { useTitle } from "./title.tsx"
import "./job-view.css"

interface Props {
  dataset: DatasetInfo
  jobId: number
  /** Shown when the job is not of this dataset. */
  otherwise: ReactNode
}

export function JobView({ dataset, jobId, otherwise }: Props) {
  const { data: job, error, refetch } = useQuery(jobQuery(dataset.id, jobId))
  const { data: schemas } = useQuery(schemasQuery)
  const title = job ? (schemas?.[job.job_type]?.title ?? spelled(job.job_type)) : `Job ${jobId}`
  useTitle(`${title} · ${dataset.source.repo_id}`)

  if (error instanceof ApiError && error.status === 404) return otherwise
  if (error && !job) return <ErrorNote error={error} title="The job could not be read" onRetry={() => void refetch()} />
  if (!job) return <Loading what={`job ${jobId}`} />
  return (
    <article className="job">
      <h1>{title}</h1>
      <JobFacts job={job} />
      {job.status !== "completed" && (
        <section className="panel" aria-label="Progress">
          <JobProgress job={job} />
          <JobVerbs job={job} />
        </section>
      )}
      {job.status === "completed" && <Artifacts datasetId={dataset.id} jobId={job.id} />}
      {job.result && (
        <section aria-labelledby="result-title">
          <h2 id="result-title">Result</h2>
          <div className="panel">
            <JsonTree value={job.result} />
          </div>
        </section>
      )}
      {Object.keys(job.params).length > 0 && (
        <section aria-labelledby="params-title">
          <h2 id="params-title">Settings</h2>
          <div className="panel">
            <JsonTree value={job.params} />
          </div>
        </section>
      )}
    </article>
  )
}

function JobFacts({ job }: { job: JobInfo }) {
  return (
    <dl className="job-facts">
      <Fact name="Status">
        <StatusBadge status={job.status} detail={job.state_detail} />
      </Fact>
      <Fact name="Job">{job.id}</Fact>
      <Fact name="Asked for">
        <Ago at={job.created_at} />
      </Fact>
      <Fact name="Attempt">{job.attempt === 0 ? "not begun" : formatCount(job.attempt)}</Fact>
      <Fact name="Read">
        {formatBytes(job.usage.bytes)} in {formatCount(job.usage.requests)} requests
      </Fact>
      <Fact name="Computed for">{formatDuration(job.usage.compute_ms / 1000)}</Fact>
      {job.cached_from !== null && <Fact name="Result of">job {job.cached_from}</Fact>}
    </dl>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
