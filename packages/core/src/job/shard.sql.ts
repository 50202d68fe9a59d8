import { sql } from "drizzle-orm"
import { bigint, boolean, check, index, integer, pgTable, smallint, text, unique, uuid } from "drizzle-orm/pg-core"
import { id, instant, json, tenant } from "../db/columns.ts"
import { jobTable } from "./job.sql.ts"
import type { JobUsage, SizeClass, Status } from "./schema.ts"

/**
 * One part of a job that is done in parts. It is open while its job runs in its stage: what ends the job ends its shards
 * without touching them, and the sweep removes the rows.
 */
export const shardTable = pgTable(
  "shard",
  {
    id: id(),
    tenant_id: tenant(),
    job_id: integer()
      .notNull()
      .references(() => jobTable.id, { onDelete: "cascade" }),
    stage: smallint().notNull(),
    ordinal: integer().notNull(),
    weight: bigint({ mode: "number" }).notNull(),
    input: json().$type<Record<string, unknown>>().notNull(),
    size_class: text().$type<SizeClass>().notNull().default("light"),
    status: text().$type<Exclude<Status, "failed">>().notNull().default("pending"),
    attempt: integer().notNull().default(0),
    tries: smallint().notNull().default(0),
    crashes: smallint().notNull().default(0),
    run_after: instant().notNull().defaultNow(),
    last_sent_at: instant().notNull().defaultNow(),
    // Due, but as much runs as may: whoever ends wakes it.
    waits_for_room: boolean().notNull().default(false),
    lease_token: uuid(),
    lease_until: instant(),
    heartbeat_at: instant(),
    partial: json().$type<Record<string, unknown>>(),
    usage: json()
      .$type<JobUsage>()
      .notNull()
      .default(sql`'{"requests": 0, "bytes": 0, "compute_ms": 0}'::jsonb`),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => {
    const { status } = table
    return [
      unique("shard_place_key").on(table.job_id, table.stage, table.ordinal),
      index("shard_open_idx")
        .on(table.last_sent_at)
        .where(sql`${status} in ('pending', 'running')`),
      index("shard_waiting_idx")
        .on(table.run_after)
        .where(sql`${table.waits_for_room}`),
      check("shard_status_check", sql`${status} in ('pending', 'running', 'completed')`),
      check("shard_size_class_check", sql`${table.size_class} in ('light', 'medium', 'heavy')`),
      check("shard_place_check", sql`${table.stage} > 0 and ${table.ordinal} >= 0 and ${table.weight} > 0`),
      check("shard_counts_check", sql`${table.tries} between 0 and 8 and ${table.crashes} between 0 and 3`),
      check(
        "shard_lease_check",
        sql`(${table.lease_token} is not null) = (${status} = 'running') and (${table.lease_until} is not null) = (${status} = 'running')`,
      ),
      check("shard_partial_check", sql`(${table.partial} is not null) = (${status} = 'completed')`),
      check("shard_input_size_check", sql`octet_length(${table.input}::text) <= 65536`),
      check("shard_partial_size_check", sql`octet_length(${table.partial}::text) <= 1048576`),
    ]
  },
)
