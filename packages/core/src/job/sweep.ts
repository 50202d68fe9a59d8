import { and, eq, inArray, lt, sql } from "drizzle-orm"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { log } from "../log.ts"
import { classDue } from "./class-due.ts"
import { isNotHalted } from "../usage/halt.ts"
import { CANCELLED, costWithShards, ended } from "./ending.ts"
import { jobTable, outboxTable, sweepTable } from "./job.sql.ts"
import { Measure } from "./measure.ts"
import { Outbox } from "./outbox.ts"
import { Queue } from "./queue.ts"
import type { SweepMessage } from "./schema.ts"
import { shardTable } from "./shard.sql.ts"

export * as Sweep from "./sweep.ts"

const DELAY_SECONDS = 20
/** A sweep that is this late is believed lost, and whoever sees open work next arms another. */
const PROMISE_SECONDS = DELAY_SECONDS + 40
/** Work of one sweep; its Lambda has 30 s. */
const LIMIT_MS = 20_000
const BATCH = 200
/** Less than from one sweep to the next: a worker may have died with the message that one sent. */
const UNHEARD = sql.raw("interval '15 seconds'")
/** An outbox row that failed this often is left to the net, so that an idle deployment comes to rest. */
const TIRED = 20
const NUDGE_MS = 10_000

const OVERDUE = new AppError("time_limit", "The job did not come to its end within a whole day.", {
  user_action: "Start it again when there is less to do.",
})

/** Whether that is promised already: asked for by statements that are made anyway, so that most need not call `arm`. */
export const isPromised = sql<boolean>`exists(select from sweep where armed_until > now())`

/**
 * Promises that somebody looks after open work in 20 s, unless that is promised already: one guarded statement, then
 * one delayed message. Called before work is created and when it is claimed, outside of transactions. Never throws: if
 * the promise cannot be given, the next to touch open work gives it.
 */
export async function arm({ anew = false } = {}) {
  try {
    const armed_until = sql`now() + ${PROMISE_SECONDS} * interval '1 second'`
    const [armed] = await use()
      .insert(sweepTable)
      .values({ id: 1, armed_until, turn: 1 })
      .onConflictDoUpdate({
        target: sweepTable.id,
        set: { armed_until, turn: sql`${sweepTable.turn} + 1` },
        ...(anew ? {} : { setWhere: sql`${sweepTable.armed_until} < now()` }),
      })
      .returning()
    if (armed) await promise(armed.turn)
  } catch (error) {
    log().warn({ err: error }, "the sweep could not be armed")
  }
}

async function promise(turn: number) {
  try {
    await Queue.send({ to: "sweep", body: { v: 1, turn }, delay_seconds: DELAY_SECONDS })
  } catch (error) {
    await disarm(turn)
    throw error
  }
}

/** Takes the promise back; false when another chain of sweeps lives. */
async function disarm(turn: number) {
  const rows = await use()
    .update(sweepTable)
    .set({ armed_until: sql`'epoch'::timestamptz` })
    .where(eq(sweepTable.turn, turn))
    .returning({ id: sweepTable.id })
  return rows.length === 1
}

let nudged_at = -Infinity

/** For those who look at open work: heals a chain that broke with the queue, at most once in 10 s a process. */
export async function nudge() {
  if (performance.now() - nudged_at < NUDGE_MS) return
  nudged_at = performance.now()
  await arm()
}

export const forgetNudge = () => void (nudged_at = -Infinity)

export interface Swept {
  relayed: number
  woken: number
  overdue: number
  /** Those whose worker died before it could obey. */
  cancelled: number
  /** Whether anything is open and the next sweep therefore armed. */
  open: boolean
}

/**
 * Sends what was never sent, wakes what nobody attends to, ends what is over its clock, and goes on only while anything
 * is open. Without a message (a start, the net) it begins a new chain. Jobs of types unknown here are left alone:
 * a newer release may know them.
 */
export async function sweep(known: readonly string[], message?: SweepMessage): Promise<Swept | undefined> {
  if (message && !(await disarm(message.turn))) return undefined
  const until = Date.now() + LIMIT_MS
  await Measure.backlog(known)
  const overdue = await endOverdue(known)
  const cancelled = await endCancelled()
  const relayed = await Outbox.relay(until)
  const woken = (await wakeUnattended(known, until)) + (await wakeShards(known, until))
  await prune()
  const open = await isAnythingOpen(known)
  // Only now: whoever created work while we looked saw no promise, and gave one.
  if (open) await arm({ anew: message === undefined })
  const swept = { relayed, woken, overdue, cancelled, open }
  if (relayed || woken || overdue || cancelled) log().info(swept, "sweep")
  return swept
}

