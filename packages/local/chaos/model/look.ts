import assert from "node:assert/strict"
import type postgres from "postgres"
import { type Detail, type Job, LEGAL, type Unit, type World, heldIn } from "./state.ts"

interface UnitRow {
  id: number
  status: string
  attempt: number
  tries: number
  crashes: number
  waits: boolean
  token: string | null
  expired: boolean
  due: boolean
}
interface PartRow extends UnitRow {
  stage: number
  ordinal: number
}
export interface JobRow extends UnitRow {
  detail: Detail
  stage: number
  open: number
  progress: number
  done: number
  total: number
  hash: string
  parts: PartRow[]
}

const UNIT = `status, attempt, tries, crashes, waits_for_room as waits, lease_token as token,
  coalesce(lease_until < now(), false) as expired, run_after <= now() + interval '1 second' as due`

/** The jobs of the dataset as they are, with their shards, in one statement. */
export const look = (sql: postgres.Sql, dataset_id: number): Promise<JobRow[]> =>
  sql.unsafe(
    `select id, ${UNIT}, state_detail as detail, stage, open_shards as open, progress, done_weight::int as done,
      total_weight::int as total, md5(job::text) as hash,
      (select coalesce(json_agg(part order by stage, ordinal), '[]') from (
        select id, stage, ordinal, ${UNIT} from shard where shard.job_id = job.id) as part) as parts
    from job where dataset_id = $1 order by id`,
    [dataset_id],
    { prepare: true },
  )

/** What was seen of a job before: its state, and its whole row once it had ended. */
export interface Seen {
  detail: Detail
  end: string | undefined
}

const ofUnit = ({ attempt, tries, crashes, waits, expired, due }: Unit | UnitRow) => ({
  attempt,
  tries,
  crashes,
  waits,
  expired,
  // Whether something that nobody waits for is due is nobody's business.
  due,
})
const statusOf = ({ detail }: Job) =>
  detail === "queued" || detail === "retry_wait"
    ? "pending"
    : detail === "running" || detail === "cancelling"
      ? "running"
      : detail === "completed"
        ? "completed"
        : "failed"

const expected = (job: Job) => ({
  id: job.id,
  status: statusOf(job),
  detail: job.detail,
  stage: job.stage,
  open: job.open,
  progress: job.progress,
  done: job.done,
  total: job.total,
  held: job.held !== undefined,
  ...ofUnit(job),
  parts: job.parts.map((part) => ({
    stage: part.stage,
    ordinal: part.ordinal,
    held: part.held !== undefined,
    ...ofUnit(part),
    status: part.is_done ? "completed" : part.held ? "running" : "pending",
  })),
})
const actual = (row: JobRow) => ({
  id: row.id,
  status: row.status,
  detail: row.detail,
  stage: row.stage,
  open: row.open,
  progress: row.progress,
  done: row.done,
  total: row.total,
  held: row.token !== null,
  ...ofUnit(row),
  parts: row.parts.map((part) => ({
    stage: part.stage,
    ordinal: part.ordinal,
    held: part.token !== null,
    ...ofUnit(part),
    status: part.status,
  })),
})

/** Throws unless the rows are what the model says, came there legally, and what had ended is untouched. */
export function compare(world: World, rows: JobRow[], seen: Map<number, Seen>) {
  assert.deepEqual(rows.map(actual), world.jobs.map(expected))
  for (const { id, detail, hash, progress, status } of rows) {
    const before = seen.get(id)
    if (before && before.detail !== detail) {
      assert.ok((LEGAL[before.detail] as readonly string[]).includes(detail), `${before.detail} became ${detail}`)
    }
    if (before?.end !== undefined && before.detail === detail) assert.equal(hash, before.end, "an end was changed")
    assert.equal(progress === 100, status === "completed", "100 % is for what is completed")
    seen.set(id, { detail, end: status === "completed" || status === "failed" ? hash : undefined })
  }
  assert.ok(world.cap === undefined || heldIn(world) <= world.cap, "more runs than may")
}
