import { and, eq, sql } from "drizzle-orm"
import type { PgUpdateSetSource } from "drizzle-orm/pg-core"
import { config } from "../config.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { retrying, transaction, use } from "../db/database.ts"
import type { AppError } from "../error.ts"
import type { DatasetMetadata } from "../format/schema.ts"
import { log } from "../log.ts"
import type { Absorb, JobKey, Partial, Shard } from "./define.ts"
import { CANCELLED, CRASHED, ended, MAX_CRASHES, nextEdition } from "./ending.ts"
import type { JobRow } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { Outbox } from "./outbox.ts"
import type { JobUsage, StoredArtifact } from "./schema.ts"
import { completeShard, endJobOf, holdsShard, insertShards, type ShardRow } from "./shard.ts"
import { shardTable } from "./shard.sql.ts"
import { crashDelay, judge, plain, toJobError } from "./verdict.ts"

/** The right to work on a job, or on one shard of it, and to write about it, until somebody else has claimed it. */
export interface Lease {
  job: Omit<JobRow, "result">
  token: string
  /** Absent: the lease is on the job itself. */
  shard?: ShardRow
}

export const isWorking = and(eq(jobTable.status, "running"), eq(jobTable.state_detail, "running"))

const holds = ({ job, token }: Lease) => and(eq(jobTable.id, job.id), eq(jobTable.lease_token, token))

export const leaseEnd = () => sql`now() + ${config().JOB_LEASE_SECONDS} * interval '1 second'`

/** What a lease may write on the row it is on, be it a job's or a shard's. */
type Both = Pick<
  PgUpdateSetSource<typeof shardTable>,
  "heartbeat_at" | "lease_until" | "lease_token" | "run_after" | "last_sent_at" | "tries" | "crashes" | "usage"
> & { status?: "pending" }

/**
 * Every write of a worker goes through this guard: ours while nobody has claimed it after us, and nobody wants it
 * stopped. `more` is what only a job has to say.
 */
async function write(lease: Lease, set: Both, more: PgUpdateSetSource<typeof jobTable>, what: string) {
  const { job, shard, token } = lease
  const rows = shard
    ? await use().update(shardTable).set(set).where(holdsShard(shard, token)).returning({ id: shardTable.id })
    : await use()
        .update(jobTable)
        .set({ ...set, ...more })
        .where(and(holds(lease), isWorking))
        .returning({ id: jobTable.id })
  if (rows.length === 0) {
    log().warn({ job_id: job.id, shard_id: shard?.id, attempt: (shard ?? job).attempt, what }, "fenced_write")
  }
  return rows.length === 1
}

export interface Progress {
  percent: number
  message?: string | undefined
}

/** Renews the lease. False: it is not ours any more (taken over, cancelled, finished or deleted), stop. */
export const heartbeat = (lease: Lease) =>
  retrying(() => write(lease, { heartbeat_at: sql`now()`, lease_until: leaseEnd() }, {}, "heartbeat"))

/** Never down within an attempt, and never 100 before the end. A shard counts for its job when it is done. */
export const progress = (lease: Lease, { percent, message }: Progress, usage: JobUsage) =>
  write(
    lease,
    { usage },
    {
      progress: sql`greatest(${jobTable.progress}, ${Math.min(99, Math.max(0, Math.floor(percent) || 0))}::smallint)`,
      ...(message === undefined ? {} : { message: plain(message, 200) }),
      edition: nextEdition(),
    },
    "progress",
  )

export interface Completion {
  result: Record<string, unknown>
  summary: Record<string, unknown>
  artifacts: StoredArtifact[]
  usage: JobUsage
}

const keyOf = ({ tenant_id, dataset_id, id }: Lease["job"]): JobKey => ({ tenant_id, dataset_id, job_id: id })

const released = { lease_token: null, lease_until: null }

/** Publishes the result in one guarded write. False, and nothing is changed, when the job is not ours any more. */
export const complete = (lease: Lease, { result, summary, artifacts, usage }: Completion, absorb?: Absorb) =>
  transaction(async () => {
    const { dataset_id, job_type } = lease.job
    // Deleting locks the dataset before its jobs; in any other order the two could wait for each other for ever.
    await use()
      .select({ id: datasetTable.id })
      .from(datasetTable)
      .where(eq(datasetTable.id, dataset_id))
      .for("no key update")
    const published = await write(
      lease,
      { ...released, usage },
      {
        status: "completed",
        state_detail: "completed",
        progress: 100,
        message: null,
        result,
        result_summary: summary,
        artifacts,
        completed_at: sql`now()`,
        edition: nextEdition(),
      },
      "complete",
    )
    if (published && job_type === "metadata_extraction") {
      await use()
        .update(datasetTable)
        .set({ dataset_metadata: result as DatasetMetadata })
        .where(eq(datasetTable.id, dataset_id))
    }
    if (published) await absorb?.end(keyOf(lease.job))
    return published
  })

