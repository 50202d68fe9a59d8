import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { JobListItem } from "@robokit/core/job/schema"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { type ReactNode, useEffect } from "react"
import { statusQuery } from "../api/datasets.ts"
import { formatCount, plural } from "../formatting.ts"
import { newestJobs } from "../newest-jobs.ts"
import { addressOf } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import { JobProgress } from "./job-progress.tsx"
import { useStartHere } from "./use-start-here.ts"
import "./notes.css"

const JOB = "indexing"

interface Props {
  dataset: DatasetInfo
  title: string
  /** What that means for what is shown. */
  children: ReactNode
}

/** Says of an index whose job was stopped that it is not whole, how much is missing, and lets it be made again. Nothing, of one that is. */
export function PartialIndex({ dataset, title, children }: Props) {
  const { data: status } = useQuery(statusQuery(dataset.id))
  const start = useStartHere(dataset, JOB)
  const { done, open, failed } = newestJobs(status?.jobs ?? [], JOB)
  if (!done?.partial) return null
  return (
    <section className="note note-warn" aria-label={title}>
      <p className="note-title">{title}</p>
      <p>
        {coverage(done, dataset)} {done.partial.detail}
      </p>
      <p>{children}</p>
      {open && <Remaking job={open} />}
      {failed && <JobProgress job={failed} />}
      {start.error && <ErrorNote error={start.error} title="The job was not started" />}
      <p className="row">
        {!open && (
          <button
            type="button"
            className="button button-small"
            disabled={start.isPending}
            onClick={() => start.mutate({})}
          >
            {start.isPending ? "Starting…" : "Index again"}
          </button>
        )}
        <Link
          to="/$owner/$ref/jobs/$jobId"
          params={{ ...addressOf(dataset.source), jobId: String((open ?? done).id) }}
          className="small"
        >
          Job {(open ?? done).id}
        </Link>
      </p>
    </section>
  )
}

/** What was read by a newer one is to be asked for once that has ended. */
function Remaking({ job }: { job: JobListItem }) {
  const queryClient = useQueryClient()
  const { dataset_id } = job
  useEffect(
    () => () => void queryClient.invalidateQueries({ queryKey: ["datasets", dataset_id] }),
    [dataset_id, queryClient],
  )
  return <JobProgress job={job} />
}

function coverage({ partial, result_summary }: JobListItem, { dataset_metadata: metadata }: DatasetInfo) {
  const parts = `${formatCount(partial!.done)} of ${plural(partial!.of, "part")}`
  const [found, all] = [result_summary?.["episodes"], metadata?.episode_count]
  return typeof found === "number" && all != null
    ? `The index has ${formatCount(found)} of ${plural(all, "episode")}: it was stopped after ${parts}.`
    : `The index was stopped after ${parts}.`
}
