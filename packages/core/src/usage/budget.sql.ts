import { sql } from "drizzle-orm"
import { bigint, check, date, integer, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core"
import { instant } from "../db/columns.ts"

/**
 * What a tenant has reserved and spent on a day (UTC), in millionths of a dollar: the sum of the day's rows. Each session
 * of the database adds to the row of its slot, so that starts and ends need not wait for one another; a row may be negative.
 */
export const spendingTable = pgTable(
  "spending",
  {
    tenant_id: integer().notNull(),
    day: date({ mode: "string" }).notNull(),
    slot: smallint().notNull(),
    reserved_micros: bigint({ mode: "number" }).notNull(),
    spent_micros: bigint({ mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.tenant_id, table.slot] })],
)

/** The operator's switch: while it is on, nothing new is begun. */
export const haltTable = pgTable(
  "halt",
  { id: integer().primaryKey().default(1), since: instant().notNull().defaultNow(), reason: text().notNull() },
  (table) => [
    check("halt_single_check", sql`${table.id} = 1`),
    check("halt_reason_check", sql`octet_length(${table.reason}) between 1 and 500`),
  ],
)
