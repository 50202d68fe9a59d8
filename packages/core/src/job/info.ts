import { getTableColumns, sql } from "drizzle-orm"
import { priceOf, toUsd } from "../usage/price.ts"
import { jobTable } from "./job.sql.ts"
import { jobs } from "./registry.ts"
import { isFinished, type JobInfo, type JobListItem } from "./schema.ts"
import { type Wait, wait, waitingOf } from "./waiting.ts"

export type JobRow = typeof jobTable.$inferSelect

const versions = JSON.stringify(Object.fromEntries(Object.entries(jobs).map(([type, { version }]) => [type, version])))

/** Whether the type's version has gone up since. Found where it is read: nobody has to mark rows at a release. */
export const stale = sql<boolean>`(job.status = 'completed'
  and job.job_version < coalesce((${versions}::jsonb ->> job.job_type)::int, 0))`

/** The last sign of life: while a job runs by its shards, theirs. */
export const beat = sql`case when job.status = 'running' and job.stage > 0
  then greatest(job.heartbeat_at, (select max(shard.heartbeat_at) from shard
    where shard.job_id = job.id and shard.stage = job.stage)) else job.heartbeat_at end`

/** Everything a reader is shown of a job: the row, and what only its neighbours tell. */
export const infoColumns = {
  ...getTableColumns(jobTable),
  heartbeat_at: sql<Date | null>`${beat}`.mapWith(jobTable.heartbeat_at),
  stale,
  wait,
}

const { result: _, ...withoutResult } = infoColumns

/** Everything a list shows; `result` may be megabytes and is left in the database. */
export const listColumns = withoutResult

export type InfoRow = JobRow & { stale: boolean; wait: Wait | null }
export type JobListRow = Omit<InfoRow, "result">

/** How soon asking again is worth it: the longer a job is open, the longer it will still take. */
export function pollAfter(job: { status: JobRow["status"]; opened_at: Date }, now = Date.now()) {
  if (isFinished(job)) return 10_000
  const age = now - job.opened_at.getTime()
  if (age < 30_000) return 2_000
  return age < 300_000 ? 5_000 : 10_000
}

const { edition, status, opened_at, heartbeat_at, waits_for_room, run_after } = infoColumns
export const versionColumns = { edition, status, opened_at, stale, heartbeat_at, wait, waits_for_room, run_after }

/**
 * Changes whenever a reader would be shown something else. Signs of life come every few seconds and count by the minute,
 * so that most answers to a poller of a long job are "unchanged".
 */
export function versionOf(row: Pick<InfoRow, keyof typeof versionColumns>) {
  const minute = row.status === "running" && row.heartbeat_at ? Math.floor(row.heartbeat_at.getTime() / 60_000) : 0
  return [row.edition, pollAfter(row), row.stale, minute, JSON.stringify(waitingOf(row))].join(".")
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
  stale: row.stale,
  partial: row.partial,
  waiting: waitingOf(row),
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

export const toInfo = (row: InfoRow): JobInfo => ({ ...toListItem(row), result: row.result })
