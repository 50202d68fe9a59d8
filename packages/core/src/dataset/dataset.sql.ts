import { sql } from "drizzle-orm"
import { check, index, pgTable, text, unique } from "drizzle-orm/pg-core"
import { id, json, tenant, timestamps } from "../db/columns.ts"
import type { Card, DatasetMetadata, FormatType } from "../format/schema.ts"
import type { ImportUsage, Listing } from "./schema.ts"

/** One repository at one commit in one format. A new commit is a new row: results never go stale. */
export const datasetTable = pgTable(
  "dataset",
  {
    id: id(),
    tenant_id: tenant(),
    source_type: text().$type<"huggingface">().notNull().default("huggingface"),
    repo_id: text().notNull(),
    revision: text().notNull(),
    requested_revision: text().notNull(),
    format_type: text().$type<FormatType>().notNull(),
    requested_format: text().$type<"auto" | FormatType>().notNull(),
    format_version: text(),
    format_reason: text(),
    card: json().$type<Card>().notNull(),
    access: json().$type<{ private: boolean; gated: boolean }>().notNull(),
    import_usage: json().$type<ImportUsage>().notNull(),
    // What the first page of its list of files says, for estimates. Absent: imported before there were any.
    listing: json().$type<Listing>(),
    dataset_metadata: json().$type<DatasetMetadata>(),
    ...timestamps,
  },
  (table) => [
    unique("dataset_source_key").on(
      table.tenant_id,
      table.source_type,
      table.repo_id,
      table.revision,
      table.format_type,
    ),
    index("dataset_tenant_idx").on(table.tenant_id, table.id),
    index("dataset_repo_idx").on(table.repo_id, table.id),
    index("dataset_revision_idx").on(table.revision),
    index("dataset_requested_revision_idx").on(table.requested_revision, table.id),
    check("dataset_source_type_check", sql`${table.source_type} in ('huggingface')`),
    check("dataset_revision_check", sql`${table.revision} ~ '^[0-9a-f]{40}$'`),
    check("dataset_repo_id_check", sql`octet_length(${table.repo_id}) between 3 and 193`),
    check("dataset_requested_revision_check", sql`octet_length(${table.requested_revision}) between 1 and 1024`),
    check("dataset_format_type_check", sql`${table.format_type} in ('lerobot', 'rosbag', 'hdf5', 'parquet', 'custom')`),
    check(
      "dataset_requested_format_check",
      sql`${table.requested_format} in ('auto', 'lerobot', 'rosbag', 'hdf5', 'parquet', 'custom')`,
    ),
  ],
)
