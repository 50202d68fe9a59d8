import { createHash } from "node:crypto"
import { and, asc, desc, eq, getTableColumns, gt, inArray, sql } from "drizzle-orm"
import { z } from "zod"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { belongsToVisible, visible } from "../dataset/visible.ts"
import { retrying, transaction, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { JobDefinition } from "./define.ts"
import { pollAfter, toInfo, toListItem } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { Outbox } from "./outbox.ts"
import { jobs, type Registry } from "./registry.ts"
import { type Artifact, isFinished, type JobInfo, type JobListItem } from "./schema.ts"
import { Storage } from "./storage.ts"
import { Sweep } from "./sweep.ts"

export * as Job from "./job.ts"
export { cancel, retry } from "./control.ts"
export { claim, claimShard } from "./claim.ts"
export {
  complete,
  crashed,
  deliver,
  endIfCancelled,
  fail,
  handBack,
  heartbeat,
  type Lease,
  openStage,
  progress,
} from "./lease.ts"

const SIGNED_SECONDS = 300

const { result: _, ...listColumns } = getTableColumns(jobTable)

export interface Page {
  skip: number
  limit: number
  /** `next_cursor` of the page before; wins over `skip`. */
  cursor?: string | undefined
}

/**
 * Starts a job, or returns the one that is already open or completed with the same parameters and version.
 *
 * @throws AppError `not_found` for the dataset or the job type, `job_unsupported` with the reason of the format.
 */
export async function start(
  dataset_id: number,
  job_type: string,
  params: Record<string, unknown>,
  registry: Registry = jobs,
): Promise<{ job: JobInfo; created: boolean }> {
  const definition = definitionOf(job_type, registry)
  const { format_type } = datasetTable
  const [dataset] = await retrying(() =>
    use().select({ format_type }).from(datasetTable).where(eq(datasetTable.id, dataset_id)),
  )
  if (!dataset) throw datasetNotFound(dataset_id)
  const support = definition.formats[dataset.format_type]
  if (support !== true) throw new AppError("job_unsupported", support)

  const there = await retrying(() => findSame(dataset_id, job_type, params, definition.version))
  if (there) return { job: toInfo(there), created: false }

  await Sweep.arm()
  return transaction(async () => {
    const row = await insert({ dataset_id, job_type, job_version: definition.version, params })
    if (row) return { job: toInfo(row), created: true }
    // Somebody else was a moment faster.
    const other = await findSame(dataset_id, job_type, params, definition.version)
    if (!other) throw new AppError("unexpected", "The job was neither there nor could it be created.")
    return { job: toInfo(other), created: false }
  })
}

/** Inserts the job and its wake-up call into the transaction at hand; undefined when the same job is open already. */
export async function insert(job: {
  dataset_id: number
  job_type: string
  job_version: number
  params: Record<string, unknown>
}) {
  const [row] = await use()
    .insert(jobTable)
    .values({ ...job, params_hash: hashOf(job.params) })
    .onConflictDoNothing()
    .returning()
  if (row) await Outbox.wake(row.id)
  return row
}

async function findSame(dataset_id: number, job_type: string, params: Record<string, unknown>, version: number) {
  const [row] = await use()
    .select()
    .from(jobTable)
    .where(
      and(
        eq(jobTable.dataset_id, dataset_id),
        eq(jobTable.job_type, job_type),
        eq(jobTable.params_hash, hashOf(params)),
        eq(jobTable.job_version, version),
        inArray(jobTable.status, ["pending", "running", "completed"]),
      ),
    )
    .orderBy(desc(jobTable.created_at), desc(jobTable.id))
    .limit(1)
  return row
}

/** The same for the same parameters in any order of their keys. */
export const hashOf = (params: Record<string, unknown>) =>
  createHash("sha256").update(JSON.stringify(params, sortKeys)).digest("hex")

const sortKeys = (_: string, value: unknown) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** Jobs of a dataset by id, without their results. */
export async function list(
  dataset_id: number,
  { skip, limit, cursor }: Page = { skip: 0, limit: 100 },
): Promise<{ rows: JobListItem[]; total: number; next_cursor: string | null }> {
  return retrying(async () => {
    const [counted] = await use()
      .select({ total: sql<number>`count(${jobTable.id})::int` })
      .from(datasetTable)
      .leftJoin(jobTable, eq(jobTable.dataset_id, datasetTable.id))
      .where(and(eq(datasetTable.id, dataset_id), visible()))
      .groupBy(datasetTable.id)
    if (!counted) throw datasetNotFound(dataset_id)
    const after = cursor === undefined ? undefined : gt(jobTable.id, cursorId(cursor))
    const rows = await use()
      .select(listColumns)
      .from(jobTable)
      .where(and(eq(jobTable.dataset_id, dataset_id), after))
      .orderBy(asc(jobTable.id))
      .offset(after ? 0 : skip)
      .limit(limit + 1)
    const page = rows.slice(0, limit)
    const next_cursor = rows.length > limit ? String(page.at(-1)!.id) : null
    return { rows: page.map(toListItem), total: counted.total, next_cursor }
  })
}

export async function get(dataset_id: number, job_id: number): Promise<JobInfo> {
  const [row] = await retrying(() => use().select().from(jobTable).where(isJob(dataset_id, job_id)))
  if (!row) throw jobNotFound(job_id)
  if (!isFinished(row)) await Sweep.nudge()
  return toInfo(row)
}

/** Changes whenever `get` would answer something else. */
export async function version(dataset_id: number, job_id: number): Promise<string> {
  const { edition, status, opened_at } = jobTable
  const columns = { edition, status, opened_at }
  const [row] = await retrying(() => use().select(columns).from(jobTable).where(isJob(dataset_id, job_id)))
  if (!row) throw jobNotFound(job_id)
  // A poller that is told "unchanged" asks for nothing else.
  if (!isFinished(row)) await Sweep.nudge()
  return `${job_id}.${row.edition}.${pollAfter(row)}`
}

/** The files of a finished job, each with an address that fetches it for five minutes. */
export async function artifacts(dataset_id: number, job_id: number): Promise<Artifact[]> {
  const columns = { artifacts: jobTable.artifacts }
  const [row] = await retrying(() => use().select(columns).from(jobTable).where(isJob(dataset_id, job_id)))
  if (!row) throw jobNotFound(job_id)
  return Promise.all(
    row.artifacts.map(async ({ key, ...artifact }) => ({
      ...artifact,
      url: await Storage.sign(key, { seconds: SIGNED_SECONDS, media_type: artifact.media_type, name: artifact.name }),
    })),
  )
}

/** Per job type the JSON Schema of its parameters, and in `x-formats` which formats it takes or why not. */
export const schemas = (registry: Registry = jobs): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(registry).map(([type, { title, description, params, version, formats }]) => [
      type,
      { ...z.toJSONSchema(params, { io: "input" }), title, description, "x-formats": formats, "x-version": version },
    ]),
  )

/** @throws AppError `not_found` for a job type that is not in the registry. */
export function definitionOf(job_type: string, registry: Registry = jobs): JobDefinition {
  const definition = Object.hasOwn(registry, job_type) ? registry[job_type] : undefined
  if (definition) return definition
  throw new AppError("not_found", `There is no job type "${job_type.slice(0, 64)}".`, {
    user_action: `Choose one of: ${Object.keys(registry).join(", ")}.`,
  })
}

/** @throws AppError `invalid_params` for a cursor that we never gave out. */
export function cursorId(cursor: string) {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new AppError("invalid_params", "This cursor is not one of ours: take it from the Link header.")
}

export const datasetNotFound = (id: number) => new AppError("not_found", `There is no dataset ${id}.`)
const jobNotFound = (id: number) => new AppError("not_found", `There is no job ${id} of this dataset.`)

const isJob = (dataset_id: number, job_id: number) =>
  and(eq(jobTable.dataset_id, dataset_id), eq(jobTable.id, job_id), belongsToVisible(dataset_id))
