import { sql } from "drizzle-orm"
import { retrying, use } from "../db/database.ts"
import { FORMAT_TYPES } from "../format/schema.ts"
import { datasetTable } from "./dataset.sql.ts"
import { DATASET_STATES, type DatasetStats } from "./schema.ts"
import { jobsOf } from "./state.ts"

/** Counts for the dashboard, over everything imported. */
export async function stats(): Promise<DatasetStats> {
  const jobs = jobsOf()
  const fact = (path: string) => sql`sum((${datasetTable.dataset_metadata} #>> ${path}::text[])::numeric)::text`
  const rows = await retrying(() =>
    use()
      .select({
        format: datasetTable.format_type,
        state: jobs.state,
        datasets: sql<number>`count(*)::int`,
        with_metadata: sql<number>`count(${datasetTable.dataset_metadata})::int`,
        open_jobs: sql<number>`sum(${jobs.open})::int`,
        episodes: sql<string | null>`${fact("{episode_count}")}`,
        frames: sql<string | null>`${fact("{frame_count}")}`,
        bytes: sql<string | null>`${fact("{files,bytes}")}`,
      })
      .from(datasetTable)
      .leftJoinLateral(jobs, sql`true`)
      .groupBy(datasetTable.format_type, jobs.state),
  )
  const total = (count: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + count(row), 0)
  const known = (fact: "episodes" | "frames" | "bytes") => {
    const values = rows.flatMap((row) => (row[fact] === null ? [] : [Number(row[fact])]))
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
  }
  const countBy = <Key extends string>(keys: readonly Key[], of: "state" | "format") =>
    Object.fromEntries(keys.map((key) => [key, total((row) => (row[of] === key ? row.datasets : 0))])) as Record<
      Key,
      number
    >
  return {
    datasets: total((row) => row.datasets),
    with_metadata: total((row) => row.with_metadata),
    open_jobs: total((row) => row.open_jobs),
    by_status: countBy(DATASET_STATES, "state"),
    by_format: countBy(FORMAT_TYPES, "format"),
    episodes: known("episodes"),
    frames: known("frames"),
    bytes: known("bytes"),
  }
}
