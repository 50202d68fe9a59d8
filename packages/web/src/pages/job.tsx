import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { byRepoQuery } from "../api/datasets.ts"
import { ErrorNote } from "../components/error-note.tsx"
import { JobView } from "../components/job-view.tsx"
import { Loading } from "../components/loading.tsx"
import { NotImported } from "../components/not-imported.tsx"
import { isSha, splitRef } from "../dataset-address.ts"
import { NotFound } from "./not-found.tsx"

/** One job of a dataset, with its result. */
export function JobPage() {
  const { owner, ref, jobId } = useParams({ from: "/$owner/$ref/jobs/$jobId" })
  const { name, revision } = splitRef(ref)
  const repoId = `${owner}/${name}`
  const found = useQuery(byRepoQuery(repoId, revision ?? undefined))

  if (!/^[1-9]\d{0,9}$/.test(jobId)) return <NotFound />
  if (found.isPending) return <Loading what={`job ${jobId}`} />
  if (found.error) {
    return (
      <ErrorNote error={found.error} title={`${repoId} could not be looked up`} onRetry={() => void found.refetch()} />
    )
  }
  if (found.data.length === 0) return <NotImported repoId={repoId} revision={revision} />
  return (
    <>
      <nav aria-label="Breadcrumb" className="small">
        <Link to="/$owner/$ref" params={{ owner, ref }}>
          {repoId}
          {revision !== null && ` @ ${isSha(revision) ? revision.slice(0, 7) : revision}`}
        </Link>
      </nav>
      <JobOf candidates={found.data} jobId={Number(jobId)} />
    </>
  )
}

/** One commit may be imported as several formats, so the job is of one of them. */
function JobOf({ candidates, jobId }: { candidates: DatasetInfo[]; jobId: number }) {
  const [first, ...rest] = candidates
  if (!first) return <NotFound what={`job ${jobId} of this dataset`} />
  return <JobView dataset={first} jobId={jobId} otherwise={<JobOf candidates={rest} jobId={jobId} />} />
}
