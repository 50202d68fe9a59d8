import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { startJob } from "../api/jobs.ts"

/** Starts a job and stays: the page it is started from shows how far it is and then what it found. */
export function useStartHere(dataset: DatasetInfo, jobType: string) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (params: Record<string, unknown>) => startJob(dataset.id, jobType, params),
    // It may have been refused for a budget that has shrunk since it was shown.
    onError: () => queryClient.invalidateQueries({ queryKey: ["estimate"] }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["datasets", dataset.id] }),
  })
}
