import { and, asc, eq, exists, inArray, ne, type SQL, sql } from "drizzle-orm"
import { jsonText } from "../db/columns.ts"
import { transaction, use } from "../db/database.ts"
import type { AppError, ErrorCode } from "../error.ts"
import type { Partial, Shard } from "./define.ts"
import { costWithShards, due, ended, nextEdition, PUTTING_TOGETHER } from "./ending.ts"
import type { JobRow } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { Outbox } from "./outbox.ts"
import type { JobUsage, PartialResult } from "./schema.ts"
import { shardTable } from "./shard.sql.ts"
import { toJobError } from "./verdict.ts"

export type ShardRow = typeof shardTable.$inferSelect

/** One insert of this many rows stays below the 65,535 parameters that Postgres takes. */
const INSERT_BATCH = 2000

/** A shard's job, if it runs in the shard's stage and nobody wants it stopped: only then is the shard alive. */
export const jobIsAt = (known?: readonly string[]) =>
  use()
    .select({ one: sql`1` })
    .from(jobTable)
    .where(
      and(
        eq(jobTable.id, shardTable.job_id),
        eq(jobTable.stage, shardTable.stage),
        eq(jobTable.state_detail, "running"),
        known && inArray(jobTable.job_type, [...known]),
      ),
    )

/** Ours while nobody has claimed it after us and its job goes on. */
export const holdsShard = (shard: ShardRow, token: string): SQL | undefined =>
  and(
    eq(shardTable.id, shard.id),
    eq(shardTable.lease_token, token),
    eq(shardTable.status, "running"),
    exists(jobIsAt()),
  )

/** Writes down the shards of a stage and their wake-up calls, in the transaction that opened it. */
export async function insertShards(
  job: Pick<JobRow, "id" | "tenant_id" | "size_class">,
  stage: number,
  shards: Shard[],
) {
  const inserted: Pick<ShardRow, "id" | "size_class">[] = []
  for (let from = 0; from < shards.length; from += INSERT_BATCH) {
    const rows = await use()
      .insert(shardTable)
      .values(
        shards.slice(from, from + INSERT_BATCH).map(({ weight, input, size_class = job.size_class }, at) => ({
          tenant_id: job.tenant_id,
          job_id: job.id,
          stage,
          ordinal: from + at,
          weight: Math.max(1, Math.round(weight)),
          input,
          size_class,
        })),
      )
      .returning({ id: shardTable.id, size_class: shardTable.size_class })
    inserted.push(...rows)
  }
  await Outbox.wakeShards(job.id, inserted)
}

/**
 * Writes down what a shard found. The last of a stage wakes the job for its reduce: one statement takes the job's row
 * before the shard's, counts, and says how many are left, so that of any number at once exactly one sees 0.
 * False, and nothing is changed, when the shard is not ours any more or its job does not go on.
 */
export const completeShard = (
  shard: ShardRow,
  token: string,
  partial: Partial,
  { usage, step }: { usage: JobUsage; step: { micros: number; bytes: number } },
) =>
  transaction(async () => {
    const [row] = await use().execute<{ open_shards: number }>(sql`
      with held as (
        select id from job where id = ${shard.job_id} and stage = ${shard.stage} and state_detail = 'running'
        for no key update
      ), done as (
        update shard set status = 'completed', partial = ${jsonText(partial)}::jsonb, usage = ${jsonText(usage)}::jsonb,
          lease_token = null, lease_until = null
        from held where shard.job_id = held.id and shard.id = ${shard.id}
          and shard.lease_token = ${token} and shard.status = 'running'
        returning shard.weight, (select max(ordinal) + 1 from shard as other
          where other.job_id = ${shard.job_id} and other.stage = ${shard.stage}) as parts
      )
      update job set open_shards = open_shards - 1, done_weight = done_weight + done.weight,
        progress = greatest(progress, least(99, 100 * (done_weight + done.weight) / total_weight)),
        message = case when open_shards = 1 then ${PUTTING_TOGETHER} else concat(done.parts - open_shards + 1, ' of ', done.parts, ' parts done') end,
        usage = ${plus(usage)}, due_micros = due_micros + ${step.micros}::bigint,
        read_bytes = read_bytes + ${step.bytes}::bigint, edition = edition + 1, run_after = now(), last_sent_at = now(), updated_at = now()
      from done where job.id = ${shard.job_id}
      returning open_shards`)
    if (row?.open_shards === 0) await Outbox.wake(shard.job_id)
    return row !== undefined
  })

