import type { Create, DatasetInfo, DatasetState, DatasetStats, DatasetStatus } from "@robokit/core/dataset/schema"
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { pollDelay, POLL_MS } from "./polling.ts"
import { get, post, remove } from "./request.ts"

const PAGE = 50
const BASE = "/api/v1/datasets"

export const statsQuery = queryOptions({
  queryKey: ["datasets", "stats"],
  queryFn: ({ signal }) => get<DatasetStats>(`${BASE}/stats`, signal),
  refetchInterval: ({ state }) => {
    if (state.error) return pollDelay(undefined, state.error)
    return (state.data?.open_jobs ?? 0) > 0 ? POLL_MS : false
  },
})

/** Newest first. The API lists by id upwards, so pages are counted from the end: `total` of the statistics. */
export const listQuery = (status: DatasetState | undefined, total: number) =>
  infiniteQueryOptions({
    queryKey: ["datasets", "list", status ?? "all", total],
    queryFn: async ({ pageParam: end, signal }) => {
      if (end === 0) return { rows: [], skip: 0 }
      const skip = Math.max(0, end - PAGE)
      const search = new URLSearchParams({ skip: String(skip), limit: String(end - skip), ...(status && { status }) })
      const rows = await get<DatasetInfo[]>(`${BASE}/?${search}`, signal)
      return { rows: rows.toReversed(), skip }
    },
    initialPageParam: total,
    getNextPageParam: ({ skip }) => (skip > 0 ? skip : null),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const rows = state.data?.pages.flatMap((page) => page.rows) ?? []
      return rows.some(({ status: each }) => each === "pending" || each === "processing") ? POLL_MS : false
    },
  })

/** Every import of a repository (at a revision), newest first. */
export const byRepoQuery = (repoId: string, revision?: string) =>
  queryOptions({
    queryKey: ["datasets", "repo", repoId, revision ?? null],
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ repo_id: repoId, ...(revision !== undefined && { revision }) })
      return (await get<DatasetInfo[]>(`${BASE}/?${search}`, signal)).toReversed()
    },
  })

export const datasetQuery = (id: number) =>
  queryOptions({
    queryKey: ["datasets", id],
    queryFn: ({ signal }) => get<DatasetInfo>(`${BASE}/${id}`, signal),
  })

/** Polled until its last job has ended. */
export const statusQuery = (id: number) =>
  queryOptions({
    queryKey: ["datasets", id, "status"],
    queryFn: ({ signal }) => get<DatasetStatus>(`${BASE}/${id}/status`, signal),
    refetchInterval: ({ state }) => pollDelay(state.data?.jobs, state.error),
  })

export const importDataset = (input: Create) => post<DatasetInfo>(`${BASE}/`, input)

export const deleteDataset = (id: number) => remove(`${BASE}/${id}`)
