import type { Revisions, SearchRequest, SearchResponse } from "@robokit/core/hub/schema"
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { ask, get } from "./request.ts"

export interface HubInUse {
  endpoint: string
  name: string
  is_sample: boolean
  /** Whether changes need the operator's key, and whether we sent it. */
  operator_key: "not_set" | "required" | "accepted"
}

export type SearchHit = SearchResponse["datasets"][number]

export const hubQuery = queryOptions({
  queryKey: ["hub"],
  queryFn: ({ signal }) => get<HubInUse>("/api/v1/hub", signal),
  staleTime: Infinity,
})

export const searchQuery = (request: SearchRequest) =>
  queryOptions({
    queryKey: ["search", request],
    queryFn: ({ signal }) => ask<SearchResponse>("/api/datasets/huggingface/search", request, signal),
    // As long as the server keeps it.
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })

/** What the search knows of one repository: its card's headline facts, or null when it does not list it. */
export const cardQuery = (repoId: string) =>
  queryOptions({
    queryKey: ["card", repoId],
    queryFn: async ({ signal }) => {
      const request: SearchRequest = {
        query: repoId,
        limit: 8,
        offset: 0,
        sort: "downloads",
        filters: { robotics: false },
      }
      const { datasets } = await ask<SearchResponse>("/api/datasets/huggingface/search", request, signal)
      return datasets.find((hit) => hit.repo_id.toLowerCase() === repoId.toLowerCase()) ?? null
    },
    staleTime: 60_000,
  })

export const revisionsQuery = (owner: string, name: string) =>
  infiniteQueryOptions({
    queryKey: ["revisions", owner, name],
    queryFn: ({ pageParam, signal }) => {
      const page = pageParam === 0 ? "" : `?page=${pageParam}`
      return get<Revisions>(
        `/api/v1/hub/datasets/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/revisions${page}`,
        signal,
      )
    },
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
    staleTime: 60_000,
  })
