import { and, asc, desc, eq, inArray, type SQL, sql } from "drizzle-orm"
import { jsonText, storable } from "../db/columns.ts"
import { retrying, use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { resolveAddress } from "../hub/address.ts"
import { type Indexed, indexed } from "./current.ts"
import { episodeTable } from "./episode.sql.ts"
import type { Episode as Info, EpisodeDetail, EpisodeSort } from "./schema.ts"
import { contains, questionOf } from "./words.ts"

export * as Episode from "./episode.ts"
export { compare } from "./compare.ts"
export { indexed } from "./current.ts"
export { search } from "./search.ts"

type Row = typeof episodeTable.$inferSelect

export interface EpisodePage {
  skip: number
  limit: number
  /** `next_cursor` of the page before, under the same sort; wins over `skip`. */
  cursor?: string | undefined
}

export interface EpisodeFilter {
  sort?: EpisodeSort | undefined
  /** A task as it stands. */
  task?: string | undefined
  /** Words, or a piece, of a task. */
  q?: string | undefined
}

export interface EpisodeList {
  rows: Info[]
  total: number
  next_cursor: string | null
}

/**
 * Episodes of a dataset's index. Duration sorts as length does; where the length is not known an episode comes last,
 * or first in descending order.
 *
 * @throws AppError `not_found`, `not_indexed`.
 */
export const list = (dataset_id: number, page: EpisodePage, filter: EpisodeFilter = {}): Promise<EpisodeList> =>
  retrying(async () => listOf(await indexed(dataset_id), page, filter))

async function listOf(
  index: Indexed,
  { skip, limit, cursor }: EpisodePage,
  { sort = "episode_index", task, q }: EpisodeFilter,
) {
  const isDown = sort.startsWith("-")
  const byLength = !sort.endsWith("episode_index")
  const question = q === undefined ? undefined : questionOf(q)
  const wanted = and(
    isOf(index),
    task === undefined ? undefined : sql`${episodeTable.tasks} @> ${jsonText([storable(task)])}::jsonb`,
    question === undefined ? undefined : question === null ? sql`false` : contains(episodeTable, question),
  )
  const [counted] = await use()
    .select({ total: sql<number>`count(*)::int` })
    .from(episodeTable)
    .where(wanted)
  const order = isDown ? desc : asc
  // Numbers first: what is skipped is then read from an index, not from the rows.
  const found = await use()
    .select({ episode_index: episodeTable.episode_index })
    .from(episodeTable)
    .where(and(wanted, cursor === undefined ? undefined : after(cursor, byLength, isDown)))
    .orderBy(...(byLength ? [order(episodeTable.length)] : []), order(episodeTable.episode_index))
    .offset(cursor === undefined ? skip : 0)
    .limit(limit + 1)
  const places = new Map(found.map(({ episode_index }, at) => [episode_index, at]))
  const unsorted = await use()
    .select()
    .from(episodeTable)
    .where(and(isOf(index), inArray(episodeTable.episode_index, [...places.keys()])))
  const rows = unsorted.toSorted((a, b) => places.get(a.episode_index)! - places.get(b.episode_index)!)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next_cursor = rows.length > limit && last ? cursorOf(last, byLength) : null
  return { rows: page.map((row) => toEpisode(row, index)), total: counted!.total, next_cursor }
}

/**
 * One episode with its statistics.
 *
 * @throws AppError `not_found` for the dataset and for the episode, `not_indexed`.
 */
export const get = (dataset_id: number, episode_index: number): Promise<EpisodeDetail> =>
  retrying(async () => {
    const index = await indexed(dataset_id)
    const [row] = await use()
      .select()
      .from(episodeTable)
      .where(and(isOf(index), eq(episodeTable.episode_index, episode_index)))
    if (!row) throw noEpisode(episode_index, index)
    return { ...toEpisode(row, index), stats: row.stats }
  })

function noEpisode(episode_index: number, { partial }: Indexed) {
  if (!partial) return new AppError("not_found", `There is no episode ${episode_index} of this dataset.`)
  const { done, of, detail } = partial
  return new AppError(
    "not_found",
    `The index has no episode ${episode_index}, and covers only ${done} of ${of} parts of this dataset. ${detail}`,
    { user_action: "Start the job `indexing` again." },
  )
}

const isOf = ({ dataset_id, job_id }: Indexed) =>
  and(eq(episodeTable.dataset_id, dataset_id), eq(episodeTable.job_id, job_id))

function toEpisode(row: Row, { repo_id, revision }: Indexed): Info {
  const { rows_from: from, rows_to: to } = row
  return {
    episode_index: row.episode_index,
    length: row.length,
    duration_s: row.duration_s,
    tasks: row.tasks,
    data: { path: row.data_path, rows: from === null || to === null ? null : { from, to } },
    videos: row.videos.map((video) => ({
      ...video,
      url: video.path === null ? null : resolveAddress(repo_id, revision, video.path).href,
    })),
    flags: row.flags,
  }
}

/** `<episode>`, or `<length>.<episode>` under a sort by length, which is empty where it is not known. */
const cursorOf = ({ length, episode_index }: Row, byLength: boolean) =>
  byLength ? `${length ?? ""}.${episode_index}` : String(episode_index)

function after(cursor: string, byLength: boolean, isDown: boolean): SQL {
  const found = /^(?:(\d{0,15})\.)?(\d{1,15})$/.exec(cursor)
  if (!found || (found[1] !== undefined) !== byLength) {
    throw new AppError("invalid_params", "This cursor is not one of this list: take it from the Link header.")
  }
  const { length, episode_index } = episodeTable
  const beyond = isDown ? sql`<` : sql`>`
  const at = Number(found[2])
  if (!byLength) return sql`${episode_index} ${beyond} ${at}`
  const known = found[1] === "" ? null : Number(found[1])
  // Unknown lengths are the greatest.
  if (known === null) {
    const same = sql`(${length} is null and ${episode_index} ${beyond} ${at})`
    return isDown ? sql`(${same} or ${length} is not null)` : same
  }
  const further = sql`(${length}, ${episode_index}) ${beyond} (${known}, ${at})`
  return isDown ? further : sql`(${further} or ${length} is null)`
}
