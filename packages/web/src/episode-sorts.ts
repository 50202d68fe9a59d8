import type { EpisodeSort } from "@robokit/core/episode/schema"

/** The columns that can be sorted by, with what reverses the order. */
const REVERSED = {
  episode_index: "-episode_index",
  "-episode_index": "episode_index",
  length: "-length",
  "-length": "length",
  duration_s: "-duration_s",
  "-duration_s": "duration_s",
} as const satisfies Record<EpisodeSort, EpisodeSort>

export const SORT_NAMES = Object.keys(REVERSED) as EpisodeSort[]
export const DEFAULT_SORT = "episode_index" satisfies EpisodeSort

export const reversed = (sort: EpisodeSort): EpisodeSort => REVERSED[sort]

/** What `aria-sort` says of a column. */
export function directionOf(column: EpisodeSort, sort: EpisodeSort): "ascending" | "descending" | undefined {
  if (sort === column) return "ascending"
  return sort === reversed(column) ? "descending" : undefined
}
