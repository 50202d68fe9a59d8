import { and, asc, eq, exists, isNull, ne, type Placeholder, type SQL, sql } from "drizzle-orm"
import { alias, type AnyPgColumn } from "drizzle-orm/pg-core"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { use } from "../db/database.ts"
import type { DatasetMetadata } from "../format/schema.ts"
import type { JobDefinition } from "./define.ts"
import { infoColumns } from "./info.ts"
import { jobTable } from "./job.sql.ts"

export * as Cached from "./cached.ts"

type DatasetRow = typeof datasetTable.$inferSelect

/** Which results are the same as those of a dataset: everything a result depends on, and who may see it. */
export type Scope = Pick<
  DatasetRow,
  "id" | "tenant_id" | "source_type" | "repo_id" | "revision" | "format_type" | "access"
>

/** What was asked for, with the hash of its parameters. */
export interface Wanted {
  job_type: string
  job_version: number
  params: Record<string, unknown>
  params_hash: string
}

/** What of it a job is found by: values, or `asked`. */
export type Asked = { [Name in keyof typeof asked]: Wanted[Name] | Placeholder }

/** The same as the placeholders of a statement. */
export const asked = {
  job_type: sql.placeholder("job_type"),
  job_version: sql.placeholder("job_version"),
  params_hash: sql.placeholder("params_hash"),
}

/** Columns of a dataset that make its scope. */
export const scopeColumns = {
  id: datasetTable.id,
  tenant_id: datasetTable.tenant_id,
  source_type: datasetTable.source_type,
  repo_id: datasetTable.repo_id,
  revision: datasetTable.revision,
  format_type: datasetTable.format_type,
  access: datasetTable.access,
}

/** Whether a result is all that a job leaves: the rows of one that fills tables of its own would be missing. */
export const isCopied = (definition: JobDefinition) => !("absorb" in definition && definition.absorb)

type ScopeColumns = Record<keyof Scope, AnyPgColumn>

const isPublic = ({ access }: ScopeColumns) => sql`${access} @> '{"private": false, "gated": false}'::jsonb`

/**
 * The whole key, access included: what is public on both sides. What is not stays within its tenant, where a commit is one
 * dataset: its own jobs are all there is.
 */
const isResultFor = (
  dataset: Scope | ScopeColumns,
  { job_type, job_version, params_hash }: Asked,
  other: ScopeColumns = datasetTable,
) =>
  and(
    eq(jobTable.job_type, job_type),
    eq(jobTable.params_hash, params_hash),
    eq(jobTable.job_version, job_version),
    eq(jobTable.status, "completed"),
    isNull(jobTable.partial),
    ne(other.id, dataset.id),
    eq(other.source_type, dataset.source_type),
    eq(other.repo_id, dataset.repo_id),
    eq(other.revision, dataset.revision),
    eq(other.format_type, dataset.format_type),
    isPublic(other),
  )

/** A column of a dataset's row: whether another dataset of the same commit has this result already. A look without a lock. */
export function isThere(wanted: Asked): SQL<boolean> {
  const other = alias(datasetTable, "other")
  const result = use()
    .select({ one: sql`1` })
    .from(jobTable)
    .innerJoin(other, eq(other.id, jobTable.dataset_id))
    .where(and(isPublic(datasetTable), isResultFor(datasetTable, wanted, other)))
  return exists(result) as SQL<boolean>
}

/** Two that copy the same result to the same dataset take turns, in the order in which a deletion locks, too. */
export const takeTurn = (dataset_id: number) =>
  use().select({ id: datasetTable.id }).from(datasetTable).where(eq(datasetTable.id, dataset_id)).for("no key update")

/**
 * Shows the result of another dataset of the same commit as a completed job of this one, in the transaction at hand:
 * the same files, no cost, no message. Undefined when there is none, or it is just being deleted: the lock makes its
 * deletion come either before this, and find nothing here, or after it, and leave us the files.
 */
export async function copy(dataset: Scope, wanted: Wanted) {
  if (dataset.access.private || dataset.access.gated) return undefined
  const { id, result, result_summary, artifacts, cached_from } = jobTable
  const [source] = await use()
    .select({ id, result, result_summary, artifacts, cached_from })
    .from(jobTable)
    .innerJoin(datasetTable, eq(datasetTable.id, jobTable.dataset_id))
    .where(isResultFor(dataset, wanted))
    .orderBy(asc(jobTable.id))
    .limit(1)
    .for("key share", { of: jobTable, skipLocked: true })
  if (!source) return undefined
  const [row] = await use()
    .insert(jobTable)
    .values({
      ...wanted,
      tenant_id: dataset.tenant_id,
      dataset_id: dataset.id,
      status: "completed",
      state_detail: "completed",
      progress: 100,
      result: source.result,
      result_summary: source.result_summary,
      artifacts: source.artifacts,
      // Of a copy of a copy: the one that did the work.
      cached_from: source.cached_from ?? source.id,
      completed_at: sql`now()`,
    })
    .returning(infoColumns)
  if (wanted.job_type === "metadata_extraction") {
    await use()
      .update(datasetTable)
      .set({ dataset_metadata: source.result as DatasetMetadata })
      .where(eq(datasetTable.id, dataset.id))
  }
  return row!
}

/** Where the files lie that a dataset shows and did not write: one folder for each job that did. */
export async function borrowedBy(dataset_id: number): Promise<string[]> {
  const rows = await use().execute<{ folder: string }>(sql`
    select distinct substring(file ->> 'key' from '^results/\\d+/\\d+/') as folder
    from job, jsonb_array_elements(artifacts) as file
    where dataset_id = ${dataset_id} and cached_from is not null`)
  return rows.map(({ folder }) => folder)
}

/** The folders below `prefix` that some job still shows. Only jobs of the same commit can, so few rows are looked at. */
export async function shownBelow(prefix: string, { repo_id, revision }: Pick<Scope, "repo_id" | "revision">) {
  const rows = await use().execute<{ folder: string }>(sql`
    select distinct substring(file ->> 'key' from '^results/\\d+/\\d+/[^/]+/') as folder
    from dataset join job on job.dataset_id = dataset.id, jsonb_array_elements(job.artifacts) as file
    where dataset.revision = ${revision} and dataset.repo_id = ${repo_id} and starts_with(file ->> 'key', ${prefix})`)
  return rows.map(({ folder }) => folder)
}
