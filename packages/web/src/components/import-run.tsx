import type { Create, DatasetInfo } from "@robokit/core/dataset/schema"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useEffect } from "react"
import { datasetQuery, importDataset, statusQuery } from "../api/datasets.ts"
import { ApiError } from "../api/problem.ts"
import { isOpen } from "../api/polling.ts"
import { shortSha } from "../formatting.ts"
import { addressOf, DatasetLink } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import { JobProgress } from "./job-progress.tsx"
import "./import-run.css"

interface Props {
  repoId: string
  revision: string
  format: Create["format_type"]
  /** Goes to the dataset's page as soon as it is pinned, instead of showing the progress here. */
  opensPage?: boolean
}

/** The button that imports, then how far that is, then where the result stands. */
export function ImportRun({ repoId, revision, format, opensPage = false }: Props) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const importing = useMutation({
    mutationFn: (format_type: Create["format_type"]) =>
      importDataset({ source: { type: "huggingface", repo_id: repoId, revision }, format_type }),
    onSuccess: async (dataset) => {
      await queryClient.invalidateQueries({ queryKey: ["datasets"] })
      if (opensPage) await navigate({ to: "/$owner/$ref", params: addressOf(dataset.source), replace: true })
    },
  })

  if (importing.data && !opensPage) return <Imported dataset={importing.data} />
  const { error } = importing
  if (error instanceof ApiError && error.existingId !== null) return <AlreadyThere id={error.existingId} />
  return (
    <div className="import-run">
      {error && (
        <ErrorNote error={error} title="It was not imported" onRetry={() => importing.mutate(format)}>
          {error instanceof ApiError && error.code === "format_unsupported" && (
            <button type="button" className="button button-small" onClick={() => importing.mutate("custom")}>
              Import it as other files
            </button>
          )}
        </ErrorNote>
      )}
      {!error && (
        <button
          type="button"
          className="button button-main"
          disabled={importing.isPending}
          onClick={() => importing.mutate(format)}
        >
          {importing.isPending ? "Pinning to its commit…" : "Import"}
        </button>
      )}
    </div>
  )
}

function Imported({ dataset }: { dataset: DatasetInfo }) {
  const { data: status, error, refetch } = useQuery(statusQuery(dataset.id))
  const job = status?.jobs.find(isOpen) ?? status?.jobs.at(-1)
  const queryClient = useQueryClient()
  const state = status?.status
  useEffect(() => {
    if (state === "completed" || state === "failed") {
      void queryClient.invalidateQueries({
        queryKey: ["datasets"],
        predicate: ({ queryKey }) => queryKey[2] !== "status",
      })
    }
  }, [state, queryClient])
  return (
    <div className="import-run stack">
      <p role="status">
        {state === "completed"
          ? "Imported and read: "
          : state === "failed"
            ? "Imported, but it could not be read: "
            : "Imported, reading: "}
        <code>{dataset.source.repo_id}</code> at <code>{shortSha(dataset.source.revision)}</code>
      </p>
      {error && <ErrorNote error={error} title="Its progress is not known" onRetry={() => void refetch()} />}
      {job && <JobProgress job={job} />}
      <DatasetLink source={dataset.source} className={state === "completed" ? "button button-main" : "button"}>
        Open the dataset’s page
      </DatasetLink>
    </div>
  )
}

function AlreadyThere({ id }: { id: number }) {
  const { data, error, refetch } = useQuery(datasetQuery(id))
  return (
    <div className="import-run stack">
      <p role="status">This commit is imported already.</p>
      {error && <ErrorNote error={error} title="Where it stands is not known" onRetry={() => void refetch()} />}
      {data && (
        <DatasetLink source={data.source} className="button button-main">
          Open the dataset’s page
        </DatasetLink>
      )}
    </div>
  )
}
