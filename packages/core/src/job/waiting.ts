import { sql } from "drizzle-orm"
import type { JobRow } from "./info.ts"
import type { Waiting } from "./schema.ts"

/** Counting stops here: nobody who waits behind so many cares how many more there are. */
const MOST = 1000

/** What the database adds to a pending row so that it can be said why it waits; null for any other. */
export interface Wait {
  /** The operator's reason, while all work is paused. */
  halted: string | null
  is_due: boolean
  /** Pending jobs of the same size class that are due earlier: exact below 20, then in steps of 10 and of 100, so that a reader's ETag holds while a long queue moves. */
  before: number
}

// Qualified by hand: in a select of one table drizzle names columns bare, and these would then mean the inner table.
const before = sql`(select case when n < 20 then n when n < 100 then n / 10 * 10 else n / 100 * 100 end
  from (select count(*) as n from (select from job as other
    where other.status = 'pending' and other.size_class = job.size_class
      and other.run_after <= job.run_after and (other.run_after, other.id) < (job.run_after, job.id)
    order by other.run_after limit ${sql.raw(String(MOST))}) as ahead) as counted)`

/**
 * A column of every read of jobs, counted along the index of pending jobs, and only for those that are. The order says so to the
 * planner: for a limit alone it reads the table from its start, which takes long for who has nobody before him.
 */
export const wait = sql<Wait | null>`case when job.status = 'pending' then jsonb_build_object(
  'halted', (select reason from halt), 'is_due', job.run_after <= now(), 'before', ${before}) end`

/** Why a pending job does not run; null for one that does, or has. */
export function waitingOf({
  wait,
  waits_for_room,
  run_after,
}: Pick<JobRow, "waits_for_room" | "run_after"> & { wait: Wait | null }): Waiting | null {
  if (!wait) return null
  const { halted, is_due, before } = wait
  if (halted !== null) {
    return { reason: "halted", position: null, detail: `The operator has paused all work: ${halted}` }
  }
  if (!is_due) {
    return { reason: "retry", position: null, detail: `It is tried again at ${run_after.toISOString()}.` }
  }
  if (waits_for_room) {
    return { reason: "room", position: null, detail: "As much runs as may: it starts when something else has ended." }
  }
  if (before >= MOST) return { reason: "queue", position: null, detail: "More than 1,000 jobs are before it." }
  if (before >= 20) return { reason: "queue", position: before, detail: `About ${before} jobs are before it.` }
  const detail = before === 0 ? "It is next." : before === 1 ? "One job is before it." : `${before} jobs are before it.`
  return { reason: "queue", position: before + 1, detail }
}
