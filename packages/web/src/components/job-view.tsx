import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { jobQuery, schemasQuery } from "../api/jobs.ts"
import { ApiError } from "../api/problem.ts"
import { spelled } from "../formatting.ts"
import { Artifacts } from "./artifacts.tsx"
import { addressOf } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import { JobFacts } from "./job-facts.tsx"
import { JobNotices } from "./job-notices.tsx"
import { JobProgress } from "./job-progress.tsx"
import { JobVerbs } from "./job-verbs.tsx"
import { JsonTree } from "./json-tree.tsx"
import { Loading } from "./loading.tsx"
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
      <JobNotices dataset={dataset} job={job} />
      <JobFacts job={job} />
      {job.status !== "completed" && (
        <section className="panel" aria-label="Progress">
          <JobProgress job={job} />
          <JobVerbs job={job} />
        </section>
      )}
      {job.status === "completed" && <Artifacts datasetId={dataset.id} jobId={job.id} />}
      {job.job_type === "validation" && job.result && (
        <p>
          <Link
            to="/$owner/$ref/validation"
            params={addressOf(dataset.source)}
            search={{ job: job.id }}
            className="button button-main"
          >
            See what it found
          </Link>
        </p>
      )}
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
