import { sql } from "drizzle-orm"
import { AppError, type ErrorKind } from "../error.ts"
import { jobTable } from "./job.sql.ts"
import type { JobUsage } from "./schema.ts"
import { toJobError } from "./verdict.ts"

/** Deaths after which a job is given up. */
export const MAX_CRASHES = 3

/**
 * Deaths after which it goes to the next larger class, for its last try there. Running out of memory takes it there at
 * once: the same memory would not be enough the second time either.
 */
export const MOVES_AT = MAX_CRASHES - 1

export const CRASHED = new AppError(
  "worker_crashed",
  "The worker that ran this job died too often, so it is not tried again.",
)

export const CANCELLED = new AppError("job_cancelled", "Somebody asked for it to stop.", {
  user_action: "Retry it, or start it again, whenever you like.",
})

export const nextEdition = () => sql`${jobTable.edition} + 1`

/** Whether the user pays for what a failure of a kind has cost. What is ours or the Hub's fault is nobody's bill. */
const IS_BILLED: Record<ErrorKind, boolean> = {
  invalid: true,
  not_found: true,
  conflict: true,
  unsupported: true,
  access: false,
  limit: true,
  hub: false,
  internal: false,
}

/** Cancelling is the user's decision: else whoever cancels a moment before the end reads for nothing. */
const isBilled = ({ kind, code }: AppError) => code === "job_cancelled" || IS_BILLED[kind]

/** What ending costs on top of the steps before: the price of the last, in micros. A trigger then makes it spent. */
export const due = (step_micros: number) => sql`${jobTable.due_micros} + ${step_micros}::bigint`

/** What a job has cost, with what its unfinished shards have read so far. */
export const costWithShards = sql<JobUsage>`(select jsonb_build_object(
    'requests', (job.usage->>'requests')::bigint + coalesce(sum((shard.usage->>'requests')::bigint), 0),
    'bytes', (job.usage->>'bytes')::bigint + coalesce(sum((shard.usage->>'bytes')::bigint), 0),
    'compute_ms', (job.usage->>'compute_ms')::bigint + coalesce(sum((shard.usage->>'compute_ms')::bigint), 0))
  from shard where shard.job_id = job.id and shard.stage = job.stage and shard.status <> 'completed')`

/**
 * The columns of a job that ended badly, and what its last step has cost in micros. Progress stays where it was: only a
 * completed job is at 100.
 */
export const ended = (error: AppError, state_detail: "failed" | "dead" | "cancelled" = "failed", step_micros = 0) => ({
  status: "failed" as const,
  state_detail,
  message: null,
  error_code: error.code,
  error: toJobError(error),
  completed_at: sql`now()`,
  waits_for_room: false,
  partial: null,
  due_micros: isBilled(error) ? due(step_micros) : 0,
  lease_token: null,
  lease_until: null,
  edition: nextEdition(),
})

/** Said while a job in shards is at work, so that its bar does not stand still without a word. */
export const PUTTING_TOGETHER = "Putting the parts together"
