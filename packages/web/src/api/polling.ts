import type { JobListItem } from "@robokit/core/job/schema"
import { ApiError } from "./problem.ts"

export const POLL_MS = 2000
/** While the server is in trouble it is asked less often. */
const TROUBLE_MS = 10_000

type Polled = Pick<JobListItem, "status" | "poll_after_ms">

export const isOpen = (job: Pick<JobListItem, "status">) => job.status === "pending" || job.status === "running"

/** Milliseconds to the next look, or false when nothing can change any more. */
export function pollDelay(jobs: Polled[] | undefined, error: unknown): number | false {
  if (error instanceof ApiError) {
    // Gone, or never there: no later answer will differ.
    if ([401, 403, 404, 410].includes(error.status)) return false
    return Math.max(TROUBLE_MS, error.retryAfterMs ?? 0)
  }
  const open = jobs?.filter(isOpen) ?? []
  if (open.length === 0) return false
  return Math.max(POLL_MS, Math.min(...open.map((job) => job.poll_after_ms)))
}

/** Only what may pass by itself is tried again without being asked. */
export const mayPass = (failures: number, error: unknown) =>
  failures < 2 &&
  error instanceof ApiError &&
  (error.status === 0 || error.status === 503) &&
  error.retryAfterMs === null
