import type { Finding } from "@robokit/core/check/schema"
import type { Feature } from "@robokit/core/episode/schema"
import type { PartialResult } from "@robokit/core/job/schema"
import { queryOptions } from "@tanstack/react-query"
import { isNotIndexed } from "./episodes.ts"
import { get } from "./request.ts"

export interface Change<T> {
  from: T
  to: T
}

/** What is other in one dataset than in another, as core/episode/comparison.ts has it. Lists hold the first hundred; the counts count all. */
export interface Comparison {
  /** Whose index is not whole may have what only the other one seems to have. */
  from: { partial: PartialResult | null }
  to: { partial: PartialResult | null }
  /** Null where one has none: its metadata job has not completed. */
  metadata: ({ field: string } & Change<unknown>)[] | null
  tasks: { added: string[]; removed: string[]; added_count: number; removed_count: number }
  features: { added: Feature[]; removed: Feature[]; changed: ({ name: string } & Change<Feature>)[] }
  episodes: {
    count: Change<number>
    frames: Change<number | null>
    added: number[]
    removed: number[]
    changed: { episode_index: number; length: Change<number | null>; tasks: Change<string[]> }[]
    added_count: number
    removed_count: number
    changed_count: number
  }
  /** Null or absent while one of the two has no validation that completed. */
  findings?: { new: Finding[]; gone: Finding[]; same: Finding[] } | null
}

const UNINDEXED_MS = 5000

export const comparisonQuery = (id: number, other_id: number) =>
  queryOptions({
    queryKey: ["datasets", id, "compare", other_id],
    queryFn: ({ signal }) => get<Comparison>(`/api/v1/datasets/${id}/compare/${other_id}`, signal),
    // The index that is missing may be the other one's, of which nothing here hears.
    refetchInterval: ({ state }) => (isNotIndexed(state.error) ? UNINDEXED_MS : false),
  })
