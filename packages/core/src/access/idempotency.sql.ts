import { sql } from "drizzle-orm"
import { check, index, pgTable, text, unique } from "drizzle-orm/pg-core"
import { id, instant, json, tenant } from "../db/columns.ts"

/** A request that must not be carried out twice, and the answer it got. */
export const idempotencyKeyTable = pgTable(
  "idempotency_key",
  {
    id: id(),
    tenant_id: tenant(),
    endpoint: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    // Null while the first request is still at work.
    answer: json(),
    // A process that dies at work must not block its key for ever.
    running_until: instant().notNull(),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    unique("idempotency_key_key").on(table.tenant_id, table.endpoint, table.key),
    index("idempotency_key_created_idx").on(table.created_at),
    check("idempotency_key_key_check", sql`octet_length(${table.key}) between 1 and 255`),
  ],
)
