import type { JobListItem } from "@robokit/core/job/schema"
import { isOpen } from "./api/polling.ts"

/** The jobs of one type that count. */
export interface NewestJobs {
  /** The newest that came to an end; what it says counts until a newer one has. */
  done: JobListItem | undefined
  /** Queued or running after it. */
  open: JobListItem | undefined
  /** Given up after it. */
  failed: JobListItem | undefined
}

/** @param jobs oldest first, as the API lists them. */
export function newestJobs(jobs: JobListItem[], job_type: string): NewestJobs {
  const own = jobs.filter((each) => each.job_type === job_type)
  const done = own.findLast(({ status }) => status === "completed")
  const after = own.filter(({ id }) => done === undefined || id > done.id)
  const open = after.findLast(isOpen)
  const failed = after.findLast(({ status }) => status === "failed")
  return { done, open, failed: open && failed && open.id > failed.id ? undefined : failed }
}
