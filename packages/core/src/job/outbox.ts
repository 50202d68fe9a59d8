import { eq, type Placeholder, type SQL, sql, type WithSubquery } from "drizzle-orm"
import { jsonText } from "../db/columns.ts"
import { afterCommit, built, use } from "../db/database.ts"
import { ids, log, withIds } from "../log.ts"
import { Cached } from "./cached.ts"
import { jobTable, outboxTable } from "./job.sql.ts"
import { Queue } from "./queue.ts"
import type { JobMessage, SizeClass } from "./schema.ts"
import { shardTable } from "./shard.sql.ts"
import { Storage } from "./storage.ts"

export * as Outbox from "./outbox.ts"

type Row = typeof outboxTable.$inferSelect
/** What it takes to send one. */
type Message = Pick<Row, "id" | "kind" | "body">

/** The writer sends at once; the relay leaves it this long before it does so too. */
const DIRECT_MS = 15_000
const BATCH = 50

/** Wakes a worker for a job once the surrounding transaction has committed, no sooner than `delay_ms` from now. */
export async function wake(job_id: number, delay_ms = 0, shard_id?: number) {
  const body = { job_id, ...(shard_id ? { shard_id } : {}), at: Date.now() + delay_ms, ...trace() }
  const row = await put("job", sized(body), DIRECT_MS)
  await afterCommit(() => deliver(row))
}

/**
 * The same as a part of the statement that creates the job, whose row is `created`: `body_now` is to be `bodyNow()`, and what the
 * part gives is to be handed to `afterwards`.
 */
export const waking = (created: WithSubquery, body_now: Placeholder) => {
  const { id, body } = outboxTable
  return use().$with("woken", { id, body }).as(sql`insert into outbox (kind, body, not_before)
      select 'job', ${body_now}::jsonb || jsonb_build_object('job_id', id, 'size_class', size_class),
        ${graceEnd(DIRECT_MS)}
      from ${created} returning id, body`)
}

/** All that is known of the message before its job is there. */
export const bodyNow = () => jsonText({ at: Date.now(), ...trace() })

/** Sends what `waking` wrote once the surrounding transaction has committed, or now. */
export const afterwards = ({ id, body }: Pick<Row, "id" | "body">) =>
  afterCommit(() => deliver({ id, kind: "job", body }))

/** Whose work this is, for the logs of whoever goes on with it. */
function trace() {
  const { request_id, traceparent } = ids()
  return { ...(request_id && { request_id }), ...(traceparent && { traceparent }) }
}

/** With the class that the row has now: read by the statement that writes the message, so that nobody can be wrong about it. */
function sized(body: { job_id: number; shard_id?: number }) {
  const { job_id, shard_id } = body
  const [table, id] = shard_id === undefined ? [jobTable, job_id] : [shardTable, shard_id]
  const size_class = sql`(select size_class from ${table} where id = ${id})`
  return sql`${jsonText(body)}::jsonb || jsonb_build_object('size_class', ${size_class})`
}

/** The most SQS takes in one call. */
const SEND_BATCH = 10

/** Wakes workers for shards of a job once the surrounding transaction has committed, ten in a message to the queue. */
export async function wakeShards(job_id: number, shards: { id: number; size_class: SizeClass }[]) {
  const at = Date.now()
  const bodies = batches(shards).map(({ size_class, batch }) => ({
    job_id,
    shards: batch.map(({ id }) => id),
    size_class,
    at,
    ...trace(),
  }))
  if (bodies.length === 0) return
  const not_before = graceEnd(DIRECT_MS)
  const rows = await use()
    .insert(outboxTable)
    .values(bodies.map((body) => ({ kind: "job" as const, body, not_before })))
    .returning()
  await afterCommit(() => deliverAll(rows))
}

/** What may go in one call: ten at most, all of one class. */
export const batches = <Each extends { size_class: SizeClass }>(all: Each[]) =>
  Object.entries(Object.groupBy(all, (each) => each.size_class)).flatMap(([size_class, ofClass]) =>
    Array.from({ length: Math.ceil(ofClass.length / SEND_BATCH) }, (_, at) => ({
      size_class: size_class as SizeClass,
      batch: ofClass.slice(at * SEND_BATCH, (at + 1) * SEND_BATCH),
    })),
  )

