import { createHash } from "node:crypto"
import { and, desc, eq, exists, inArray, isNull, or, type SQL, sql } from "drizzle-orm"
import { z } from "zod"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { belongsToVisible, visible } from "../dataset/visible.ts"
import { retrying, transaction, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { isLimited, mustFit, today, wouldFit } from "../usage/budget.ts"
import type { FormatType } from "../format/schema.ts"
import { quote } from "../usage/quote.ts"
import type { Preview } from "../usage/schema.ts"
import { Cached } from "./cached.ts"
import type { JobDefinition } from "./define.ts"
import { infoColumns, toInfo, versionColumns, versionOf } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { datasetNotFound } from "./list.ts"
import { Outbox } from "./outbox.ts"
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

const isDataset = (dataset_id: number) => and(eq(datasetTable.id, dataset_id), visible())

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
    (same && (await retrying(() => findSame(dataset_id, wanted)))) || (cached && (await fromCache(dataset, wanted)))
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

/** All that has to be known before a job may be created, in one statement. */
async function look(dataset_id: number, wanted: Cached.Wanted) {
  const same = use()
    .select({ one: sql`1` })
    .from(jobTable)
    .where(isSame(dataset_id, wanted))
  const [found] = await use()
    .select({
      dataset: startColumns,
      same: exists(same) as SQL<boolean>,
      cached: Cached.isThere(wanted),
      promised: Sweep.isPromised,
    })
    .from(datasetTable)
    .where(isDataset(dataset_id))
  if (!found) throw datasetNotFound(dataset_id)
  return found
}

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

type DatasetOfJob = Pick<typeof datasetTable.$inferSelect, "id" | "tenant_id" | "format_type" | "listing">

/**
 * Inserts the job, its reservation and its wake-up call, and ends what is open of an older version: one statement. Undefined
 * when the same job is open already.
 *
 * @throws AppError `budget_exceeded`, which must take the transaction with it.
 */
export async function insert(dataset: DatasetOfJob, wanted: Cached.Wanted, definition: JobDefinition) {
  const { estimate, size_class, micros } = quote(definition, dataset, wanted.params)
  const key = { ...wanted, dataset_id: dataset.id }
  // The parts wait for each other, so that the dataset is locked before any job, as a deletion does.
  const held = use()
    .$with("held")
    .as(
      use().select({ id: datasetTable.id }).from(datasetTable).where(eq(datasetTable.id, dataset.id)).for("key share"),
    )
  const created = use()
    .$with("created")
    .as(
      use()
        .insert(jobTable)
        .values({
          ...key,
          dataset_id: sql`(select id from held)`,
          tenant_id: dataset.tenant_id,
          estimate,
          size_class,
          reserved_micros: micros,
          reserved_on: today(),
        })
        .onConflictDoNothing()
        .returning(),
    )
  const superseded = use()
    .$with("superseded")
    .as(supersede(key, sql`exists(select from created)`))
  const woken = Outbox.waking(created)
  const [row] = await use()
    .with(held, created, superseded, woken)
    .select({ job: infoColumns, message: { id: woken.id, body: woken.body } })
    // Named as the table is, for the columns of its readers.
    .from(use().select().from(created).as("job"))
    .crossJoin(woken)
  if (!row) return undefined
  await mustFit(row.job)
  await Outbox.afterwards(row.message)
  return row.job
}

/** A partial result is no answer to the same question: whoever asks again wants the rest. */
const isSame = (dataset_id: number, { job_type, job_version, params_hash }: Cached.Wanted) =>
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
