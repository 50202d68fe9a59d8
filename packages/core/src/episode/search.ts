import { eq, type SQL, sql } from "drizzle-orm"
import type { PgColumn, PgTable } from "drizzle-orm/pg-core"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { visible } from "../dataset/visible.ts"
import { retrying, use } from "../db/database.ts"
import type { FormatType } from "../format/schema.ts"
import { currentIndex } from "./current.ts"
import { episodeTable, featureTable, taskTable } from "./episode.sql.ts"
import { SEARCH_KINDS, type IndexSearch, type SearchKind } from "./schema.ts"
import { type Question, questionOf, resembles, scoreOf } from "./words.ts"

/** Of a word that half of all episodes have, the best of the first so many are given: ranking all would take seconds. */
const RANKED = 1000

export interface SearchOptions {
  kinds?: readonly SearchKind[] | undefined
  /** Hits of each kind. */
  limit: number
}

/** Episodes, tasks and features of all indexed datasets that the caller may know of: by words, pieces of text and what resembles them. */
export const search = (q: string, { kinds = SEARCH_KINDS, limit }: SearchOptions): Promise<IndexSearch> =>
  retrying(async () => {
    const question = questionOf(q)
    const wants = (kind: SearchKind) => question !== null && kinds.includes(kind)
    return {
      episodes: wants("episodes") ? await episodes(question!, limit) : [],
      tasks: wants("tasks") ? await tasks(question!, limit) : [],
      features: wants("features") ? await features(question!, limit) : [],
    }
  })

interface Searched {
  table: PgTable & { dataset_id: PgColumn; job_id: PgColumn }
  words: PgColumn
  searched: PgColumn
}

interface Scored extends Record<string, unknown> {
  score: number
  id: number
  repo_id: string
  revision: string
  format_type: FormatType
}

/** The statement; tests ask the planner about it. */
export function hits({ table, words, searched }: Searched, columns: SQL, question: Question, limit: number): SQL {
  const { id, repo_id, revision, format_type } = datasetTable
  return sql`select * from (
      select ${scoreOf({ words, searched }, question)} as score, ${columns}, ${id} as id, ${repo_id} as repo_id,
        ${revision} as revision, ${format_type} as format_type
      from ${table} join ${datasetTable} on ${eq(id, table.dataset_id)}
      where ${resembles({ words, searched }, question)} and ${visible() ?? sql`true`}
        and ${table.job_id} = ${currentIndex(table.dataset_id)}
      limit ${RANKED}
    ) as found order by score desc, id, place limit ${limit}`
}

async function ranked<Row>(searched: Searched, columns: SQL, question: Question, limit: number) {
  const rows = await use().execute<Row & Scored>(hits(searched, columns, question, limit))
  return rows.map(({ score, id, repo_id, revision, format_type, ...row }) => ({
    row: row as unknown as Row,
    hit: { dataset: { id, repo_id, revision, format_type }, score },
  }))
}

async function episodes(question: Question, limit: number): Promise<IndexSearch["episodes"]> {
  const { place, episode_index, length, tasks, words, searched } = episodeTable
  const columns = sql`${place}, ${episode_index}, ${length}, ${tasks}`
  type Row = { episode_index: string; length: string | null; tasks: string[] }
  const found = await ranked<Row>({ table: episodeTable, words, searched }, columns, question, limit)
  return found.map(({ row, hit }) => ({
    ...hit,
    episode_index: Number(row.episode_index),
    length: row.length === null ? null : Number(row.length),
    tasks: row.tasks,
  }))
}

async function tasks(question: Question, limit: number): Promise<IndexSearch["tasks"]> {
  const { place, task_index, task, words } = taskTable
  const columns = sql`${place}, ${task_index}, ${task}`
  type Row = { task_index: string | null; task: string }
  const found = await ranked<Row>({ table: taskTable, words, searched: task }, columns, question, limit)
  return found.map(({ row, hit }) => ({
    ...hit,
    task_index: row.task_index === null ? null : Number(row.task_index),
    task: row.task,
  }))
}

async function features(question: Question, limit: number): Promise<IndexSearch["features"]> {
  const { place, name, role, dtype, shape, names, unit, words, searched } = featureTable
  const columns = sql`${place}, ${name}, ${role}, ${dtype}, ${shape}, ${names}, ${unit}`
  type Row = Omit<IndexSearch["features"][number], "dataset" | "score">
  const found = await ranked<Row>({ table: featureTable, words, searched }, columns, question, limit)
  return found.map(({ row: { name, role, dtype, shape, names, unit }, hit }) => ({
    ...hit,
    name,
    role,
    dtype,
    shape,
    names,
    unit,
  }))
}
