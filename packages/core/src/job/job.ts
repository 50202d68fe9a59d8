import { createHash } from "node:crypto"
import { and, desc, eq, exists, inArray, isNull, or, type Placeholder, type SQL, sql } from "drizzle-orm"
import { z } from "zod"
import { Caller } from "../access/caller.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { belongsToVisible, visible } from "../dataset/visible.ts"
import { built, retrying, transaction, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { FormatType } from "../format/schema.ts"
import { isLimited, wouldFit } from "../usage/budget.ts"
import { quote } from "../usage/quote.ts"
import type { Preview } from "../usage/schema.ts"
import { Cached } from "./cached.ts"
import type { JobDefinition } from "./define.ts"
import { infoColumns, toInfo, versionColumns, versionOf } from "./info.ts"
import { insert } from "./insert.ts"
import { jobTable } from "./job.sql.ts"
import { datasetNotFound } from "./list.ts"
import { jobs, type Registry } from "./registry.ts"
import { type Artifact, isFinished, type JobInfo } from "./schema.ts"
import { Storage } from "./storage.ts"
import { supersede } from "./supersede.ts"
import { Sweep } from "./sweep.ts"

export * as Job from "./job.ts"
export { cancel, retry } from "./control.ts"
export { find, list, listAll } from "./list.ts"
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

const startColumns = { ...Cached.scopeColumns, listing: datasetTable.listing }

const isDataset = (dataset_id: number | Placeholder) => and(eq(datasetTable.id, dataset_id), visible())

/** @throws AppError `job_unsupported` with the reason of the format. */
function mustSupport({ formats }: JobDefinition, format_type: FormatType) {
  const support = formats[format_type]
  if (support !== true) throw new AppError("job_unsupported", support)
}

/**
 * What the job would take and whether that fits into the budgets now. Reads and reserves nothing.
 *
 * @throws AppError as `start` does, but for the budget.
 */
export async function preview(
  dataset_id: number,
  job_type: string,
  params: Record<string, unknown>,
  registry: Registry = jobs,
): Promise<Preview> {
  return retrying(async () => {
    const definition = definitionOf(job_type, registry)
    const [dataset] = await use().select(startColumns).from(datasetTable).where(isDataset(dataset_id))
    if (!dataset) throw datasetNotFound(dataset_id)
    mustSupport(definition, dataset.format_type)
    const { estimate, size_class, micros } = quote(definition, dataset, params)
    return { estimate, size_class, ...(await wouldFit(dataset.tenant_id, micros)) }
  })
}

/**
 * Starts a job, or returns the one that is already open or completed with the same parameters and version, or completed
 * for another dataset of the same commit (`cached_from`). What is open of an older version ends.
 *
 * @throws AppError `not_found` for the dataset or the job type, `job_unsupported` with the reason of the format,
 * `budget_exceeded` with the numbers when what it is estimated to cost does not fit into a budget any more.
 */
export async function start(
  dataset_id: number,
  job_type: string,
  params: Record<string, unknown>,
  registry: Registry = jobs,
): Promise<{ job: JobInfo; created: boolean }> {
  const definition = definitionOf(job_type, registry)
  const wanted = wantedOf(job_type, definition, params)
  const { dataset, same, cached, promised } = await retrying(() => look(dataset_id, wanted))
  mustSupport(definition, dataset.format_type)
  const there =
    (same && (await retrying(() => findSame(dataset_id, wanted)))) ||
    (cached && Cached.isCopied(definition) && (await fromCache(dataset, wanted)))
  if (there) return { job: toInfo(there), created: false }

  if (!promised) await Sweep.arm()
  const write = async () => {
    const row = await insert(dataset, wanted, definition)
    if (row) return { job: toInfo(row), created: true }
    // Somebody else was a moment faster.
    const other = await findSame(dataset_id, wanted)
    if (!other) throw new AppError("unexpected", "The job was neither there nor could it be created.")
    return { job: toInfo(other), created: false }
  }
  // One statement, unless it may have to be taken back.
  return isLimited() ? transaction(write) : retrying(write)
}

/** All that has to be known before a job may be created. */
async function look(dataset_id: number, { job_type, job_version, params_hash }: Cached.Wanted) {
  const [found] = await looking(Caller.isOperator()).execute({
    dataset_id,
    job_type,
    job_version,
    params_hash,
  })
  if (!found) throw datasetNotFound(dataset_id)
  return found
}

/** Who asks is in `visible()`. */
const looking = built((_isOperator: boolean) => {
  const dataset_id = sql.placeholder("dataset_id")
  const same = use()
    .select({ one: sql`1` })
    .from(jobTable)
    .where(isSame(dataset_id, Cached.asked))
  return use()
    .select({
      dataset: startColumns,
      same: exists(same) as SQL<boolean>,
      cached: Cached.isThere(Cached.asked),
      promised: Sweep.isPromised,
    })
    .from(datasetTable)
    .where(isDataset(dataset_id))
    .prepare("look")
})

/** A completed job that shows the result of another dataset of the same commit, if there is one. */
async function fromCache(dataset: Cached.Scope, wanted: Cached.Wanted) {
  return transaction(async () => {
    await Cached.takeTurn(dataset.id)
    const other = await findSame(dataset.id, wanted)
    if (other) return other
    const row = await Cached.copy(dataset, wanted)
    if (row) await supersede(row)
    return row
  })
}

/** What is asked for, as the rows have it. */
export const wantedOf = (
  job_type: string,
  { version }: JobDefinition,
  params: Record<string, unknown>,
): Cached.Wanted => ({ job_type, job_version: version, params, params_hash: hashOf(params) })

/** A partial result is no answer to the same question: whoever asks again wants the rest. */
const isSame = (dataset_id: number | Placeholder, { job_type, job_version, params_hash }: Cached.Asked) =>
  and(
    eq(jobTable.dataset_id, dataset_id),
    eq(jobTable.job_type, job_type),
    eq(jobTable.params_hash, params_hash),
    eq(jobTable.job_version, job_version),
    or(
      inArray(jobTable.status, ["pending", "running"]),
      and(eq(jobTable.status, "completed"), isNull(jobTable.partial)),
    ),
  )

async function findSame(dataset_id: number, wanted: Cached.Wanted) {
  const [row] = await use()
    .select(infoColumns)
    .from(jobTable)
    .where(isSame(dataset_id, wanted))
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

export async function get(dataset_id: number, job_id: number): Promise<JobInfo> {
  const [row] = await retrying(() => use().select(infoColumns).from(jobTable).where(isJob(dataset_id, job_id)))
  if (!row) throw jobNotFound(job_id)
  if (!isFinished(row)) await Sweep.nudge()
  return toInfo(row)
}

/** Changes whenever `get` would answer something else. */
export async function version(dataset_id: number, job_id: number): Promise<string> {
  const [row] = await retrying(() => use().select(versionColumns).from(jobTable).where(isJob(dataset_id, job_id)))
  if (!row) throw jobNotFound(job_id)
  // A poller that is told "unchanged" asks for nothing else.
  if (!isFinished(row)) await Sweep.nudge()
  return `${job_id}.${versionOf(row)}`
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

const jobNotFound = (id: number) => new AppError("not_found", `There is no job ${id} of this dataset.`)

const isJob = (dataset_id: number, job_id: number) =>
  and(eq(jobTable.dataset_id, dataset_id), eq(jobTable.id, job_id), belongsToVisible(dataset_id))
