import { sql } from "drizzle-orm"
import { jobTable } from "../job/job.sql.ts"

/** Of a job's row: what was said of some episodes, or with some rules left out, is no word on the dataset. */
export const isOfWhole = sql`(not ${jobTable.params} ? 'episodes'
  and coalesce(${jobTable.params} -> 'suppress', '[]'::jsonb) = '[]'::jsonb)`
