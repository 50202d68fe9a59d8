import type { DatasetInfo, DatasetStatus } from "@robokit/core/dataset/schema"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Link, useNavigate } from "@tanstack/react-router"
import { Fragment, useEffect } from "react"
import { datasetQuery, statusQuery } from "../api/datasets.ts"
import { schemasQuery } from "../api/jobs.ts"
import { isOpen } from "../api/polling.ts"
import { DatasetBadge } from "./dataset-badge.tsx"
import { newestJobs } from "../newest-jobs.ts"
import { DatasetFacts } from "./dataset-facts.tsx"
import { DatasetSource } from "./dataset-source.tsx"
import { Commit } from "./commit.tsx"
import { addressOf } from "./dataset-link.tsx"
import { DeleteDataset } from "./delete-dataset.tsx"
import { ErrorNote } from "./error-note.tsx"
import { JobList } from "./job-list.tsx"
import { JobProgress } from "./job-progress.tsx"
import { Loading } from "./loading.tsx"
import { MetadataView } from "./metadata-view.tsx"
import { RepoName } from "./repo-name.tsx"
import { StartJob } from "./start-job.tsx"
import { VerdictPanel } from "./verdict-panel.tsx"
import "./dataset-view.css"

interface Props {
  initial: DatasetInfo
  /** All imports of the same commit, this one among them. */
  siblings: DatasetInfo[]
}

export function DatasetView({ initial, siblings }: Props) {
  const { data: dataset = initial } = useQuery({ ...datasetQuery(initial.id), initialData: initial })
  const status = useQuery(statusQuery(dataset.id))
  const { data: schemas } = useQuery(schemasQuery)
  const navigate = useNavigate()
  useReadAgainWhenJobsEnd(dataset.id, status.data)
  const search = siblings.length > 1 ? { format: dataset.format_type } : {}
  const { source, dataset_metadata: metadata } = dataset
  const state = status.data?.status ?? dataset.status
  const [owner, name] = source.repo_id.split("/")

  return (
    <article>
      <header className="dataset-head">
        <div>
          <p className="dataset-owner">{owner}</p>
          <h1>
            <RepoName name={name ?? source.repo_id} />
          </h1>
          <div className="row dataset-at">
            <Commit sha={source.revision} />
            {source.requested_revision !== source.revision && (
              <span className="small soft">pinned from {source.requested_revision}</span>
            )}
            <span className="chip">
              {dataset.format_type} {metadata?.format_version}
            </span>
            {state !== "completed" && <DatasetBadge status={state} verdict={null} />}
          </div>
        </div>
        <DeleteDataset dataset={dataset} onDeleted={() => void navigate({ to: "/" })} />
      </header>

      {siblings.length > 1 && (
        <p className="small soft dataset-also">
          Also imported as{" "}
          {siblings
            .filter((each) => each.id !== dataset.id)
            .map((each, index) => (
              <Fragment key={each.id}>
                {index > 0 && ", "}
                <Link to="/$owner/$ref" params={addressOf(source)} search={{ format: each.format_type }}>
                  {each.format_type}
                </Link>
              </Fragment>
            ))}
        </p>
      )}
      <VerdictPanel dataset={dataset} format={search.format} />
      {metadata && <DatasetFacts metadata={metadata} />}
      {schemas?.["indexing"]?.["x-formats"]?.[dataset.format_type] === true && (
        <p className="dataset-further">
          <Link to="/$owner/$ref/episodes" params={addressOf(source)} search={search} className="button">
            Look at the episodes
          </Link>
          <Link
            to="/$owner/$ref/compare/$"
            params={{ ...addressOf(source), _splat: "" }}
            search={search}
            className="button button-quiet"
          >
            Compare with another commit
          </Link>
        </p>
      )}

      <div className="dataset-columns">
        <div className="dataset-main">
          {metadata ? (
            <MetadataView
              metadata={metadata}
              dataset={dataset}
              isIndexed={newestJobs(status.data?.jobs ?? [], "indexing").done !== undefined}
            />
          ) : (
            <NotRead status={status.data} />
          )}
          <section className="dataset-section" aria-labelledby="jobs-title">
            <h2 id="jobs-title">Jobs</h2>
            {status.error && (
              <ErrorNote
                error={status.error}
                title="The jobs could not be read"
                onRetry={() => void status.refetch()}
              />
            )}
            {status.isPending && <Loading what="jobs" />}
            {status.data && <JobList jobs={status.data.jobs} source={source} />}
            <StartJob dataset={dataset} />
          </section>
        </div>
        <DatasetSource dataset={dataset} />
      </div>
    </article>
  )
}

/** No metadata: the job that reads it is still at work, or says why it failed. */
function NotRead({ status }: { status: DatasetStatus | undefined }) {
  const job = status?.jobs.findLast((each) => each.job_type === "metadata_extraction")
  if (!job) return <Loading what="what was read" />
  return (
    <section className="panel stack" aria-labelledby="not-read-title">
      <h2 id="not-read-title">{isOpen(job) ? "Reading what the dataset holds" : "The dataset could not be read"}</h2>
      <JobProgress job={job} />
      {isOpen(job) && <p className="small soft">This page fills itself when it is done.</p>}
    </section>
  )
}

function useReadAgainWhenJobsEnd(id: number, status: DatasetStatus | undefined) {
  const queryClient = useQueryClient()
  const ended = status && status.jobs.filter((job) => !isOpen(job)).length
  useEffect(() => {
    if (ended) void queryClient.invalidateQueries({ queryKey: datasetQuery(id).queryKey, exact: true })
  }, [ended, id, queryClient])
}
