import { and, sql } from "drizzle-orm"
import { retrying, use } from "../db/database.ts"
import { FORMAT_TYPES, type FormatType } from "../format/schema.ts"
import { jobTable } from "../job/job.sql.ts"
import { datasetTable } from "./dataset.sql.ts"
import type { DatasetStats } from "./schema.ts"
import { countByState } from "./state.ts"
import { belongsToVisible, visible } from "./visible.ts"

/** Counts for the dashboard, over everything imported that the caller may know of. */
export const stats = (): Promise<DatasetStats> =>
  retrying(async () => {
    const fact = (path: string) => sql`sum((${datasetTable.dataset_metadata} #>> ${path}::text[])::numeric)::text`
    const rows = await use()
      .select({
        format: datasetTable.format_type,
        datasets: sql<number>`count(*)::int`,
        with_metadata: sql<number>`count(${datasetTable.dataset_metadata})::int`,
        episodes: sql<string | null>`${fact("{episode_count}")}`,
        frames: sql<string | null>`${fact("{frame_count}")}`,
        bytes: sql<string | null>`${fact("{files,bytes}")}`,
      })
      .from(datasetTable)
      .where(visible())
      .groupBy(datasetTable.format_type)
    const [jobs] = await use()
      .select({ open: sql<number>`count(*)::int` })
      .from(jobTable)
      .where(and(sql`${jobTable.status} in ('pending', 'running')`, belongsToVisible(sql`${jobTable.dataset_id}`)))

    const total = (of: "datasets" | "with_metadata") => rows.reduce((sum, row) => sum + row[of], 0)
    const known = (of: "episodes" | "frames" | "bytes") => {
      const values = rows.flatMap((row) => (row[of] === null ? [] : [Number(row[of])]))
      return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
    }
    const inFormat = (format: FormatType) => rows.find((row) => row.format === format)?.datasets ?? 0
    return {
      datasets: total("datasets"),
      with_metadata: total("with_metadata"),
      open_jobs: jobs!.open,
      by_status: await countByState(visible()),
      by_format: Object.fromEntries(FORMAT_TYPES.map((each) => [each, inFormat(each)])) as Record<FormatType, number>,
      episodes: known("episodes"),
      frames: known("frames"),
      bytes: known("bytes"),
    }
  })
