import { and, eq, inArray, lt, lte, notInArray, or, sql } from "drizzle-orm"
import type { PgUpdateSetSource } from "drizzle-orm/pg-core"
import { config } from "../config.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { retrying, transaction, use } from "../db/database.ts"
import type { AppError } from "../error.ts"
import type { DatasetMetadata } from "../format/schema.ts"
import { log } from "../log.ts"
import { CANCELLED, CRASHED, ended, MAX_CRASHES, nextEdition } from "./ending.ts"
import type { JobRow } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { Outbox } from "./outbox.ts"
import type { JobUsage, StoredArtifact } from "./schema.ts"
import { Sweep } from "./sweep.ts"
import { crashDelay, judge, plain, toJobError } from "./verdict.ts"

/** The right to work on a job and to write about it, until somebody else has claimed it. */
export interface Lease {
  job: Omit<JobRow, "result">
  token: string
}

/**
 * Takes the job, or returns nothing when it is finished, not due yet, unknown to this registry or in other hands.
 * One guarded UPDATE: of any number of deliveries one wins. A lease that ran out counts as a death of its holder.
 */
export async function claim(id: number, known: readonly string[]): Promise<Lease | undefined> {
  const isDead = and(isWorking, lt(jobTable.lease_until, sql`now()`))
  // A message may arrive a little early: clocks of queue and database differ.
  const isDue = and(eq(jobTable.status, "pending"), lte(jobTable.run_after, sql`now() + interval '1 second'`))
  const isKnown = and(eq(jobTable.id, id), inArray(jobTable.job_type, [...known]))
  const deaths = sql`${jobTable.crashes} + (${jobTable.status} = 'running')::int`

  const [row] = await retrying(() =>
    use()
      .update(jobTable)
      .set({
        status: "running",
        state_detail: "running",
        progress: 0,
        message: null,
        attempt: sql`${jobTable.attempt} + 1`,
        crashes: deaths,
        started_at: sql`coalesce(${jobTable.started_at}, now())`,
        heartbeat_at: sql`now()`,
        lease_token: sql`gen_random_uuid()`,
        lease_until: leaseEnd(),
        edition: nextEdition(),
      })
      .where(and(isKnown, or(isDue, isDead), sql`${deaths} < ${MAX_CRASHES}`))
      .returning(),
  )
  if (row) {
    await Sweep.arm()
    return { job: row, token: row.lease_token! }
  }
  await use()
    .update(jobTable)
    .set({ ...ended(CRASHED, "dead"), crashes: MAX_CRASHES })
    .where(and(isKnown, isDead, sql`${deaths} >= ${MAX_CRASHES}`))
  return undefined
}

/** Whether an open job is of a type this release does not know: its message belongs to another one. */
export async function isForeign(id: number, known: readonly string[]) {
  const rows = await use()
    .select({ id: jobTable.id })
    .from(jobTable)
    .where(
      and(
        eq(jobTable.id, id),
        notInArray(jobTable.job_type, [...known]),
        inArray(jobTable.status, ["pending", "running"]),
      ),
    )
  return rows.length === 1
}

const isWorking = and(eq(jobTable.status, "running"), eq(jobTable.state_detail, "running"))

const holds = ({ job, token }: Lease) => and(eq(jobTable.id, job.id), eq(jobTable.lease_token, token))

/** Ours while nobody has claimed it after us, and nobody wants it stopped. Every write of a worker goes through this guard. */
const mine = (lease: Lease) => and(holds(lease), isWorking)

const leaseEnd = () => sql`now() + ${config().JOB_LEASE_SECONDS} * interval '1 second'`

async function write(lease: Lease, set: PgUpdateSetSource<typeof jobTable>, what: string) {
  const rows = await use().update(jobTable).set(set).where(mine(lease)).returning({ id: jobTable.id })
  if (rows.length === 0) log().warn({ job_id: lease.job.id, attempt: lease.job.attempt, what }, "fenced_write")
  return rows.length === 1
}

export interface Progress {
  percent: number
  message?: string | undefined
}

/** Renews the lease. False: it is not ours any more (taken over, cancelled, finished or deleted), stop. */
export const heartbeat = (lease: Lease) =>
  retrying(() => write(lease, { heartbeat_at: sql`now()`, lease_until: leaseEnd() }, "heartbeat"))

/** Never down within an attempt, and never 100 before the end. */
export const progress = (lease: Lease, { percent, message }: Progress, usage: JobUsage) =>
  write(
    lease,
    {
      progress: sql`greatest(${jobTable.progress}, ${Math.min(99, Math.max(0, Math.floor(percent) || 0))}::smallint)`,
      ...(message === undefined ? {} : { message: plain(message, 200) }),
      usage,
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

/** Publishes the result in one guarded write. False, and nothing is changed, when the job is not ours any more. */
export const complete = (lease: Lease, { result, summary, artifacts, usage }: Completion) =>
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
      {
        status: "completed",
        state_detail: "completed",
        progress: 100,
        message: null,
        result,
        result_summary: summary,
        artifacts,
        usage,
        completed_at: sql`now()`,
        lease_token: null,
        lease_until: null,
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
    return published
  })

/** Fails the job, or puts it back for another try: the error's class decides. */
export const fail = (lease: Lease, error: AppError, usage: JobUsage) => {
  const verdict = judge(error, lease.job.tries)
  if (verdict.action === "fail") return write(lease, { ...ended(error), usage }, "fail")
  const tries = lease.job.tries + 1
  const { title } = toJobError(error)
  const message = `${title}. Trying again in ${seconds(verdict.delay_ms)} (${tries + 1} of ${verdict.of}).`
  return putBack(lease, verdict.delay_ms, { state_detail: "retry_wait", tries, message, usage })
}

/** The code that ran the job died under it. Counted apart from errors: three and it is over. */
export const crashed = (lease: Lease, usage: JobUsage) => {
  const crashes = lease.job.crashes + 1
  if (crashes >= MAX_CRASHES) {
    return write(lease, { ...ended(CRASHED, "dead"), crashes, usage }, "crashed")
  }
  const delay_ms = crashDelay(crashes)
  const message = `The worker died. Trying again in ${seconds(delay_ms)}.`
  return putBack(lease, delay_ms, { state_detail: "retry_wait", crashes, message, usage })
}

/** What a worker does whose writes change nothing any more: ends the job if that is because somebody wants it stopped. */
export async function endIfCancelled(lease: Lease, usage: JobUsage) {
  const rows = await use()
    .update(jobTable)
    .set({ ...ended(CANCELLED, "cancelled"), usage })
    .where(and(holds(lease), eq(jobTable.state_detail, "cancelling")))
    .returning({ id: jobTable.id })
  return rows.length === 1
}

/** A shutdown is nobody's fault and counts as nothing: the next worker takes over at once. */
export const handBack = (lease: Lease, usage: JobUsage) =>
  putBack(lease, 0, { state_detail: "queued", message: null, usage })

const putBack = (lease: Lease, delay_ms: number, set: PgUpdateSetSource<typeof jobTable>) =>
  transaction(async () => {
    const ours = await write(
      lease,
      {
        ...set,
        status: "pending",
        progress: 0,
        run_after: sql`now() + ${delay_ms} * interval '1 millisecond'`,
        last_sent_at: sql`now()`,
        lease_token: null,
        lease_until: null,
        edition: nextEdition(),
      },
      "put back",
    )
    if (ours) await Outbox.wake(lease.job.id, delay_ms)
    return ours
  })

const seconds = (ms: number) => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`)
