import { eq, sql } from "drizzle-orm"
import { use } from "../db/database.ts"
import { log } from "../log.ts"
import { Metric } from "../metric.ts"
import { jobTable } from "./job.sql.ts"
import type { Lease } from "./lease.ts"
import { isFinished, type JobUsage } from "./schema.ts"

export * as Measure from "./measure.ts"

const GB = 1e9

/** @param took_over from a holder whose lease ran out; how long it lay there is no queue's fault. */
export function claimed({ job, shard }: Lease, took_over: boolean) {
  const { heartbeat_at, run_after } = shard ?? job
  const { job_type } = job
  if (took_over) Metric.tell("LeaseExpiries", 1, { job_type })
  else Metric.tell("QueueTimeMs", Math.max(0, heartbeat_at!.getTime() - run_after.getTime()), { job_type })
}

/** One run has ended, however it did. @param usage of the job or shard, earlier attempts included. */
export function ran({ job, shard }: Lease, usage: JobUsage) {
  const before = (shard ?? job).usage
  const { job_type } = job
  Metric.tell("RunTimeMs", usage.compute_ms - before.compute_ms, { job_type })
  Metric.tell("BytesRead", usage.bytes - before.bytes, { job_type })
}

/** A worker wrote to what is not its own any more, and changed nothing. */
export const fenced = ({ job: { job_type } }: Lease) => Metric.tell("FencedWrites", 1, { job_type })

/** Whether the job was put back is `written`, and passed on. */
export async function retried({ job: { job_type } }: Lease, code: string, written: Promise<boolean>) {
  const ours = await written
  if (ours) Metric.tell("RetriesByCode", 1, { job_type, code })
  return ours
}

/**
 * Tells how the job ended, if it has. Never throws: what is not measured must not be done again.
 *
 * @param abandoned it ended because the lease of its last holder, too, ran out.
 */
export const ended = (job_id: number, { abandoned = false } = {}) =>
  quietly(async () => {
    const { job_type, status, state_detail, attempt, usage, spent_micros } = jobTable
    const [job] = await use()
      .select({ job_type, status, state_detail, attempt, usage, spent_micros })
      .from(jobTable)
      .where(eq(jobTable.id, job_id))
    if (!job || !isFinished(job)) return
    const of = { job_type: job.job_type }
    if (abandoned) Metric.tell("LeaseExpiries", 1, of)
    if (job.state_detail === "dead") Metric.tell("DeadLetters", 1, of)
    Metric.tell("Attempts", job.attempt, of)
    // Of what costs or reads nothing there is no price of a gigabyte.
    if (job.spent_micros > 0 && job.usage.bytes > 0)
      Metric.tell("CostPerGB", job.spent_micros / 1e6 / (job.usage.bytes / GB), of)
  })

/** What waits now: the age of the oldest message that was not sent, and of the oldest work that is due, by its type. */
export const backlog = (known: readonly string[]) =>
  quietly(async () => {
    const [outbox] = await use().execute<{ lag_ms: number }>(sql`
      select coalesce(extract(epoch from now() - min(created_at)) * 1000, 0)::float8 as lag_ms
      from outbox where sent_at is null`)
    Metric.tell("OutboxLagMs", outbox!.lag_ms)
    const oldest = await use().execute<{ job_type: string; age_ms: number }>(sql`
      with waiting as (
        select job_type, run_after from job where status = 'pending'
        union all
        select job.job_type, shard.run_after from shard join job on job.id = shard.job_id and job.stage = shard.stage
          where shard.status = 'pending' and job.state_detail = 'running'
      )
      select type.name as job_type,
        coalesce(extract(epoch from now() - min(run_after)) * 1000, 0)::float8 as age_ms
      from unnest(${sql.param([...known])}::text[]) as type (name)
        left join waiting on waiting.job_type = type.name and waiting.run_after <= now()
      group by type.name`)
    for (const { job_type, age_ms } of oldest) Metric.tell("OldestPendingAgeMs", age_ms, { job_type })
  })

async function quietly(ask: () => Promise<void>) {
  if (!Metric.isHeard()) return
  try {
    await ask()
  } catch (error) {
    log().warn({ err: error }, "a metric could not be taken")
  }
}
