import type { SearchRequest } from "@robokit/core/hub/schema"

/** The orders offered, with how they are called. */
export const SORTS = {
  downloads: "Most downloads",
  likes: "Most likes",
  last_modified: "Last changed",
  created_at: "Newest",
  trending: "Trending",
} as const satisfies Partial<Record<SearchRequest["sort"], string>>

export type Sort = keyof typeof SORTS
export const SORT_NAMES = Object.keys(SORTS) as Sort[]
