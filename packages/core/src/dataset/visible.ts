import { and, eq, exists, type SQL, sql } from "drizzle-orm"
import { Caller } from "../access/caller.ts"
import { use } from "../db/database.ts"
import { datasetTable } from "./dataset.sql.ts"

/**
 * Which datasets the caller at hand may know of; undefined for the operator, who may know of all. Others see what was
 * neither private nor gated on the Hub when it was imported: the rest was read with the server's token, not with theirs.
 */
export const visible = (): SQL | undefined =>
  Caller.isOperator() ? undefined : sql`${datasetTable.access} @> '{"private": false, "gated": false}'::jsonb`

/** The same for what belongs to a dataset. */
export function belongsToVisible(dataset_id: number | SQL): SQL | undefined {
  const isVisible = visible()
  if (isVisible === undefined) return undefined
  const isIt =
    typeof dataset_id === "number" ? eq(datasetTable.id, dataset_id) : sql`${datasetTable.id} = ${dataset_id}`
  return exists(
    use()
      .select({ one: sql`1` })
      .from(datasetTable)
      .where(and(isIt, isVisible)),
  )
}
