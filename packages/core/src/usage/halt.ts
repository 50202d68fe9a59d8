import { sql } from "drizzle-orm"
import { transaction, use } from "../db/database.ts"
import { haltTable } from "./budget.sql.ts"

/** What a claim asks beside everything else: whether the operator's switch is off. */
export const isNotHalted = () => sql`not exists (select from ${haltTable})`

/** Stops everything that would begin: jobs and parts of jobs stay where they are, what is under way ends by itself. `reason` is at most 500 bytes. */
export async function halt(reason: string): Promise<void> {
  await use().insert(haltTable).values({ reason }).onConflictDoUpdate({ target: haltTable.id, set: { reason } })
}

/**
 * Lets work begin again; false when nothing was halted. The sweep, which goes on all the time while anything is open,
 * then wakes at once what waits, however shortly before it was refused.
 */
export const resume = (): Promise<boolean> =>
  transaction(async () => {
    const rows = await use().delete(haltTable).returning({ id: haltTable.id })
    if (rows.length === 0) return false
    for (const table of ["job", "shard"]) {
      await use().execute(sql`update ${sql.identifier(table)} set last_sent_at = 'epoch'
        where status in ('pending', 'running') and (lease_until is null or lease_until < now())`)
    }
    return true
  })
