import { sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import { jsonText } from "../db/columns.ts"
import { use } from "../db/database.ts"
import type { JobKey } from "../job/define.ts"
import { currentIndex } from "./current.ts"
import { episodeTable, featureTable, taskTable } from "./episode.sql.ts"
import type { IndexRows } from "./rows.ts"

/** Rows of one statement: some 1 MB of JSON, far below its five seconds. */
const BATCH = 1000
/** Deleting is quicker than writing. */
const DELETED = 10_000
const MAX_SEARCHED = 8000

/** One text to search in, of at most 24 KB in UTF-8. */
const searched = (texts: readonly string[]) => texts.join("\n").slice(0, MAX_SEARCHED)

/** Writes the rows of a part down. Doing it again, or another part with the same rows, changes nothing: the row that stands first counts. */
export async function insert({ episodes, tasks, features, stats }: IndexRows, job: JobKey) {
  const owner = sql`${job.tenant_id}::int, ${job.dataset_id}::int, ${job.job_id}::int`
  // In one order, so that two parts with the same episode cannot wait for each other.
  const sorted = episodes.toSorted((a, b) => a.episode_index - b.episode_index || a.place - b.place)
  await batched(
    sorted.filter((row, at) => row.episode_index !== sorted[at - 1]?.episode_index),
    (rows) => sql`insert into episode (tenant_id, dataset_id, job_id, episode_index, place, length, duration_s, tasks,
        searched, data_path, rows_from, rows_to, videos, flags, stats)
      select ${owner}, * from jsonb_to_recordset(${jsonText(rows.map((row) => ({ ...row, searched: searched(row.tasks) })))}::jsonb)
        as r(episode_index bigint, place bigint, length bigint, duration_s float8, tasks jsonb,
          searched text, data_path text, rows_from bigint, rows_to bigint, videos jsonb, flags jsonb, stats jsonb)
      on conflict on constraint episode_key do update set place = excluded.place, length = excluded.length,
        duration_s = excluded.duration_s, tasks = excluded.tasks, searched = excluded.searched,
        data_path = excluded.data_path, rows_from = excluded.rows_from, rows_to = excluded.rows_to,
        videos = excluded.videos, flags = excluded.flags, stats = excluded.stats
      where excluded.place < episode.place`,
  )
  await batched(
    tasks,
    (rows) => sql`insert into task (tenant_id, dataset_id, job_id, place, task_index, task)
      select ${owner}, * from jsonb_to_recordset(${jsonText(rows)}::jsonb) as r(place bigint, task_index bigint, task text)
      on conflict on constraint task_key do nothing`,
  )
  await batched(
    features,
    (
      rows,
    ) => sql`insert into feature (tenant_id, dataset_id, job_id, place, name, role, dtype, shape, names, unit, searched)
      select ${owner}, * from jsonb_to_recordset(${jsonText(
        rows.map((row) => ({ ...row, searched: searched([row.name, ...(row.names ?? [])]) })),
      )}::jsonb) as r(place bigint, name text, role text, dtype text, shape jsonb, names jsonb, unit text, searched text)
      on conflict on constraint feature_key do nothing`,
  )
  await batched(
    stats,
    (rows) => sql`update episode set stats = r.stats
      from jsonb_to_recordset(${jsonText(rows)}::jsonb) as r(episode_index bigint, stats jsonb)
      where dataset_id = ${job.dataset_id} and job_id = ${job.job_id} and episode.episode_index = r.episode_index
        and episode.stats is null`,
  )
}

/** Deletes what this job has written. */
export const forget = (job: JobKey) => removeWhere(job.dataset_id, sql`job_id = ${job.job_id}`)

/**
 * Deletes what other indexes of the dataset have left, up to the newest completed one: this one's too, when another counts.
 * Readers see the one that counts in any case.
 */
export const keepCurrent = ({ dataset_id }: JobKey) =>
  removeWhere(
    dataset_id,
    sql`job_id <> ${currentIndex(dataset_id)} and job_id <= (select max(id) from job
      where job.dataset_id = ${dataset_id} and job_type = 'indexing' and status = 'completed')`,
  )

async function removeWhere(dataset_id: number, which: ReturnType<typeof sql>) {
  for (const table of [episodeTable, taskTable, featureTable]) {
    while ((await removeSome(table, dataset_id, which)) === DELETED);
  }
}

async function removeSome(table: PgTable, dataset_id: number, which: ReturnType<typeof sql>) {
  const some = sql`select ctid from ${table} where dataset_id = ${dataset_id} and ${which} limit ${DELETED}`
  const { count } = await use().execute(sql`delete from ${table} where ctid = any(array(${some}))`)
  return count
}

async function batched<T>(rows: readonly T[], statement: (rows: readonly T[]) => ReturnType<typeof sql>) {
  for (let from = 0; from < rows.length; from += BATCH) await use().execute(statement(rows.slice(from, from + BATCH)))
}
