import { and, eq, type SQL, sql } from "drizzle-orm"
import type { Verdict } from "../check/schema.ts"
import { isOfWhole } from "../check/whole.ts"
import { use } from "../db/database.ts"
import { beat, stale } from "../job/info.ts"
import { jobTable } from "../job/job.sql.ts"
import { wait } from "../job/waiting.ts"
import { datasetTable } from "./dataset.sql.ts"
import type { DatasetInfo, DatasetState } from "./schema.ts"

export type Row = typeof datasetTable.$inferSelect

const open = sql`${jobTable.status} in ('pending', 'running')`

/**
 * What the jobs of a dataset say about it, to be joined laterally: computed where it is read, so that it cannot
 * contradict them.
 */
export const jobsOf = () =>
  use()
    .select({
      state: sql<DatasetState>`case
        when count(*) filter (where ${open}) > 0
          then case when bool_or(${jobTable.started_at} is not null) then 'processing' else 'pending' end
        when count(*) = 0 then 'pending'
        when (array_agg(${jobTable.status} order by ${jobTable.id} desc)
          filter (where ${jobTable.job_type} = 'metadata_extraction'))[1] = 'failed' then 'failed'
        else 'completed' end`.as("state"),
      progress: sql<number>`coalesce(floor(avg(${jobTable.progress}) filter (where ${open})),
        case when count(*) = 0 then 0 else 100 end)::int`.as("progress"),
      verdict: sql<Verdict | null>`(array_agg(${jobTable.result_summary} ->> 'verdict' order by ${jobTable.id} desc)
        filter (where ${jobTable.job_type} = 'validation' and ${jobTable.status} = 'completed' and ${isOfWhole}))[1]`.as(
        "verdict",
      ),
      open: sql<number>`(count(*) filter (where ${open}))::int`.as("open"),
      edition: sql<string>`concat(count(*), '.', coalesce(sum(${jobTable.edition}), 0))`.as("edition"),
      // The steps of `pollAfter`, which readers of the jobs see.
      ages: sql<number>`coalesce(sum(case when not ${open} then 0
        when ${jobTable.opened_at} > now() - interval '30 seconds' then 1
        when ${jobTable.opened_at} > now() - interval '300 seconds' then 100
        else 10000 end), 0)::int`.as("ages"),
      // What readers see of its jobs that is not in their rows; signs of life count by the minute, as in `versionOf`.
      around: sql<string>`concat(count(*) filter (where ${stale}), '.',
        string_agg((${wait})::text || ${jobTable.waits_for_room}, '' order by ${jobTable.id}), '.',
        sum(floor(extract(epoch from ${beat}) / 60)) filter (where ${jobTable.status} = 'running'))`.as("around"),
    })
    .from(jobTable)
    .where(eq(jobTable.dataset_id, datasetTable.id))
    .as("jobs")

/**
 * Narrows the datasets in a state to those that can be, by an index: few are open and few have failed, so that nobody
 * has to look at the jobs of all. Every dataset has its metadata job from the transaction that made it.
 */
const isOneOf = (jobs: SQL) => sql`${datasetTable.id} in (${jobs})`
const open_ids = sql`select dataset_id from job where status in ('pending', 'running')`
const failed_ids = sql`select dataset_id from job where status = 'failed'`

export function candidatesFor(state: DatasetState) {
  if (state === "completed") return undefined
  return isOneOf(state === "failed" ? failed_ids : open_ids)
}

/** How many datasets that match `wanted` are in each state. The many that are completed are what the others leave. */
export async function countByState(wanted?: SQL): Promise<Record<DatasetState, number>> {
  const jobs = jobsOf()
  const [all] = await use()
    .select({ n: sql<number>`count(*)::int` })
    .from(datasetTable)
    .where(wanted)
  const rows = await use()
    .select({ state: jobs.state, n: sql<number>`count(*)::int` })
    .from(datasetTable)
    .leftJoinLateral(jobs, sql`true`)
    .where(and(wanted, isOneOf(sql`${open_ids} union ${failed_ids}`)))
    .groupBy(jobs.state)
  const of = (state: DatasetState) => rows.find((row) => row.state === state)?.n ?? 0
  const [pending, processing, failed] = [of("pending"), of("processing"), of("failed")]
  return { pending, processing, failed, completed: all!.n - pending - processing - failed }
}

/** What a dataset's row does not say itself. */
interface State {
  state: DatasetState
  progress: number
  verdict: Verdict | null
}

export const toInfo = (row: Row, { state, progress, verdict }: State): DatasetInfo => ({
  id: row.id,
  source: {
    type: row.source_type,
    repo_id: row.repo_id,
    revision: row.revision,
    requested_revision: row.requested_revision,
  },
  format_type: row.format_type,
  format_reason: row.format_reason,
  dataset_metadata: row.dataset_metadata,
  status: state,
  progress,
  verdict,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
