import { and, asc, eq, gt, type SQL, sql } from "drizzle-orm"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { belongsToVisible, visible } from "../dataset/visible.ts"
import { retrying, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { listColumns, stale as isStale, toListItem } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import type { JobListItem, StateDetail, Status } from "./schema.ts"

export interface Page {
  skip: number
  limit: number
  /** `next_cursor` of the page before; wins over `skip`. */
  cursor?: string | undefined
}

interface Found {
  rows: JobListItem[]
  total: number
  next_cursor: string | null
}

/** Jobs of a dataset by id, without their results. */
export async function list(dataset_id: number, page: Page = { skip: 0, limit: 100 }): Promise<Found> {
  return retrying(async () => {
    const [counted] = await use()
      .select({ total: sql<number>`count(${jobTable.id})::int` })
      .from(datasetTable)
      .leftJoin(jobTable, eq(jobTable.dataset_id, datasetTable.id))
      .where(and(eq(datasetTable.id, dataset_id), visible()))
      .groupBy(datasetTable.id)
    if (!counted) throw datasetNotFound(dataset_id)
    return { ...(await cut(eq(jobTable.dataset_id, dataset_id), page)), total: counted.total }
  })
}

export interface Filters {
  status?: Status | undefined
  state_detail?: StateDetail | undefined
  job_type?: string | undefined
  /** Results of an older version which nobody has computed again. */
  stale?: true | undefined
}

const isReplaced = sql`exists(select from job as newer where newer.status = 'completed'
  and newer.dataset_id = job.dataset_id and newer.job_type = job.job_type and newer.params_hash = job.params_hash
  and newer.job_version > job.job_version)`

/** Jobs of every dataset that the caller may know of, by id, without their results. */
export async function listAll({ status, state_detail, job_type, stale }: Filters, page: Page): Promise<Found> {
  const wanted = and(
    status && eq(jobTable.status, status),
    state_detail && eq(jobTable.state_detail, state_detail),
    job_type === undefined ? undefined : eq(jobTable.job_type, job_type),
    stale && and(isStale, sql`not ${isReplaced}`),
    belongsToVisible(sql`${jobTable.dataset_id}`),
  )
  return retrying(async () => {
    const [counted] = await use()
      .select({ total: sql<number>`count(*)::int` })
      .from(jobTable)
      .where(wanted)
    return { ...(await cut(wanted, page)), total: counted!.total }
  })
}

/** A job by its id alone, for whoever read the id in a log. */
export async function find(job_id: number): Promise<JobListItem> {
  const [row] = await retrying(() =>
    use()
      .select(listColumns)
      .from(jobTable)
      .where(and(eq(jobTable.id, job_id), belongsToVisible(sql`${jobTable.dataset_id}`))),
  )
  if (!row) throw new AppError("not_found", `There is no job ${job_id}.`)
  return toListItem(row)
}

async function cut(wanted: SQL | undefined, { skip, limit, cursor }: Page) {
  const after = cursor === undefined ? undefined : gt(jobTable.id, cursorId(cursor))
  const rows = await use()
    .select(listColumns)
    .from(jobTable)
    .where(and(wanted, after))
    .orderBy(asc(jobTable.id))
    .offset(after ? 0 : skip)
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  return { rows: page.map(toListItem), next_cursor: rows.length > limit ? String(page.at(-1)!.id) : null }
}

/** @throws AppError `invalid_params` for a cursor that we never gave out. */
export function cursorId(cursor: string) {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new AppError("invalid_params", "This cursor is not one of ours: take it from the Link header.")
}

export const datasetNotFound = (id: number) => new AppError("not_found", `There is no dataset ${id}.`)
