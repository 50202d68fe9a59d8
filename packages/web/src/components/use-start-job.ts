import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { startJob } from "../api/jobs.ts"
import { addressOf } from "./dataset-link.tsx"

/** Starts a job with the parameters it is given, and goes to its page. */
export function useStartJob(dataset: DatasetInfo, jobType: string) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (params: unknown) => startJob(dataset.id, jobType, params ?? {}),
    // It may have been refused for a budget that has shrunk since it was shown.
    onError: () => queryClient.invalidateQueries({ queryKey: ["estimate"] }),
    onSuccess: async (job) => {
      await queryClient.invalidateQueries({ queryKey: ["datasets", dataset.id] })
      await navigate({
        to: "/$owner/$ref/jobs/$jobId",
        params: { ...addressOf(dataset.source), jobId: String(job.id) },
      })
    },
  })
}
