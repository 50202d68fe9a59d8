import type { Validation } from "@robokit/core/check/schema"
import { useQuery } from "@tanstack/react-query"
import { statusQuery } from "./datasets.ts"
import { jobQuery } from "./jobs.ts"

/** The newest validation that came to an end, with the job it is of; undefined while there is none. */
export function useValidation(datasetId: number): { jobId: number; validation: Validation } | undefined {
  const { data: status } = useQuery(statusQuery(datasetId))
  const job = status?.jobs.findLast((each) => each.job_type === "validation" && each.status === "completed")
  const { data } = useQuery({ ...jobQuery(datasetId, job?.id ?? 0), enabled: job !== undefined })
  // The result is what the server's own schema of it let through.
  return data?.result ? { jobId: data.id, validation: data.result as Validation } : undefined
}
