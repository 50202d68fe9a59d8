import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobInfo } from "@robokit/core/job/schema"
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { schemasQuery } from "../api/jobs.ts"
import { formatCount } from "../formatting.ts"
import { addressOf } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import { useStartJob } from "./use-start-job.ts"
import "./notes.css"

/** What to know about a result before reading it: that it is not whole, not new, or not this job's own. */
export function JobNotices({ dataset, job }: { dataset: DatasetInfo; job: JobInfo }) {
  if (job.status !== "completed") return null
  const { partial, cached_from } = job
  return (
    <>
      {partial && (
        <div className="note note-warn">
          <p className="note-title">
            Covers {formatCount(partial.done)} of {formatCount(partial.of)} parts
          </p>
          <p>{partial.detail}</p>
        </div>
      )}
      {job.stale && <Stale dataset={dataset} job={job} />}
      {cached_from !== null && (
        <p className="note note-info">
          Result of{" "}
          <Link
            to="/$owner/$ref/jobs/$jobId"
            params={{ ...addressOf(dataset.source), jobId: String(cached_from) }}
            preload={false}
          >
            job {cached_from}
          </Link>
          : the same commit was analysed before; nothing was read.
        </p>
      )}
    </>
  )
}

function Stale({ dataset, job }: { dataset: DatasetInfo; job: JobInfo }) {
  const { data: schemas } = useQuery(schemasQuery)
  const again = useStartJob(dataset, job.job_type)
  const version = schemas?.[job.job_type]?.["x-version"]
  return (
    <div className="note note-warn">
      <p className="note-title">By an older version</p>
      <p>This kind of job has been changed since. Run again, it may give another result; this one stays as it is.</p>
      {again.error && <ErrorNote error={again.error} title="It was not started" />}
      <button
        type="button"
        className="button button-small"
        disabled={again.isPending}
        onClick={() => again.mutate(job.params)}
      >
        {again.isPending
          ? "Starting…"
          : `Run again with ${version === undefined ? "the new version" : `version ${version}`}`}
      </button>
    </div>
  )
}
