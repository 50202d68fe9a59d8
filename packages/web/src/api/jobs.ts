import type { Artifact, JobInfo } from "@robokit/core/job/schema"
import { queryOptions } from "@tanstack/react-query"
import { pollDelay } from "./polling.ts"
import { get, post } from "./request.ts"

/** A JSON Schema 2020-12 with what only we say: which formats the job takes. */
export interface JobSchema {
  title?: string
  description?: string
  properties?: Record<string, unknown>
  "x-formats"?: Record<string, true | string>
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

export const startJob = (datasetId: number, jobType: string, params: unknown) =>
  post<JobInfo>(`/api/v1/datasets/${datasetId}/analyses/${encodeURIComponent(jobType)}`, params)

export const cancelJob = (datasetId: number, jobId: number) =>
  post<JobInfo>(`/api/v1/datasets/${datasetId}/jobs/${jobId}/cancel`, {})

export const retryJob = (datasetId: number, jobId: number) =>
  post<JobInfo>(`/api/v1/datasets/${datasetId}/jobs/${jobId}/retry`, {})
