import { sql } from "drizzle-orm"
import { bigint, check, date, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import { instant } from "../db/columns.ts"

/**
 * What one tenant, or all together (tenant 0), has reserved and spent in a period that begins on a day (UTC), in
 * millionths of a dollar. The limits are settings; the row is what is compared with them, under its lock.
 */
export const budgetTable = pgTable(
  "budget",
  {
    tenant_id: integer().notNull(),
    period: text().$type<"day" | "month">().notNull(),
    starts_on: date({ mode: "string" }).notNull(),
    reserved_micros: bigint({ mode: "number" }).notNull().default(0),
    spent_micros: bigint({ mode: "number" }).notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.tenant_id, table.period, table.starts_on] }),
    check("budget_period_check", sql`${table.period} in ('day', 'month')`),
    check("budget_amounts_check", sql`${table.reserved_micros} >= 0 and ${table.spent_micros} >= 0`),
  ],
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
