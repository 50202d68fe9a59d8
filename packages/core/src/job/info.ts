import { priceOf, toUsd } from "../usage/price.ts"
import type { jobTable } from "./job.sql.ts"
import { isFinished, type JobInfo, type JobListItem } from "./schema.ts"

export type JobRow = typeof jobTable.$inferSelect

/** Everything a list shows; `result` may be megabytes and is left in the database. */
export type JobListRow = Omit<JobRow, "result">

/** How soon asking again is worth it: the longer a job is open, the longer it will still take. */
export function pollAfter(job: { status: JobRow["status"]; opened_at: Date }, now = Date.now()) {
  if (isFinished(job)) return 10_000
  const age = now - job.opened_at.getTime()
  if (age < 30_000) return 2_000
  return age < 300_000 ? 5_000 : 10_000
}

export const toListItem = (row: JobListRow): JobListItem => ({
  id: row.id,
  dataset_id: row.dataset_id,
  job_type: row.job_type,
  params: row.params,
  status: row.status,
  state_detail: row.state_detail,
  progress: row.progress,
  message: row.message,
  attempt: row.attempt,
  result_summary: row.result_summary,
  error_code: row.error_code,
  error_message: row.error?.detail ?? null,
  error: row.error,
  cached_from: row.cached_from,
  stale: false,
  partial: row.partial,
  waiting: null,
  size_class: row.size_class,
  estimate: row.estimate,
  poll_after_ms: pollAfter(row),
  usage: row.usage,
  price_usd: toUsd(priceOf(row.usage, row.size_class)),
  heartbeat_at: row.heartbeat_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  started_at: row.started_at?.toISOString() ?? null,
  completed_at: row.completed_at?.toISOString() ?? null,
})

export const toInfo = (row: JobRow): JobInfo => ({ ...toListItem(row), result: row.result })
