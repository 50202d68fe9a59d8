import { and, eq, sql } from "drizzle-orm"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { visible } from "../dataset/visible.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import type { FormatType } from "../format/schema.ts"
import { datasetNotFound } from "../job/list.ts"
import { jobTable } from "../job/job.sql.ts"
import { jobs } from "../job/registry.ts"
import type { PartialResult, Status } from "../job/schema.ts"

/** A dataset and the job whose rows are its index. */
export interface Indexed {
  dataset_id: number
  repo_id: string
  revision: string
  format_type: FormatType
  job_id: number
  /** The job was stopped: of what the rows do not have it is not known whether the dataset has it. Null: they are all. */
  partial: PartialResult | null
}

/** The job that counts, as SQL: the newest that was completed; one that was stopped only while no other was not. */
export const currentIndex = (dataset_id: unknown) => sql<number | null>`(select id from job
  where job.dataset_id = ${dataset_id} and job_type = 'indexing' and status = 'completed'
  order by partial is not null, id desc limit 1)`

/** @throws AppError `not_found`; `not_indexed` with what there is to do about it. */
export async function indexed(dataset_id: number): Promise<Indexed> {
  const { id, repo_id, revision, format_type } = datasetTable
  const [row] = await use()
    .select({ dataset_id: id, repo_id, revision, format_type, job_id: jobTable.id, partial: jobTable.partial })
    .from(datasetTable)
    .leftJoin(jobTable, eq(jobTable.id, currentIndex(dataset_id)))
    .where(and(eq(id, dataset_id), visible()))
  if (!row) throw datasetNotFound(dataset_id)
  const { job_id, ...dataset } = row
  if (job_id === null) throw await notIndexed(row)
  return { ...dataset, job_id }
}

async function notIndexed({ dataset_id, format_type }: { dataset_id: number; format_type: FormatType }) {
  const support = jobs.indexing.formats[format_type]
  if (support !== true) return new AppError("not_indexed", `Dataset ${dataset_id} has no index. ${support}`)
  const [job] = await use()
    .select({ status: jobTable.status })
    .from(jobTable)
    .where(and(eq(jobTable.dataset_id, dataset_id), eq(jobTable.job_type, "indexing")))
    .orderBy(sql`id desc`)
    .limit(1)
  return new AppError("not_indexed", `Dataset ${dataset_id} is not indexed.`, { user_action: actionFor(job?.status) })
}

function actionFor(status: Status | undefined) {
  if (status === undefined) return "Start the job `indexing`."
  return status === "failed"
    ? "Its job `indexing` has failed: see why, and retry it."
    : "Wait until its job `indexing` has ended."
}
