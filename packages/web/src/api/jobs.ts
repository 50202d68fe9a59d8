import type { Artifact, Estimate, JobInfo, JobListItem, SizeClass } from "@robokit/core/job/schema"
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { pollDelay } from "./polling.ts"
import { ask, get, post, read } from "./request.ts"

/** A JSON Schema 2020-12 with what only we say: which formats the job takes, and in which version it is. */
export interface JobSchema {
  title?: string
  description?: string
  properties?: Record<string, unknown>
  "x-formats"?: Record<string, true | string>
  "x-version"?: number
  [keyword: string]: unknown
}

export const schemasQuery = queryOptions({
  queryKey: ["job-parameter-schemas"],
  queryFn: ({ signal }) => get<Record<string, JobSchema>>("/api/v1/datasets/job-parameter-schemas", signal),
  staleTime: Infinity,
})

export const jobQuery = (datasetId: number, jobId: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "jobs", jobId],
    queryFn: ({ signal }) => get<JobInfo>(`/api/v1/datasets/${datasetId}/jobs/${jobId}`, signal),
    refetchInterval: ({ state }) => pollDelay(state.data && [state.data], state.error),
  })

/** Its links live for five minutes, so an older answer is not shown again. */
export const artifactsQuery = (datasetId: number, jobId: number) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "jobs", jobId, "artifacts"],
    queryFn: ({ signal }) => get<Artifact[]>(`/api/v1/datasets/${datasetId}/jobs/${jobId}/artifacts`, signal),
    staleTime: 4 * 60_000,
    gcTime: 0,
    refetchInterval: 4 * 60_000,
  })

/** What a budget allows in its period, in dollars. */
export interface Budget {
  period: string
  limit_usd: number
  spent_usd: number
  reserved_usd: number
  left_usd: number
}

export interface EstimatedJob {
  estimate: Estimate
  size_class: SizeClass
  /** The one with the least left; null where none is set. */
  budget: Budget | null
  fits: boolean
}

/** What a job would take if it was started now. What is left of a budget changes, so an answer is not kept for long. */
export const estimateQuery = (datasetId: number, jobType: string, params: unknown) =>
  queryOptions({
    queryKey: ["estimate", datasetId, jobType, params],
    queryFn: ({ signal }) => ask<EstimatedJob>(`${analysis(datasetId, jobType)}/estimate`, params, signal),
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  })

/** Jobs that were given up, over all datasets: only the operator may see them. */
export const deadJobsQuery = infiniteQueryOptions({
  queryKey: ["jobs", "dead"],
  queryFn: async ({ pageParam, signal }) => {
    const { data, headers } = await read<JobListItem[]>(pageParam, signal)
    const total = headers.get("x-total-count")
    return { rows: data, total: total === null ? null : Number(total), next: nextOf(headers.get("link")) }
  },
  initialPageParam: "/api/v1/jobs?state_detail=dead&limit=25",
  getNextPageParam: ({ next }) => next,
})

/** The address of the page after this one, as RFC 8288 says it. */
const nextOf = (link: string | null) => /<([^>]+)>; rel="next"/.exec(link ?? "")?.[1] ?? null

const analysis = (datasetId: number, jobType: string) =>
  `/api/v1/datasets/${datasetId}/analyses/${encodeURIComponent(jobType)}`

export const startJob = (datasetId: number, jobType: string, params: unknown) =>
  post<JobInfo>(analysis(datasetId, jobType), params)

export const cancelJob = (datasetId: number, jobId: number) =>
  post<JobInfo>(`/api/v1/datasets/${datasetId}/jobs/${jobId}/cancel`, {})

export const retryJob = (datasetId: number, jobId: number) =>
  post<JobInfo>(`/api/v1/datasets/${datasetId}/jobs/${jobId}/retry`, {})
