import { and, asc, eq, getTableColumns, gt, inArray, type SQL, sql } from "drizzle-orm"
import { retrying, transaction, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { Detected } from "../format/detect.ts"
import type { FormatType } from "../format/schema.ts"
import { toListItem } from "../job/info.ts"
import { cursorId, datasetNotFound, insert, type Page } from "../job/job.ts"
import { jobTable } from "../job/job.sql.ts"
import { Outbox } from "../job/outbox.ts"
import { jobs, type Registry } from "../job/registry.ts"
import { Sweep } from "../job/sweep.ts"
import { datasetTable } from "./dataset.sql.ts"
import { detect, pin, type Pinned } from "./inspect.ts"
import type { Create, DatasetInfo, DatasetState, DatasetStatus, ImportUsage } from "./schema.ts"
import { candidatesFor, countByState, jobsOf, toInfo } from "./state.ts"
import { visible } from "./visible.ts"

export * as Dataset from "./dataset.ts"
export { stats } from "./stats.ts"

const { result: _, ...jobListColumns } = getTableColumns(jobTable)

/**
 * Imports a repository at the commit its revision names now, in the format the adapters recognise, and queues the jobs
 * that every import begins with.
 *
 * @throws AppError `dataset_exists` with `existing_id`; `format_unsupported`; whatever the Hub said.
 */
export async function create(input: Create): Promise<DatasetInfo> {
  const { source, format_type } = input
  if (/^[0-9a-f]{40}$/.test(source.revision)) await refuseKnown(source.repo_id, source.revision, format_type)
  const usage = { requests: 0, bytes: 0, files: 0 }
  const pinned = await pin(input, usage)
  await refuseKnown(pinned.repo_id, pinned.revision, format_type)
  return register(pinned, await detect(pinned, usage))
}

/** Writes down what was found, with its first jobs, in one transaction. */
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
      })
      .onConflictDoNothing()
      .returning()
    if (!row) {
      await refuseKnown(pinned.repo_id, pinned.revision, found.format_type)
      throw new AppError("unexpected", "The dataset was neither there nor could it be created.")
    }
    for (const [job_type, { on_import, formats, version, params }] of Object.entries(registry)) {
      if (!on_import || formats[row.format_type] !== true) continue
      await insert({ dataset_id: row.id, job_type, job_version: version, params: params.parse({}) })
    }
    return toInfo(row, { state: "pending", progress: 0 })
  })
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
      .select({ dataset: datasetTable, state: jobs.state, progress: jobs.progress })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .where(inArray(datasetTable.id, ids))
      .orderBy(asc(datasetTable.id))
    const page = rows.slice(0, limit)
    return {
      rows: page.map(({ dataset, state, progress }) => toInfo(dataset, { state: state!, progress: progress! })),
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
  const { state, progress, open } = await find(id)
  const rows = await retrying(() =>
    use().select(jobListColumns).from(jobTable).where(eq(jobTable.dataset_id, id)).orderBy(asc(jobTable.id)),
  )
  if (open > 0) await Sweep.nudge()
  return { dataset_id: id, status: state, progress, jobs: rows.map(toListItem) }
}

/** Changes whenever `get` or `status` would answer something else. */
export async function version(id: number): Promise<string> {
  const jobs = jobsOf()
  const [row] = await retrying(() =>
    use()
      .select({ edition: jobs.edition, ages: jobs.ages, open: jobs.open })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .where(and(eq(datasetTable.id, id), visible())),
  )
  if (!row) throw datasetNotFound(id)
  // A poller that is told "unchanged" asks for nothing else.
  if (row.open! > 0) await Sweep.nudge()
  return `${id}.${row.edition}.${row.ages}`
}

/** Deletes the dataset and its jobs now, what they wrote to S3 soon. A worker still at it finds its job gone. */
export async function remove(id: number): Promise<void> {
  await Sweep.arm()
  await transaction(async () => {
    const rows = await use().delete(datasetTable).where(eq(datasetTable.id, id)).returning({ id: datasetTable.id })
    if (rows.length === 0) throw datasetNotFound(id)
    await Outbox.deleteObjects(`results/${id}/`)
  })
}

async function find(id: number) {
  const jobs = jobsOf()
  const [row] = await retrying(() =>
    use()
      .select({ dataset: datasetTable, state: jobs.state, progress: jobs.progress, open: jobs.open })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .where(and(eq(datasetTable.id, id), visible())),
  )
  if (!row) throw datasetNotFound(id)
  // An aggregate without groups gives exactly one row, so the join cannot miss.
  return { dataset: row.dataset, state: row.state!, progress: row.progress!, open: row.open! }
}