/**
 * Deletes the objects below each prefix some time after the commit; the sweep does it. Files that a job of another dataset
 * of `commit` shows by then stay: its own deletion asks for them again.
 */
export async function deleteObjects(prefixes: string[], commit?: Commit) {
  const of = commit && { repo_id: commit.repo_id, revision: commit.revision }
  const rows = prefixes.map((prefix) => ({ kind: "delete_objects" as const, body: { prefix, ...of } }))
  await use().insert(outboxTable).values(rows)
}

type Commit = Parameters<typeof Cached.shownBelow>[1]

const graceEnd = (ms: number) => sql`now() + ${ms} * interval '1 millisecond'`

async function put(kind: Row["kind"], body: Row["body"] | SQL, grace_ms: number): Promise<Row> {
  const not_before = graceEnd(grace_ms)
  const [row] = await use().insert(outboxTable).values({ kind, body, not_before }).returning()
  return row!
}

/** Sends what is due and unsent, batch by batch until nothing is or `until` (ms since epoch) is past. */
export async function relay(until: number) {
  let relayed = 0
  while (Date.now() < until) {
    const rows = await take()
    if (rows.length === 0) break
    for (const row of rows) {
      try {
        await deliver(row)
        relayed++
      } catch (error) {
        // It is due again in half a minute; the rows behind it need not wait for that.
        log().warn({ err: error, ...whose(row), attempts: row.attempts }, "an outbox row could not be sent")
      }
    }
  }
  return relayed
}

/** Makes a batch ours for half a minute in one statement: no transaction stays open while we talk to the queue. */
async function take(): Promise<Row[]> {
  const due = sql`select id from outbox where sent_at is null and not_before <= now()
    order by id limit ${BATCH} for update skip locked`
  return use()
    .update(outboxTable)
    .set({
      attempts: sql`${outboxTable.attempts} + 1`,
      not_before: sql`now() + least(${outboxTable.attempts} + 1, 20) * interval '30 seconds'`,
    })
    .where(sql`${outboxTable.id} in (${due})`)
    .returning()
}

/** In the log under whose work it is: the relay sends for everybody. */
const deliver = (row: Message) =>
  withIds(whose(row), async () => {
    await carryOut(row)
    await marking().execute({ id: row.id })
    log().info({ kind: row.kind, shards: row.body.shards }, "sent")
  })

const marking = built(() =>
  use()
    .update(outboxTable)
    .set({ sent_at: sql`now()` })
    .where(eq(outboxTable.id, sql.placeholder("id")))
    .prepare("mark"),
)

/** Ten at once: the messages of a thousand shards must not all want a connection in one moment. Where one fails, the rest is the relay's, too. */
async function deliverAll(rows: Message[]) {
  for (let from = 0; from < rows.length; from += SEND_BATCH) {
    await Promise.all(rows.slice(from, from + SEND_BATCH).map(deliver))
  }
}

function whose({ id, body }: Message) {
  const { job_id, shard_id, request_id, traceparent } = body as Partial<JobMessage>
  return {
    outbox_id: id,
    ...(job_id && { job_id }),
    ...(shard_id && { shard_id }),
    ...(request_id && { request_id }),
    ...(traceparent && { traceparent }),
  }
}

type JobBody = Omit<JobMessage, "v"> & { at: number; shards?: number[]; size_class?: SizeClass }

async function carryOut({ kind, body }: Message) {
  if (kind === "delete_objects") {
    const { prefix, repo_id, revision } = body as { prefix: string } & Partial<Commit>
    // What names no commit was never published, or is of a release that lent nothing.
    const kept = repo_id && revision ? await Cached.shownBelow(prefix, { repo_id, revision }) : []
    return Storage.removeAll(prefix, kept)
  }
  const { at, shards, size_class: said, ...wanted } = body as unknown as JobBody
  // The release before classes wrote none; a worker that is too small passes it on.
  const size_class = said ?? "light"
  if (shards) {
    const bodies = shards.map((shard_id) => ({ ...wanted, shard_id, v: 1 as const }))
    return Queue.send({ to: "shards", size_class, bodies })
  }
  await Queue.send({
    to: "job",
    size_class,
    body: { ...wanted, v: 1 },
    delay_seconds: Math.max(0, (at - Date.now()) / 1000),
  })
}
