import { sql } from "drizzle-orm"
import { use } from "../db/database.ts"
import type { Comparison } from "./comparison.ts"
import type { Indexed } from "./current.ts"

interface Pair extends Record<string, unknown> {
  kind: "added" | "removed" | "changed"
  episode_index: string
  length_from: string | null
  length_to: string | null
  tasks_from: string[]
  tasks_to: string[]
}

/** Episodes that only one of two indexes has, and those whose length or tasks differ; the first `shown` of each. */
export async function compareEpisodes(from: Indexed, to: Indexed, shown: number): Promise<Comparison["episodes"]> {
  const of = ({ dataset_id, job_id }: Indexed) =>
    sql`(select episode_index, length, tasks from episode where dataset_id = ${dataset_id} and job_id = ${job_id})`
  // Counted and listed in one pass; each kind is numbered by itself.
  const pairs = sql`select coalesce(a.episode_index, b.episode_index) as episode_index,
      a.length as length_from, b.length as length_to, a.tasks as tasks_from, b.tasks as tasks_to,
      case when a.episode_index is null then 'added' when b.episode_index is null then 'removed' else 'changed' end as kind
    from ${of(from)} a full join ${of(to)} b using (episode_index)
    where a.episode_index is null or b.episode_index is null or a.length is distinct from b.length or a.tasks <> b.tasks`
  const rows = await use().execute<Pair & { total: number }>(sql`select * from (
      select *, row_number() over (partition by kind order by episode_index) as place, (count(*) over (partition by kind))::int as total
      from (${pairs}) as pair
    ) as numbered where place <= ${shown} order by episode_index`)
  const sums = async ({ dataset_id, job_id }: Indexed) => {
    const [row] = await use().execute<{ count: number; frames: string | null }>(sql`select count(*)::int as count,
      case when bool_or(length is null) then null else coalesce(sum(length), 0) end as frames
      from episode where dataset_id = ${dataset_id} and job_id = ${job_id}`)
    return { count: row!.count, frames: row!.frames === null ? null : Number(row!.frames) }
  }
  const [before, after] = [await sums(from), await sums(to)]
  const kind = (wanted: Pair["kind"]) => rows.filter((row) => row.kind === wanted)
  const indexes = (wanted: Pair["kind"]) => kind(wanted).map(({ episode_index }) => Number(episode_index))
  return {
    count: { from: before.count, to: after.count },
    frames: { from: before.frames, to: after.frames },
    added: indexes("added"),
    removed: indexes("removed"),
    changed: kind("changed").map((row) => ({
      episode_index: Number(row.episode_index),
      length: { from: numberOrNull(row.length_from), to: numberOrNull(row.length_to) },
      tasks: { from: row.tasks_from, to: row.tasks_to },
    })),
    added_count: kind("added")[0]?.total ?? 0,
    removed_count: kind("removed")[0]?.total ?? 0,
    changed_count: kind("changed")[0]?.total ?? 0,
  }
}

const numberOrNull = (value: string | null) => (value === null ? null : Number(value))