/**
 * Gives the job's lease up for the shards of one stage more: the job then runs by them, and the last of them wakes it
 * for the reduce. False, and nothing is changed, when the job is not ours any more.
 */
export const openStage = (lease: Lease, shards: Shard[], usage: JobUsage, absorb?: Absorb) =>
  transaction(async () => {
    const { job } = lease
    const weight = shards.reduce((sum, each) => sum + Math.max(1, Math.round(each.weight)), 0)
    const ours = await write(
      lease,
      { ...released, usage, tries: 0, crashes: 0, run_after: sql`now()`, last_sent_at: sql`now()` },
      {
        stage: job.stage + 1,
        open_shards: shards.length,
        total_weight: sql`${jobTable.total_weight} + ${weight}::bigint`,
        message: null,
        edition: nextEdition(),
      },
      "open stage",
    )
    if (!ours) return false
    if (job.stage === 0) await absorb?.begin(keyOf(job))
    if (shards.length > 0) await insertShards(job, job.stage + 1, shards)
    else await Outbox.wake(job.id)
    return true
  })

/** Writes down what a shard found. False, and nothing is changed, when it is not ours any more. */
export async function deliver(
  { job, shard, token }: Lease & { shard: ShardRow },
  partial: Partial,
  usage: JobUsage,
  absorb?: Absorb,
) {
  if (!absorb) return completeShard(shard, token, partial, usage)
  try {
    // Rows before the guard: the other way round they would be written while the job's row is locked, one shard at a time.
    return await transaction(async () => {
      const kept = await absorb.partial(partial, keyOf(job))
      if (await completeShard(shard, token, kept, usage)) return true
      throw NOT_OURS
    })
  } catch (error) {
    if (error === NOT_OURS) return false
    throw error
  }
}

/** Undoes the transaction it is thrown in. */
const NOT_OURS = new Error("the lease is not ours any more")

/** Ends the job badly; a shard takes its job with it. */
const end = (lease: Lease, error: AppError, state_detail: "failed" | "dead", usage: JobUsage) => {
  const { shard, token } = lease
  if (shard) return endJobOf(shard, error, state_detail, { token, usage })
  const crashes = state_detail === "dead" ? { crashes: MAX_CRASHES } : {}
  return write(lease, { ...crashes, usage }, ended(error, state_detail), "end")
}

/** Fails the job, or puts it back for another try: the error's class decides. */
export const fail = (lease: Lease, error: AppError, usage: JobUsage) => {
  const { tries } = lease.shard ?? lease.job
  const verdict = judge(error, tries)
  if (verdict.action === "fail") return end(lease, error, "failed", usage)
  const { title } = toJobError(error)
  const message = `${title}. Trying again in ${seconds(verdict.delay_ms)} (${tries + 2} of ${verdict.of}).`
  return putBack(lease, verdict.delay_ms, { tries: tries + 1, usage }, { state_detail: "retry_wait", message })
}

/** The code that ran the job died under it. Counted apart from errors: three and it is over. */
export const crashed = (lease: Lease, usage: JobUsage) => {
  const crashes = (lease.shard ?? lease.job).crashes + 1
  if (crashes >= MAX_CRASHES) return end(lease, CRASHED, "dead", usage)
  const delay_ms = crashDelay(crashes)
  const message = `The worker died. Trying again in ${seconds(delay_ms)}.`
  return putBack(lease, delay_ms, { crashes, usage }, { state_detail: "retry_wait", message })
}

/** What a worker does whose writes change nothing any more: ends the job if that is because somebody wants it stopped. */
export async function endIfCancelled(lease: Lease, usage: JobUsage) {
  // Shards need no telling: a job that runs by them is cancelled at once.
  if (lease.shard) return false
  const rows = await use()
    .update(jobTable)
    .set({ ...ended(CANCELLED, "cancelled"), usage })
    .where(and(holds(lease), eq(jobTable.state_detail, "cancelling")))
    .returning({ id: jobTable.id })
  return rows.length === 1
}

/** A shutdown is nobody's fault and counts as nothing: the next worker takes over at once. */
export const handBack = (lease: Lease, usage: JobUsage) =>
  putBack(lease, 0, { usage }, { state_detail: "queued", message: null })

const putBack = (lease: Lease, delay_ms: number, set: Both, more: PgUpdateSetSource<typeof jobTable>) =>
  transaction(async () => {
    const ours = await write(
      lease,
      {
        ...set,
        ...released,
        status: "pending",
        run_after: sql`now() + ${delay_ms} * interval '1 millisecond'`,
        last_sent_at: sql`now()`,
      },
      // What the shards have done stays done.
      { ...more, ...(lease.job.stage === 0 ? { progress: 0 } : {}), edition: nextEdition() },
      "put back",
    )
    if (ours) await Outbox.wake(lease.job.id, delay_ms, lease.shard?.id)
    return ours
  })

const seconds = (ms: number) => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`)
