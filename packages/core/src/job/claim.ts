import {
  and,
  eq,
  exists,
  getTableColumns,
  inArray,
  isNull,
  lt,
  lte,
  notInArray,
  or,
  type Placeholder,
  sql,
} from "drizzle-orm"
import { config } from "../config.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { built, retrying, transaction, use } from "../db/database.ts"
import type { Card } from "../format/schema.ts"
import { isNotHalted } from "../usage/halt.ts"
import { classDue } from "./class-due.ts"
import type { PinnedDataset } from "./define.ts"
import { CRASHED, ended, MAX_CRASHES, nextEdition, PUTTING_TOGETHER } from "./ending.ts"
import { jobTable } from "./job.sql.ts"
import { isWorking, type Lease, leaseEnd } from "./lease.ts"
import { Measure } from "./measure.ts"
import type { SizeClass } from "./schema.ts"
import { endJobOf, jobIsAt } from "./shard.ts"
import { shardTable } from "./shard.sql.ts"
import { hasRoom, isCapped, takeTurn } from "./slots.ts"
import { upTo } from "./size-class.ts"
import { Sweep } from "./sweep.ts"

type Leased = typeof jobTable | typeof shardTable

// A message may arrive a little early: clocks of queue and database differ.
const isDue = (table: Leased) => lte(table.run_after, sql`now() + interval '1 second'`)
const isDead = (table: Leased) => and(eq(table.status, "running"), lt(table.lease_until, sql`now()`))
const fits = (table: Leased, most: SizeClass) => inArray(classDue(table), upTo(most))
const deathsOf = (table: Leased) => sql`${table.crashes} + (${table.lease_token} is not null)::int`

/** What a claim writes, on a job and on a shard alike. A lease that ran out counts as a death of its holder. */
const taken = (table: Leased, lease_seconds?: number) => ({
  status: "running" as const,
  waits_for_room: false,
  attempt: sql`${table.attempt} + 1`,
  crashes: deathsOf(table),
  size_class: classDue(table),
  heartbeat_at: sql`now()`,
  lease_token: sql`gen_random_uuid()`,
  lease_until: leaseEnd(lease_seconds),
})

/** What a claim gives beside the lease itself, so that nobody has to ask for it. */
export interface Claimed extends Lease {
  dataset: PinnedDataset & { card: Card }
}

const { id, repo_id, revision, format_type, import_usage, card } = datasetTable
const datasetColumns = { id, repo_id, revision, format_type, import_usage, card }

/** What a claim gives back. A query within `returning` sees the row as it was: whether somebody else held it. */
const taking = <Table extends Leased>(table: Table) => ({
  row: getTableColumns(table),
  took_over: sql<boolean>`(select was.lease_token is not null from ${table} as was where was.id = ${table}.id)`,
  promised: Sweep.isPromised,
})

const NO_ROOM = "Waits until something else has ended: as much runs as may."

/**
 * One statement claims. Where there are limits to what may run, those who claim take turns, so that no two count the
 * same free place; who finds none says so before the turn ends, and `passOn` wakes it.
 */
async function inTurn<Row>(
  attempt: () => Promise<Row | undefined>,
  wait: () => PromiseLike<unknown>,
): Promise<Row | undefined> {
  if (!isCapped()) return retrying(attempt)
  return transaction(async () => {
    await takeTurn()
    const row = await attempt()
    if (!row) await wait()
    return row
  })
}

function conditions(id: number | Placeholder, known: readonly string[], most: SizeClass) {
  const isKnown = and(eq(jobTable.id, id), inArray(jobTable.job_type, [...known]))
  // Its last shard has finished: the reduce is next.
  const isReady = and(isWorking, isNull(jobTable.lease_token), eq(jobTable.open_shards, 0))
  return {
    isKnown,
    isGone: and(isWorking, isDead(jobTable)),
    mayBegin: and(isKnown, isNotHalted()),
    isNext: and(or(eq(jobTable.status, "pending"), isReady), isDue(jobTable), fits(jobTable, most)),
  }
}

const isFirst = sql`${jobTable.stage} = 0`

