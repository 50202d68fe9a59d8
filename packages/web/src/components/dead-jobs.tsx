import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { deadJobsQuery, retryJob } from "../api/jobs.ts"
import { learnKey } from "../api/operator-key.ts"
import { ApiError } from "../api/problem.ts"
import { plural } from "../formatting.ts"
import { DeadJob } from "./dead-job.tsx"
import { ErrorNote } from "./error-note.tsx"
import { LoadMore } from "./load-more.tsx"
import { Loading } from "./loading.tsx"
import { SectionHead } from "./section-head.tsx"
import "./dead-jobs.css"

/** The jobs that were given up, each to be run again by hand. */
export function DeadJobs() {
  const list = useInfiniteQuery(deadJobsQuery)
  const queryClient = useQueryClient()
  const redrive = useMutation({
    mutationFn: ({ dataset_id, id }: { dataset_id: number; id: number }) => retryJob(dataset_id, id),
    // Also after a refusal: the job is then not what it was thought to be.
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: deadJobsQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: ["datasets"] }),
      ]),
  })
  const said = useRef<HTMLParagraphElement>(null)
  const queued = redrive.data?.id
  // The button that was pressed is gone with its job; whoever uses a keyboard goes on from here.
  useEffect(() => {
    if (queued !== undefined) said.current?.focus()
  }, [queued])

  const jobs = list.data?.pages.flatMap((page) => page.rows) ?? []
  const total = list.data?.pages.at(-1)?.total ?? jobs.length
  return (
    <section className="dead-jobs stack" aria-labelledby="dead-title">
      <SectionHead id="dead-title" title="Given up" {...(list.data && { count: plural(total, "job") })} />
      <p ref={said} role="status" tabIndex={-1} className="dead-said small">
        {queued === undefined ? "" : `Job ${queued} is queued again.`}
      </p>
      {redrive.error && <ErrorNote error={redrive.error} title={`Job ${redrive.variables.id} was not retried`} />}
      {list.error && <Refusal error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading what="the jobs that were given up" />}
      {list.data && jobs.length === 0 && !list.error && (
        <div className="empty">
          <h3>No job was given up</h3>
          <p>
            A job stands here when RoboKit has tried it as often as it may and stopped. It waits for you to retry it.
          </p>
        </div>
      )}
      {jobs.length > 0 && (
        <ul className="panel jobs">
          {jobs.map((job) => (
            <DeadJob key={job.id} job={job} isBusy={redrive.isPending} onRetry={() => redrive.mutate(job)} />
          ))}
        </ul>
      )}
      <LoadMore list={list} />
    </section>
  )
}

/** Who has no key may enter one; a server from before there was such a list has nothing to show. */
function Refusal({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const status = error instanceof ApiError ? error.status : 0
  if (status === 404) return <p className="soft">This RoboKit does not list the jobs that were given up.</p>
  if (status !== 401) return <ErrorNote error={error} title="The jobs could not be read" onRetry={onRetry} />
  return (
    <div className="empty">
      <h3>For the operator</h3>
      <p>Only who has the operator’s key sees the jobs that were given up.</p>
      <button type="button" className="button button-main" onClick={() => void learnKey()}>
        Enter the operator’s key
      </button>
    </div>
  )
}
