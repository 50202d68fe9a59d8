import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect } from "react"
import { statusQuery } from "../api/datasets.ts"
import { schemasQuery } from "../api/jobs.ts"
import { isOpen } from "../api/polling.ts"
import { ErrorNote } from "./error-note.tsx"
import { JobProgress } from "./job-progress.tsx"
import { Loading } from "./loading.tsx"
import { useStartHere } from "./use-start-here.ts"
import "./notes.css"

const JOB = "indexing"

/** What stands where the episodes would be, while there is no index of them: the job that makes it, or the offer of it. */
export function NeedsIndex({ dataset }: { dataset: DatasetInfo }) {
  const queryClient = useQueryClient()
  const status = useQuery(statusQuery(dataset.id))
  const { data: schemas } = useQuery(schemasQuery)
  const start = useStartHere(dataset, JOB)
  const job = status.data?.jobs.findLast((each) => each.job_type === JOB)
  const isDone = job?.status === "completed"
  useEffect(() => {
    if (isDone) void queryClient.invalidateQueries({ queryKey: ["datasets", dataset.id] })
  }, [isDone, dataset.id, queryClient])

  const refusal = schemas?.[JOB]?.["x-formats"]?.[dataset.format_type]
  if (status.isPending) return <Loading what="the index" />
  if (status.error)
    return <ErrorNote error={status.error} title="The jobs could not be read" onRetry={() => void status.refetch()} />
  return (
    <section className="panel stack" aria-labelledby="needs-index-title">
      <h2 id="needs-index-title">{job && isOpen(job) ? "Finding the episodes" : "The episodes are not indexed"}</h2>
      {job && !isDone && <JobProgress job={job} />}
      {job && isOpen(job) && <p className="small soft">This page fills itself when it is done.</p>}
      {typeof refusal === "string" && <p>{refusal}</p>}
      {typeof refusal !== "string" && (!job || job.status === "failed") && (
        <>
          <p className="soft">
            An index says where each episode’s frames and videos lie. It is made from the dataset’s own tables; no video
            is read.
          </p>
          <button
            type="button"
            className="button button-main"
            disabled={start.isPending}
            onClick={() => start.mutate({})}
          >
            {start.isPending ? "Starting…" : job ? "Index them again" : "Index the episodes"}
          </button>
        </>
      )}
      {start.error && <ErrorNote error={start.error} title="The job was not started" />}
    </section>
  )
}
