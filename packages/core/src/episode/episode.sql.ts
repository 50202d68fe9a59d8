import { sql } from "drizzle-orm"
import {
  bigint,
  check,
  customType,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { json, tenant } from "../db/columns.ts"
import type { EpisodeFlag, EpisodeVideo, FeatureRole, FeatureStats } from "./schema.ts"

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" })
const whole = () => bigint({ mode: "number" })

/**
 * Whose row it is. Rows of another job than the dataset's current index (`current.ts`) are leftovers nobody reads.
 * No foreign key to the job: jobs go with their dataset only, and each key costs every row of a million.
 */
const owner = {
  tenant_id: tenant(),
  dataset_id: integer()
    .notNull()
    .references(() => datasetTable.id, { onDelete: "cascade" }),
  job_id: integer().notNull(),
}

/** One episode at the dataset's commit, as its index found it. */
export const episodeTable = pgTable(
  "episode",
  {
    ...owner,
    episode_index: whole().notNull(),
    place: whole().notNull(),
    length: whole(),
    duration_s: doublePrecision(),
    tasks: json().$type<string[]>().notNull(),
    // The tasks in one text, for both ways to search.
    searched: text().notNull(),
    words: tsvector().generatedAlwaysAs(sql`to_tsvector('simple', searched)`),
    data_path: text(),
    rows_from: whole(),
    rows_to: whole(),
    videos: json().$type<Omit<EpisodeVideo, "url">[]>().notNull(),
    flags: json().$type<EpisodeFlag[]>().notNull(),
    stats: json().$type<Record<string, FeatureStats>>(),
  },
  (table) => [
    primaryKey({ name: "episode_key", columns: [table.dataset_id, table.job_id, table.episode_index] }),
    index("episode_length_idx").on(table.dataset_id, table.job_id, table.length, table.episode_index),
    index("episode_words_idx").using("gin", table.words),
    index("episode_trigram_idx").using("gin", table.searched.op("gin_trgm_ops")),
    check("episode_numbers_check", sql`${table.episode_index} >= 0 and ${table.length} >= 0`),
    check("episode_searched_check", sql`octet_length(${table.searched}) <= 32768`),
    check("episode_data_path_check", sql`octet_length(${table.data_path}) <= 4096`),
    check("episode_videos_check", sql`octet_length(${table.videos}::text) <= 524288`),
    check("episode_stats_check", sql`octet_length(${table.stats}::text) <= 65536`),
  ],
)

/** One task of the dataset's own table of tasks. */
export const taskTable = pgTable(
  "task",
  {
    ...owner,
    place: whole().notNull(),
    task_index: whole(),
    task: text().notNull(),
    words: tsvector().generatedAlwaysAs(sql`to_tsvector('simple', task)`),
  },
  (table) => [
    primaryKey({ name: "task_key", columns: [table.dataset_id, table.job_id, table.place] }),
    index("task_words_idx").using("gin", table.words),
    index("task_trigram_idx").using("gin", table.task.op("gin_trgm_ops")),
    check("task_size_check", sql`octet_length(${table.task}) <= 32768`),
  ],
)

/** One column of the dataset's frames, or one of its cameras. */
export const featureTable = pgTable(
  "feature",
  {
    ...owner,
    place: whole().notNull(),
    name: text().notNull(),
    role: text().$type<FeatureRole>().notNull(),
    dtype: text(),
    shape: json().$type<(number | null)[]>().notNull(),
    names: json().$type<string[]>(),
    unit: text(),
    // Its name and the names of its values in one text.
    searched: text().notNull(),
    words: tsvector().generatedAlwaysAs(sql`to_tsvector('simple', searched)`),
  },
  (table) => [
    primaryKey({ name: "feature_key", columns: [table.dataset_id, table.job_id, table.place] }),
    index("feature_words_idx").using("gin", table.words),
    index("feature_trigram_idx").using("gin", table.searched.op("gin_trgm_ops")),
    check("feature_role_check", sql`${table.role} in ('camera', 'sensor', 'action', 'other')`),
    check("feature_name_check", sql`octet_length(${table.name}) between 0 and 1024`),
    check("feature_searched_check", sql`octet_length(${table.searched}) <= 32768`),
    check("feature_names_check", sql`octet_length(${table.names}::text) <= 262144`),
  ],
)
