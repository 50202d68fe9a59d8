import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Navigate } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { byRepoQuery } from "../api/datasets.ts"
import { splitRef } from "../dataset-address.ts"
import { addressOf } from "./dataset-link.tsx"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { NotImported } from "./not-imported.tsx"

interface Props {
  owner: string
  /** `name` or `name@revision`. */
  name: string
  format: string | undefined
  children: (dataset: DatasetInfo) => ReactNode
}

/** A page below a dataset's. Without a commit in its address it goes on to the newest import's. */
export function OfDataset({ owner, name: ref, format, children }: Props) {
  const { name, revision } = splitRef(ref)
  const repoId = `${owner}/${name}`
  const found = useQuery(byRepoQuery(repoId, revision ?? undefined))

  if (found.isPending) return <Loading what={repoId} />
  if (found.error) {
    return (
      <ErrorNote error={found.error} title={`${repoId} could not be looked up`} onRetry={() => void found.refetch()} />
    )
  }
  const dataset = found.data.find((each) => each.format_type === format) ?? found.data[0]
  if (!dataset) return <NotImported repoId={repoId} revision={revision} />
  if (revision !== dataset.source.revision)
    return <Navigate to="." params={(before) => ({ ...before, ...addressOf(dataset.source) })} search replace />
  return children(dataset)
}