/** With limits, `room` is asked for in a transaction. */
const claiming = built((known: readonly string[], most: SizeClass, lease_seconds: number, isCapped: boolean) => {
  const { isGone, mayBegin, isNext } = conditions(sql.placeholder("id"), known, most)
  const room = isCapped ? hasRoom(sql`${jobTable.tenant_id}`) : undefined
  return use()
    .update(jobTable)
    .set({
      ...taken(jobTable, lease_seconds),
      state_detail: "running",
      progress: sql`case when ${isFirst} then 0 else ${jobTable.progress} end`,
      message: sql`case when ${isFirst} then null else ${PUTTING_TOGETHER} end`,
      started_at: sql`coalesce(${jobTable.started_at}, now())`,
      edition: nextEdition(),
    })
    .from(datasetTable)
    .where(
      and(
        eq(datasetTable.id, jobTable.dataset_id),
        mayBegin,
        or(and(isNext, room), and(isGone, fits(jobTable, most))),
        sql`${deathsOf(jobTable)} < ${MAX_CRASHES}`,
      ),
    )
    .returning({ ...taking(jobTable), dataset: datasetColumns })
    .prepare("claim")
})

/**
 * Takes the job, or returns nothing when it is finished, not due yet, waiting for its shards, unknown to this registry,
 * of a larger class than `most` or in other hands. One guarded UPDATE: of any number of deliveries one wins.
 */
export async function claim(
  id: number,
  known: readonly string[],
  most: SizeClass = "heavy",
): Promise<Claimed | undefined> {
  const claimed = await inTurn(
    async () => {
      const statement = claiming(known, most, config().JOB_LEASE_SECONDS, isCapped())
      const [claimed] = await statement.execute({ id })
      return claimed
    },
    () => {
      const { mayBegin, isNext } = conditions(id, known, most)
      const columns = { waits_for_room: true, message: NO_ROOM, edition: nextEdition() }
      return use().update(jobTable).set(columns).where(and(mayBegin, isNext))
    },
  )
  if (claimed) {
    const { row: job, dataset, took_over, promised } = claimed
    const lease = { job, token: job.lease_token!, dataset }
    Measure.claimed(lease, took_over)
    if (!promised) await Sweep.arm()
    return lease
  }
  const { isKnown, isGone } = conditions(id, known, most)
  const given_up = await use()
    .update(jobTable)
    .set({ ...ended(CRASHED, "dead"), crashes: MAX_CRASHES })
    .where(and(isKnown, isGone, sql`${deathsOf(jobTable)} >= ${MAX_CRASHES}`))
    .returning({ id: jobTable.id })
  if (given_up.length > 0) await Measure.ended(id, { abandoned: true })
  return undefined
}

/** Takes a shard of a job that runs in the shard's stage, as `claim` takes a job. */
export async function claimShard(
  shard_id: number,
  known: readonly string[],
  most: SizeClass = "heavy",
): Promise<Claimed | undefined> {
  const isOurs = and(eq(shardTable.id, shard_id), exists(jobIsAt(known)))
  const mayBegin = and(isOurs, isNotHalted())
  const isNext = and(eq(shardTable.status, "pending"), isDue(shardTable), fits(shardTable, most))
  const claimed = await inTurn(
    async () => {
      const [claimed] = await use()
        .update(shardTable)
        .set(taken(shardTable))
        .where(
          and(
            mayBegin,
            or(
              and(isNext, isCapped() ? hasRoom(sql`${shardTable.tenant_id}`) : undefined),
              and(isDead(shardTable), fits(shardTable, most)),
            ),
            sql`${deathsOf(shardTable)} < ${MAX_CRASHES}`,
          ),
        )
        .returning(taking(shardTable))
      return claimed
    },
    () => use().update(shardTable).set({ waits_for_room: true }).where(and(mayBegin, isNext)),
  )
  if (claimed) {
    const { row: shard, took_over, promised } = claimed
    const [of] = await use()
      .select({ job: getTableColumns(jobTable), dataset: datasetColumns })
      .from(jobTable)
      .innerJoin(datasetTable, eq(datasetTable.id, jobTable.dataset_id))
      .where(eq(jobTable.id, shard.job_id))
    if (!of) return undefined
    const lease = { ...of, shard, token: shard.lease_token! }
    Measure.claimed(lease, took_over)
    if (!promised) await Sweep.arm()
    return lease
  }
  const [dead] = await use()
    .select()
    .from(shardTable)
    .where(and(isOurs, isDead(shardTable), sql`${deathsOf(shardTable)} >= ${MAX_CRASHES}`))
  if (dead && (await endJobOf(dead, CRASHED, "dead"))) {
    await Measure.ended(dead.job_id, { abandoned: true })
  }
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
