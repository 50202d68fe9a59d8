import type { EpisodeSort } from "@robokit/core/episode/schema"
import { type DatasetSearch, readDatasetSearch } from "./dataset-address.ts"
import { DEFAULT_SORT, SORT_NAMES } from "./episode-sorts.ts"

/** Which episodes a list has and in which order, all of it in the address. */
export interface EpisodesSearch extends DatasetSearch {
  sort?: EpisodeSort
  /** Words of a task. */
  q?: string
  /** A task as it stands. */
  task?: string
}

/** A moment of an episode. The list it was opened from comes along: `[` and `]` go through that one. */
export interface EpisodeSearch extends EpisodesSearch {
  /** Seconds from the episode's beginning. */
  t?: number
  /** Wins over `t`; for those who count frames. */
  frame?: number
}

const LONGEST = 1000

export function readEpisodesSearch(search: Record<string, unknown>): EpisodesSearch {
  const sort = SORT_NAMES.find((each) => each === search.sort)
  return {
    ...readDatasetSearch(search),
    ...(sort && sort !== DEFAULT_SORT && { sort }),
    ...text(search, "q"),
    ...text(search, "task"),
  }
}

export function readEpisodeSearch(search: Record<string, unknown>): EpisodeSearch {
  const t = natural(search.t)
  const frame = natural(search.frame)
  return {
    ...readEpisodesSearch(search),
    ...(t !== null && { t }),
    ...(frame !== null && Number.isInteger(frame) && { frame }),
  }
}

/** To the millisecond: enough for any frame rate below 1,000. */
export const asMoment = (seconds: number) => Number(seconds.toFixed(3))

function text(search: Record<string, unknown>, name: string) {
  // The router reads `q=3` as a number.
  const value = search[name]
  const string = typeof value === "number" || typeof value === "boolean" ? String(value) : value
  return typeof string === "string" && string !== "" ? { [name]: string.slice(0, LONGEST) } : {}
}

function natural(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null
}
