import type { JobInfo } from "@robokit/core/job/schema"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { cancelJob, retryJob } from "../api/jobs.ts"
import { isOpen } from "../api/polling.ts"
import { ErrorNote } from "./error-note.tsx"

/** What one can do about a job: stop it while it is open, run it again once it has failed. */
export function JobVerbs({ job }: { job: JobInfo }) {
  const queryClient = useQueryClient()
  const retries = !isOpen(job)
  const verb = useMutation({
    mutationFn: () => (retries ? retryJob : cancelJob)(job.dataset_id, job.id),
    // Also after a refusal: the job is then not what it was thought to be.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["datasets", job.dataset_id] }),
  })
  const isStopping = job.state_detail === "cancelling"
  return (
    <div className="stack job-again">
      {verb.error && <ErrorNote error={verb.error} title={retries ? "It was not retried" : "It was not cancelled"} />}
      <button type="button" className="button" disabled={verb.isPending || isStopping} onClick={() => verb.mutate()}>
        {retries ? "Retry" : isStopping ? "Cancelling…" : "Cancel"}
      </button>
    </div>
  )
}
