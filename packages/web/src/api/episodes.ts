import type { Episode, EpisodeDetail, EpisodeSort } from "@robokit/core/episode/schema"
import { queryOptions } from "@tanstack/react-query"
import type { EpisodesSearch } from "../episode-search.ts"
import { DEFAULT_SORT, reversed } from "../episode-sorts.ts"
import { ApiError } from "./problem.ts"
import { get, read } from "./request.ts"

/** The most the API gives at once. */
export const PAGE = 100
const POINTS = 1000
/** An index of a commit stays what it is until it is indexed anew. */
const STAYS_MS = 60_000

/** The values of one number over the time: of each point the least and the greatest; null where there is none. */
export interface Series {
  /** `<feature>/<name of the value>`; of a feature with one value its name alone. */
  name: string
  feature: string
  /** Which value of the feature. */
  index: number
  min: (number | null)[]
  max: (number | null)[]
  unit?: string
}

/** The numbers of an episode. Point `p` of `n` begins with row `ceil(p * rows / n)`. */
export interface Frames {
  episode_index: number
  fps: number | null
  rows: number
  /** Timestamp of the first row of each point, in seconds. */
  t: (number | null)[]
  series: Series[]
  flags: ("relocated" | "rows_differ")[]
  notes: string[]
}

export type EpisodeFilter = Pick<EpisodesSearch, "sort" | "q" | "task">

export interface EpisodePage {
  rows: Episode[]
  /** How many there are on all pages. */
  total: number
  /** The index is not whole: what is not among them may be in the dataset. */
  isPartial: boolean
}

export const isNotIndexed = (error: unknown) => error instanceof ApiError && error.code === "not_indexed"

/** Rows `page * PAGE` and on of a list. */
export const episodesQuery = (datasetId: number, filter: EpisodeFilter, page: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episodes", filter, page],
    queryFn: ({ signal }) => list(datasetId, filter, { skip: String(page * PAGE), limit: String(PAGE) }, signal),
    staleTime: STAYS_MS,
  })

/** Null in a dataset without any. */
export const firstEpisodeQuery = (datasetId: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episodes", "first"],
    queryFn: async ({ signal }) => (await list(datasetId, {}, { limit: "1" }, signal)).rows[0] ?? null,
    staleTime: STAYS_MS,
  })

/** Frames of the longest episode, which the others are drawn in proportion to; null where no length is known. */
export const longestQuery = (datasetId: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episodes", "longest"],
    queryFn: async ({ signal }) => {
      // Unknown lengths come first in this order, and a page of them says enough.
      const { rows } = await list(datasetId, { sort: "-length" }, { limit: String(PAGE) }, signal)
      return rows.find(({ length }) => length !== null)?.length ?? null
    },
    staleTime: STAYS_MS,
  })

export interface Lengths {
  shortest: number
  median: number
  longest: number
}

/** Of all episodes that a list of `total` has, in frames; null where the length of one is not known. */
export const lengthsQuery = (datasetId: number, { sort: _sort, ...filter }: EpisodeFilter, total: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episodes", "lengths", filter, total],
    queryFn: async ({ signal }): Promise<Lengths | null> => {
      const at = async (sort: EpisodeSort, skip: number) => {
        const { rows } = await list(datasetId, { ...filter, sort }, { skip: String(skip), limit: "1" }, signal)
        return rows[0]?.length ?? null
      }
      const [shortest, median, longest] = await Promise.all([
        at("length", 0),
        at("length", Math.floor((total - 1) / 2)),
        at("-length", 0),
      ])
      return shortest === null || median === null || longest === null ? null : { shortest, median, longest }
    },
    staleTime: STAYS_MS,
  })

export const episodeQuery = (datasetId: number, n: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episode", n],
    queryFn: ({ signal }) => get<EpisodeDetail>(`${base(datasetId)}/${n}`, signal),
    staleTime: STAYS_MS,
  })

export const framesQuery = (datasetId: number, n: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episode", n, "frames"],
    queryFn: ({ signal }) => get<Frames>(`${base(datasetId)}/${n}/frames?points=${POINTS}`, signal),
    staleTime: Infinity,
  })

export interface Neighbours {
  previous: number | null
  next: number | null
}

/** The episodes before and after one, in the list it was opened from. */
export const neighboursQuery = (datasetId: number, filter: EpisodeFilter, episode: Episode) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "episode", episode.episode_index, "neighbours", filter],
    queryFn: async ({ signal }): Promise<Neighbours> => {
      const sort = filter.sort ?? DEFAULT_SORT
      const [previous, next] = await Promise.all(
        [reversed(sort), sort].map((each) =>
          list(datasetId, { ...filter, sort: each }, { cursor: cursorOf(episode, each), limit: "1" }, signal),
        ),
      )
      return {
        previous: previous?.rows[0]?.episode_index ?? null,
        next: next?.rows[0]?.episode_index ?? null,
      }
    },
    staleTime: STAYS_MS,
  })

/** As the API's own `Link` headers have it. */
const cursorOf = ({ length, episode_index }: Episode, sort: EpisodeSort) =>
  sort.endsWith(DEFAULT_SORT) ? String(episode_index) : `${length ?? ""}.${episode_index}`

async function list(
  datasetId: number,
  filter: EpisodeFilter,
  page: Record<string, string>,
  signal: AbortSignal,
): Promise<EpisodePage> {
  const { data, headers } = await read<Episode[]>(
    `${base(datasetId)}?${new URLSearchParams({ ...filter, ...page })}`,
    signal,
  )
  const total = Number(headers.get("x-total-count") ?? Number.NaN)
  if (!Number.isInteger(total)) throw new Error("The server did not say how many episodes there are.")
  return { rows: data, total, isPartial: headers.has("x-partial") }
}

const base = (datasetId: number) => `/api/v1/datasets/${datasetId}/episodes`
