import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { id, instant, json, tenant, timestamps } from "../db/columns.ts"
import type {
  Estimate,
  JobError,
  JobUsage,
  PartialResult,
  SizeClass,
  StateDetail,
  Status,
  StoredArtifact,
} from "./schema.ts"

/** One run of one job type on one dataset. The row is the truth; a message only says: look at the row. */
export const jobTable = pgTable(
  "job",
  {
    id: id(),
    tenant_id: tenant(),
    dataset_id: integer()
      .notNull()
      .references(() => datasetTable.id, { onDelete: "cascade" }),
    // Text of a checked shape, not an enum: a new job type must not need a migration.
    job_type: text().notNull(),
    job_version: integer().notNull(),
    params: json().$type<Record<string, unknown>>().notNull(),
    params_hash: text().notNull(),
    status: text().$type<Status>().notNull().default("pending"),
    state_detail: text().$type<StateDetail>().notNull().default("queued"),
    progress: smallint().notNull().default(0),
    message: text(),
    // Every claim is an attempt. Failures and deaths are counted apart: a shutdown is neither.
    attempt: integer().notNull().default(0),
    tries: smallint().notNull().default(0),
    crashes: smallint().notNull().default(0),
    // When it was last asked for: made, or opened again by a retry.
    opened_at: instant().notNull().defaultNow(),
    run_after: instant().notNull().defaultNow(),
    last_sent_at: instant().notNull().defaultNow(),
    // A job done in parts is running without a lease while its shards are at work: `stage` says at which step it is.
    stage: smallint().notNull().default(0),
    open_shards: integer().notNull().default(0),
    done_weight: bigint({ mode: "number" }).notNull().default(0),
    total_weight: bigint({ mode: "number" }).notNull().default(0),
    // Due, but as much runs as may: whoever ends wakes it.
    waits_for_room: boolean().notNull().default(false),
    size_class: text().$type<SizeClass>().notNull().default("light"),
    estimate: json().$type<Estimate>(),
    // Millionths of a dollar. Reserved while it is open, from the budgets of the day it was opened; `due` is what its
    // steps have cost so far, and once it has ended is spent, or forgiven when it failed through no fault of the user's.
    // What is spent of budgets follows these columns by triggers (migrations 0003 and 0005).
    reserved_micros: bigint({ mode: "number" }).notNull().default(0),
    due_micros: bigint({ mode: "number" }).notNull().default(0),
    spent_micros: bigint({ mode: "number" }).notNull().default(0),
    // What its steps have read since it was opened, for its cap; `usage` also has what came to nothing, and earlier runs.
    read_bytes: bigint({ mode: "number" }).notNull().default(0),
    reserved_on: date({ mode: "string" }),
    // The job whose result and files this one shows; its row may be gone, its files are kept.
    cached_from: integer(),
    // While it is open: what it was stopped by, and its reduce will mark the result with.
    partial: json().$type<PartialResult>(),
    lease_token: uuid(),
    lease_until: instant(),
    heartbeat_at: instant(),
    result: json().$type<Record<string, unknown>>(),
    result_summary: json().$type<Record<string, unknown>>(),
    artifacts: json()
      .$type<StoredArtifact[]>()
      .notNull()
      .default(sql`'[]'::jsonb`),
    error_code: text(),
    error: json().$type<JobError>(),
    usage: json()
      .$type<JobUsage>()
      .notNull()
      .default(sql`'{"requests": 0, "bytes": 0, "compute_ms": 0}'::jsonb`),
    // Counts the changes a reader can see, so that an ETag need not trust clocks.
    edition: integer().notNull().default(0),
    started_at: instant(),
    completed_at: instant(),
    ...timestamps,
  },
  (table) => {
    const { status } = table
    return [
      uniqueIndex("job_active_key")
        .on(table.dataset_id, table.job_type, table.params_hash, table.job_version)
        .where(sql`${status} in ('pending', 'running')`),
      index("job_dataset_idx").on(table.dataset_id, table.job_type, table.created_at.desc()),
      index("job_dataset_page_idx").on(table.dataset_id, table.id),
      index("job_tenant_idx").on(table.tenant_id, table.id),
      // A result is looked for under every dataset of the same commit.
      index("job_result_idx")
        .on(table.job_type, table.params_hash, table.job_version, table.dataset_id)
        .where(sql`${status} = 'completed'`),
      index("job_dead_idx")
        .on(table.id)
        .where(sql`${table.state_detail} = 'dead'`),
      index("job_failed_idx")
        .on(table.dataset_id)
        .where(sql`${status} = 'failed'`),
      index("job_lease_idx")
        .on(status, table.lease_until)
        .where(sql`${status} = 'running'`),
      index("job_pending_idx")
        .on(table.run_after)
        .where(sql`${status} = 'pending'`),
      index("job_waiting_idx")
        .on(table.run_after)
        .where(sql`${table.waits_for_room}`),
      check("job_waits_check", sql`not ${table.waits_for_room} or ${status} in ('pending', 'running')`),
      check("job_type_check", sql`${table.job_type} ~ '^[a-z][a-z0-9_]{0,63}$'`),
      check("job_params_hash_check", sql`${table.params_hash} ~ '^[0-9a-f]{64}$'`),
      check(
        "job_state_check",
        sql`(${status} = 'pending' and ${table.state_detail} in ('queued', 'retry_wait'))
         or (${status} = 'running' and ${table.state_detail} in ('running', 'cancelling'))
         or (${status} = 'completed' and ${table.state_detail} = 'completed')
         or (${status} = 'failed' and ${table.state_detail} in ('failed', 'cancelled', 'dead'))`,
      ),
      check("job_progress_check", sql`${table.progress} between 0 and 100`),
      check("job_full_progress_check", sql`(${table.progress} = 100) = (${status} = 'completed')`),
      check("job_counts_check", sql`${table.attempt} >= 0 and ${table.tries} between 0 and 8`),
      check("job_crashes_check", sql`${table.crashes} between 0 and 3`),
      check("job_started_check", sql`${status} <> 'running' or ${table.started_at} is not null`),
      check(
        "job_lease_check",
        sql`(${table.lease_token} is null) = (${table.lease_until} is null)
         and (${table.lease_token} is null or ${status} = 'running')
         and (${table.lease_token} is not null or ${status} <> 'running' or ${table.stage} > 0)
         and (${table.lease_token} is not null or ${table.state_detail} <> 'cancelling')`,
      ),
      check(
        "job_shards_check",
        sql`${table.open_shards} >= 0 and (${table.open_shards} = 0 or ${status} in ('running', 'failed'))
         and (${table.open_shards} = 0 or ${table.lease_token} is null)`,
      ),
      check("job_weight_check", sql`${table.done_weight} between 0 and ${table.total_weight}`),
      check("job_completed_check", sql`(${table.completed_at} is not null) = (${status} in ('completed', 'failed'))`),
      check("job_result_check", sql`(${table.result} is not null) = (${status} = 'completed')`),
      check(
        "job_error_check",
        sql`(${table.error_code} is not null) = (${status} = 'failed') and (${table.error} is not null) = (${status} = 'failed')`,
      ),
      check("job_size_class_check", sql`${table.size_class} in ('light', 'medium', 'heavy')`),
      check(
        "job_reserved_check",
        sql`${table.reserved_micros} >= 0 and ${table.spent_micros} >= 0
         and (${table.reserved_micros} = 0 or (${table.reserved_on} is not null and ${status} in ('pending', 'running')))`,
      ),
      check(
        "job_due_check",
        sql`${table.due_micros} >= 0 and (${table.due_micros} = 0 or ${status} in ('pending', 'running'))`,
      ),
      check("job_cached_check", sql`${table.cached_from} is null or ${status} = 'completed'`),
      check("job_partial_check", sql`${table.partial} is null or ${status} <> 'failed'`),
      check("job_message_size_check", sql`octet_length(${table.message}) <= 1024`),
      check("job_summary_size_check", sql`octet_length(${table.result_summary}::text) <= 65536`),
      check("job_result_size_check", sql`octet_length(${table.result}::text) <= 8388608`),
      check("job_error_size_check", sql`octet_length(${table.error} ->> 'detail') <= 4096`),
    ]
  },
)

/** What must still be said or done outside the database, written in the transaction that decided it. */
export const outboxTable = pgTable(
  "outbox",
  {
    id: id(),
    tenant_id: tenant(),
    kind: text().$type<"job" | "delete_objects">().notNull(),
    body: json().$type<Record<string, unknown>>().notNull(),
    not_before: instant().notNull().defaultNow(),
    sent_at: instant(),
    attempts: integer().notNull().default(0),
    created_at: instant().notNull().defaultNow(),
  },
  (table) => [
    index("outbox_unsent_idx")
      .on(table.id)
      .where(sql`${table.sent_at} is null`),
    check("outbox_kind_check", sql`${table.kind} in ('job', 'delete_objects')`),
    check("outbox_body_size_check", sql`octet_length(${table.body}::text) <= 1024`),
  ],
)

/** The one row that says whether somebody will look after open work, and until when that promise is good. */
export const sweepTable = pgTable(
  "sweep",
  {
    id: integer().primaryKey().default(1),
    armed_until: instant().notNull(),
    // Which sweep message is the living one: an older or doubled one must not start a second chain.
    turn: integer().notNull().default(0),
  },
  (table) => [check("sweep_single_check", sql`${table.id} = 1`)],
)
