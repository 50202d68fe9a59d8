import { and, asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm"
import type { Validation, Verdict } from "../check/schema.ts"
import { retrying, transaction, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { Detected } from "../format/detect.ts"
import type { DatasetMetadata, FormatType } from "../format/schema.ts"
import { Cached } from "../job/cached.ts"
import { listColumns, toListItem } from "../job/info.ts"
import { insert } from "../job/insert.ts"
import { wantedOf } from "../job/job.ts"
import { jobTable } from "../job/job.sql.ts"
import { cursorId, datasetNotFound, type Page } from "../job/list.ts"
import { Outbox } from "../job/outbox.ts"
import { jobs, type Registry } from "../job/registry.ts"
import { Sweep } from "../job/sweep.ts"
import { datasetTable } from "./dataset.sql.ts"
import { detect, pin, type Pinned, withRefs } from "./inspect.ts"
import type { Create, DatasetInfo, DatasetState, DatasetStatus, ImportUsage } from "./schema.ts"
import { candidatesFor, countByState, jobsOf, type Row, toInfo } from "./state.ts"
import { visible } from "./visible.ts"

export * as Dataset from "./dataset.ts"
export { stats } from "./stats.ts"

/**
 * Imports a repository at the commit its revision names now, in the format the adapters recognise, and queues the jobs
 * that every import begins with.
 *
 * @throws AppError `dataset_exists` with `existing_id`; `format_unsupported`; `budget_exceeded`; whatever the Hub said.
 */
export async function create(input: Create): Promise<DatasetInfo> {
  const { source, format_type } = input
  if (/^[0-9a-f]{40}$/.test(source.revision)) await refuseKnown(source.repo_id, source.revision, format_type)
  const usage = { requests: 0, bytes: 0, files: 0 }
  const pinned = await pin(input, usage)
  await refuseKnown(pinned.repo_id, pinned.revision, format_type)
  const known = await withRefs(pinned, usage)
  return register(known, await detect(known, usage))
}

/**
 * Writes down what was found, with the jobs that an import queues, in one transaction. What another dataset of the commit has
 * is there at once.
 */
export async function register(
  pinned: Pinned,
  found: Detected & { import_usage: ImportUsage },
  registry: Registry = jobs,
): Promise<DatasetInfo> {
  await Sweep.arm()
  return transaction(async () => {
    const [row] = await use()
      .insert(datasetTable)
      .values({
        ...pinned,
        format_type: found.format_type,
        format_version: found.version,
        format_reason: found.reason,
        import_usage: found.import_usage,
        listing: found.listing,
      })
      .onConflictDoNothing()
      .returning()
    if (!row) {
      await refuseKnown(pinned.repo_id, pinned.revision, found.format_type)
      throw new AppError("unexpected", "The dataset was neither there nor could it be created.")
    }
    const { metadata, verdict, open } = await firstJobs(row, registry)
    return toInfo(
      metadata === undefined ? row : { ...row, dataset_metadata: metadata },
      open > 0 ? { state: "pending", progress: 0, verdict } : { state: "completed", progress: 100, verdict },
    )
  })
}

/** Queues the jobs of an import, or copies their results where there are any. */
async function firstJobs(dataset: Row, registry: Registry) {
  let metadata: DatasetMetadata | undefined
  let verdict: Verdict | null = null
  let open = 0
  for (const [job_type, definition] of Object.entries(registry)) {
    if (!definition.on_import || definition.formats[dataset.format_type] !== true) continue
    const wanted = wantedOf(job_type, definition, definition.params.parse({}))
    const copy = Cached.isCopied(definition) ? await Cached.copy(dataset, wanted) : undefined
    if (copy === undefined) open++
    if (copy === undefined) await insert(dataset, wanted, definition)
    else if (job_type === "metadata_extraction") metadata = copy.result as DatasetMetadata
    else if (job_type === "validation") verdict = (copy.result as Validation).verdict
  }
  return { metadata, verdict, open }
}

/** A commit never changes, so what `auto` found before it would find again: no need to ask the Hub. */
async function refuseKnown(repo_id: string, revision: string, wanted: Create["format_type"]) {
  const [row] = await use()
    .select({ id: datasetTable.id, format_type: datasetTable.format_type })
    .from(datasetTable)
    .where(
      and(
        eq(datasetTable.repo_id, repo_id),
        eq(datasetTable.revision, revision),
        wanted === "auto" ? eq(datasetTable.requested_format, "auto") : eq(datasetTable.format_type, wanted),
      ),
    )
    .limit(1)
  if (!row) return
  throw new AppError("dataset_exists", `${repo_id} is already imported at this commit as ${row.format_type}.`, {
    user_action: "Use the dataset there is (existing_id), or import another revision or format.",
    extra: { existing_id: row.id },
  })
}

export interface ListOptions extends Page {
  repo_id?: string | undefined
  /** The commit, or the branch or tag that was asked for. */
  revision?: string | undefined
  status?: DatasetState | undefined
  format_type?: FormatType | undefined
}

/** Datasets by id. */
export async function list({ skip, limit, cursor, repo_id, revision, status, format_type }: ListOptions) {
  return retrying(async () => {
    const jobs = jobsOf()
    const filters = [
      visible(),
      repo_id === undefined ? undefined : eq(datasetTable.repo_id, repo_id),
      revision === undefined
        ? undefined
        : sql`(${datasetTable.revision} = ${revision} or ${datasetTable.requested_revision} = ${revision})`,
      format_type === undefined ? undefined : eq(datasetTable.format_type, format_type),
    ]
    const wanted = and(...filters)
    const total = status === undefined ? await countOf(wanted) : (await countByState(wanted))[status]

    const after = cursor === undefined ? undefined : gt(datasetTable.id, cursorId(cursor))
    const window = { offset: after ? 0 : skip, limit: limit + 1 }
    const ids = await (status === undefined
      ? pageOf(and(wanted, after), window)
      : pageIn(status, and(wanted, after), window))
    const rows = await use()
      .select({ dataset: datasetTable, state: jobs.state, progress: jobs.progress, verdict: jobs.verdict })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .where(inArray(datasetTable.id, ids))
      .orderBy(asc(datasetTable.id))
    const page = rows.slice(0, limit)
    return {
      rows: page.map(({ dataset, state, progress, verdict }) =>
        toInfo(dataset, { state: state!, progress: progress!, verdict }),
      ),
      total,
      next_cursor: rows.length > limit ? String(page.at(-1)!.dataset.id) : null,
    }
  })
}

interface Window {
  offset: number
  limit: number
}

/** The page is cut before the jobs are asked: skipping a thousand datasets must not ask about the jobs of each. */
async function pageOf(wanted: SQL | undefined, { offset, limit }: Window) {
  const { id } = datasetTable
  const rows = await use().select({ id }).from(datasetTable).where(wanted).orderBy(asc(id)).offset(offset).limit(limit)
  return rows.map((row) => row.id)
}

async function pageIn(state: DatasetState, wanted: SQL | undefined, { offset, limit }: Window) {
  const { id } = datasetTable
  const jobs = jobsOf()
  const rows = await use()
    .select({ id })
    .from(datasetTable)
    .leftJoinLateral(jobs, sql`true`)
    .where(and(wanted, candidatesFor(state), eq(jobs.state, state)))
    .orderBy(asc(id))
    .offset(offset)
    .limit(limit)
  return rows.map((row) => row.id)
}

async function countOf(wanted: SQL | undefined) {
  const [row] = await use()
    .select({ n: sql<number>`count(*)::int` })
    .from(datasetTable)
    .where(wanted)
  return row!.n
}

export async function get(id: number): Promise<DatasetInfo> {
  const found = await find(id)
  return toInfo(found.dataset, found)
}

export async function status(id: number): Promise<DatasetStatus> {
  // The jobs first: of two that end one after the other, whoever sees both ended must find the dataset's state so, too.
  const rows = await retrying(() =>
    use().select(listColumns).from(jobTable).where(eq(jobTable.dataset_id, id)).orderBy(asc(jobTable.id)),
  )
  const { state, progress, open } = await find(id)
  if (open > 0) await Sweep.nudge()
  return { dataset_id: id, status: state, progress, jobs: rows.map(toListItem) }
}

/** Changes whenever `get` or `status` would answer something else. */
export async function version(id: number): Promise<string> {
  const jobs = jobsOf()
  const [row] = await retrying(() =>
    use()
      .select({ edition: jobs.edition, ages: jobs.ages, open: jobs.open, around: jobs.around })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .where(and(eq(datasetTable.id, id), visible())),
  )
  if (!row) throw datasetNotFound(id)
  // A poller that is told "unchanged" asks for nothing else.
  if (row.open! > 0) await Sweep.nudge()
  return `${id}.${row.edition}.${row.ages}.${row.around}`
}

/**
 * Deletes the dataset and its jobs now; soon what they wrote to S3, and what they showed of others who are gone, but for
 * files that a job still shows. A worker still at it finds its job gone.
 */
export async function remove(id: number): Promise<void> {
  await Sweep.arm()
  await transaction(async () => {
    const { repo_id, revision } = datasetTable
    const isIt = eq(datasetTable.id, id)
    // Nobody gives it another job, and with that other files, from here on.
    const [row] = await use().select({ repo_id, revision }).from(datasetTable).where(isIt).for("update")
    if (!row) throw datasetNotFound(id)
    const borrowed = await Cached.borrowedBy(id)
    await use().delete(datasetTable).where(isIt)
    await Outbox.deleteObjects([`results/${id}/`, ...borrowed], row)
  })
}

async function find(id: number) {
  const jobs = jobsOf()
  const [row] = await retrying(() =>
    use()
      .select({
        dataset: datasetTable,
        state: jobs.state,
        progress: jobs.progress,
        verdict: jobs.verdict,
        open: jobs.open,
      })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .where(and(eq(datasetTable.id, id), visible())),
  )
  if (!row) throw datasetNotFound(id)
  // An aggregate without groups gives exactly one row, so the join cannot miss.
  const { dataset, state, progress, verdict, open } = row
  return { dataset, state: state!, progress: progress!, verdict, open: open! }
}
