import type { JobListItem } from "@robokit/core/job/schema"
import { formatCount } from "../formatting.ts"

/** What to know about a result before relying on it; its page says more. */
export function JobMarks({ job }: { job: Pick<JobListItem, "status" | "stale" | "cached_from" | "partial"> }) {
  if (job.status !== "completed") return null
  const { stale, cached_from, partial } = job
  return (
    <>
      {partial && (
        <span className="chip chip-warn">
          partial: {formatCount(partial.done)} of {formatCount(partial.of)}
        </span>
      )}
      {stale && <span className="chip chip-warn">by an older version</span>}
      {cached_from !== null && <span className="chip">result of job {cached_from}</span>}
    </>
  )
}