/** What the shards of the job's stage found, in their order. */
export async function partialsOf(job: { id: number; stage: number }): Promise<Partial[]> {
  const rows = await use()
    .select({ partial: shardTable.partial })
    .from(shardTable)
    .where(and(eq(shardTable.job_id, job.id), eq(shardTable.stage, job.stage)))
    .orderBy(asc(shardTable.ordinal))
  return rows.map(({ partial }) => partial!)
}

/** What ends a job for taking too much, and not for being wrong: what was found by then is kept. */
const STOPS: ReadonlySet<ErrorCode> = new Set(["budget_exceeded", "time_limit"])

/**
 * Ends a job because of one of its shards, which with it ends the others. One that is stopped at its cap or out of time
 * goes on to its reduce with what was delivered, if anything was. `micros` is the price of the shard's last attempt.
 * False when the job does not go on anyway.
 */
export async function endJobOf(
  shard: ShardRow,
  error: AppError,
  state_detail: "failed" | "dead",
  { token, usage = shard.usage, micros = 0 }: { token?: string; usage?: JobUsage; micros?: number } = {},
) {
  return transaction(async () => {
    // The job before its shards, as everybody who writes to both.
    const [job] = await use()
      .select({ id: jobTable.id })
      .from(jobTable)
      .where(and(eq(jobTable.id, shard.job_id), eq(jobTable.stage, shard.stage), eq(jobTable.state_detail, "running")))
      .for("no key update")
    if (!job) return false
    const mine = token === undefined ? sql`${shardTable.lease_until} < now()` : eq(shardTable.lease_token, token)
    const held = await use()
      .update(shardTable)
      .set({ usage })
      .where(and(eq(shardTable.id, shard.id), mine))
      .returning({ id: shardTable.id })
    if (held.length === 0) return false
    const partial = STOPS.has(error.code) ? await dropRest(shard, error) : undefined
    await use()
      .update(jobTable)
      .set({
        ...(partial
          ? { ...goOn(partial, micros), usage: plus(usage) }
          : { ...ended(error, state_detail, micros), usage: costWithShards }),
        edition: nextEdition(),
      })
      .where(eq(jobTable.id, job.id))
    if (partial) await Outbox.wake(job.id)
    return true
  })
}

/** Drops what is not done of the shard's stage, also what is at work; undefined, and nothing is dropped, when nothing is done. */
async function dropRest({ job_id, stage }: ShardRow, error: AppError): Promise<PartialResult | undefined> {
  const ofStage = and(eq(shardTable.job_id, job_id), eq(shardTable.stage, stage))
  const [count] = await use()
    .select({ done: sql<number>`(count(*) filter (where status = 'completed'))::int`, of: sql<number>`count(*)::int` })
    .from(shardTable)
    .where(ofStage)
  const { done, of } = count!
  if (done === 0) return undefined
  await use()
    .delete(shardTable)
    .where(and(ofStage, ne(shardTable.status, "completed")))
  return { reason: error.code, detail: toJobError(error).detail, done, of }
}

/** The columns of a job whose reduce is next, the rest of its shards being dropped. */
const goOn = (partial: PartialResult, micros: number) => ({
  partial,
  open_shards: 0,
  due_micros: due(micros),
  run_after: sql`now()`,
  last_sent_at: sql`now()`,
})

/** The cost of the job and of one more shard. */
const plus = ({ requests, bytes, compute_ms }: JobUsage) =>
  sql`jsonb_build_object('requests', (job.usage->>'requests')::bigint + ${requests}::bigint,
    'bytes', (job.usage->>'bytes')::bigint + ${bytes}::bigint,
    'compute_ms', (job.usage->>'compute_ms')::bigint + ${compute_ms}::bigint)`