/** Decided and written in one statement, so that a job that ends meanwhile is not touched. */
async function wakeUnattended(known: readonly string[], until: number) {
  let woken = 0
  while (Date.now() < until) {
    const unattended = sql`select id from job
      where ${isNotHalted()} and job_type = any(${sql.param([...known])}::text[]) and (
        (status = 'pending' and run_after < now() - interval '10 seconds' and last_sent_at < now() - interval '60 seconds')
        or (status = 'running' and state_detail = 'running' and last_sent_at < now() - ${UNHEARD}
          and (lease_until < now() or (lease_token is null and open_shards = 0))))
      order by id limit ${BATCH} for update skip locked`
    const rows = await use()
      .update(jobTable)
      .set({ last_sent_at: sql`now()` })
      .where(sql`${jobTable.id} in (${unattended})`)
      .returning({ id: jobTable.id, size_class: classDue(jobTable) })
    for (const { id, size_class } of rows) {
      // Not sent means sent again in a minute: the mark above ages.
      await Queue.send({ to: "job", size_class, body: { job_id: id, v: 1 } }).then(
        () => woken++,
        (error: unknown) => log().warn({ err: error, job_id: id }, "a job could not be woken"),
      )
    }
    if (rows.length < BATCH) break
  }
  return woken
}

/** As above. A shard that waits is sent again later than a job: thousands of them may wait for a worker, and do no harm. */
async function wakeShards(known: readonly string[], until: number) {
  let woken = 0
  while (Date.now() < until) {
    const unattended = sql`select shard.id from shard join job on job.id = shard.job_id and job.stage = shard.stage
      where ${isNotHalted()} and job.state_detail = 'running' and job_type = any(${sql.param([...known])}::text[]) and (
        (shard.status = 'pending' and shard.run_after < now() - interval '10 seconds'
          and shard.last_sent_at < now() - interval '3 minutes')
        or (shard.status = 'running' and shard.lease_until < now() and shard.last_sent_at < now() - ${UNHEARD}))
      order by shard.id limit ${BATCH} for update of shard skip locked`
    const rows = await use()
      .update(shardTable)
      .set({ last_sent_at: sql`now()` })
      .where(sql`${shardTable.id} in (${unattended})`)
      .returning({ id: shardTable.id, job_id: shardTable.job_id, size_class: classDue(shardTable) })
    for (const { size_class, batch } of Outbox.batches(rows)) {
      const bodies = batch.map(({ id, job_id }) => ({ job_id, shard_id: id, v: 1 as const }))
      await Queue.send({ to: "shards", size_class, bodies }).then(
        () => void (woken += bodies.length),
        (error: unknown) => log().warn({ err: error, shards: bodies.length }, "shards could not be woken"),
      )
    }
    if (rows.length < BATCH) break
  }
  return woken
}

async function endOverdue(known: readonly string[]) {
  const rows = await use()
    .update(jobTable)
    .set({ ...ended(OVERDUE, "dead"), usage: costWithShards })
    .where(
      and(
        // One that runs by its shards is nobody's, too.
        sql`(${jobTable.status} = 'pending' or (${jobTable.status} = 'running' and ${jobTable.lease_token} is null))`,
        inArray(jobTable.job_type, [...known]),
        lt(jobTable.opened_at, sql`now() - interval '24 hours'`),
      ),
    )
    .returning({ id: jobTable.id })
  for (const { id } of rows) await Measure.ended(id)
  return rows.length
}

async function endCancelled() {
  const rows = await use()
    .update(jobTable)
    .set(ended(CANCELLED, "cancelled"))
    .where(and(eq(jobTable.state_detail, "cancelling"), lt(jobTable.lease_until, sql`now()`)))
    .returning({ id: jobTable.id })
  for (const { id } of rows) await Measure.ended(id, { abandoned: true })
  return rows.length
}

/** Keys are good for a day, sent messages are kept a week for whoever asks what happened. */
async function prune() {
  await use().execute(sql`delete from shard where id in (select shard.id from shard join job on job.id = shard.job_id
    where job.status in ('completed', 'failed') limit 5000)`)
  await use().execute(sql`delete from idempotency_key where id in
    (select id from idempotency_key where created_at < now() - interval '24 hours' limit 1000)`)
  await use().execute(sql`delete from outbox where id in
    (select id from outbox where sent_at < now() - interval '7 days' limit 1000)`)
}

async function isAnythingOpen(known: readonly string[]) {
  const [row] = await use().execute<{ open: boolean }>(sql`select
    exists(select from job where status in ('pending', 'running') and job_type = any(${sql.param([...known])}::text[]))
    or exists(select from ${outboxTable} where sent_at is null and attempts < ${TIRED}) as open`)
  return row!.open
}
