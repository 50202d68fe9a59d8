import { useQuery } from "@tanstack/react-query"
import { Navigate, useParams, useSearch } from "@tanstack/react-router"
import { byRepoQuery } from "../api/datasets.ts"
import { DatasetView } from "../components/dataset-view.tsx"
import { addressOf } from "../components/dataset-link.tsx"
import { ErrorNote } from "../components/error-note.tsx"
import { Loading } from "../components/loading.tsx"
import { NotImported } from "../components/not-imported.tsx"
import { useTitle } from "../components/title.tsx"
import { isSha, splitRef } from "../dataset-address.ts"
import { shortSha } from "../formatting.ts"

/** A dataset at a commit. Without a commit, or at a branch or tag: goes to the newest import of it. */
export function DatasetPage() {
  const { owner, ref } = useParams({ from: "/$owner/$ref" })
  const { format } = useSearch({ from: "/$owner/$ref" })
  const { name, revision } = splitRef(ref)
  const repoId = `${owner}/${name}`
  const found = useQuery(byRepoQuery(repoId, revision ?? undefined))
  useTitle(revision === null ? repoId : `${repoId} @ ${isSha(revision) ? shortSha(revision) : revision}`)

  if (found.isPending) return <Loading what={repoId} />
  if (found.error) {
    return (
      <ErrorNote error={found.error} title={`${repoId} could not be looked up`} onRetry={() => void found.refetch()} />
    )
  }
  const dataset = found.data.find((each) => each.format_type === format) ?? found.data[0]
  if (!dataset) return <NotImported repoId={repoId} revision={revision} />
  if (revision !== dataset.source.revision)
    return <Navigate to="/$owner/$ref" params={addressOf(dataset.source)} replace />
  return <DatasetView key={dataset.id} initial={dataset} siblings={found.data} />
}
