import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { byRepoQuery } from "../api/datasets.ts"
import { type ComparedWith, readCompared } from "../compare-address.ts"
import { ComparePicker } from "./compare-picker.tsx"
import { Compared } from "./compared.tsx"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { NotImported } from "./not-imported.tsx"
import "./compare.css"

/** @param other what follows `/compare/` in the address. */
export function CompareView({ dataset, other }: { dataset: DatasetInfo; other: string }) {
  const compared = readCompared(other, dataset.source.repo_id)
  return (
    <div className="compare">
      {compared === null ? (
        <p className="soft">Choose what to compare with. What differs is shown part by part.</p>
      ) : (
        <With dataset={dataset} compared={compared} />
      )}
      <ComparePicker dataset={dataset} isOpen={compared === null} />
    </div>
  )
}

function With({ dataset, compared: { repo_id, revision } }: { dataset: DatasetInfo; compared: ComparedWith }) {
  const found = useQuery(byRepoQuery(repo_id, revision ?? undefined))
  if (found.isPending) return <Loading what={repo_id} />
  if (found.error) {
    return (
      <ErrorNote error={found.error} title={`${repo_id} could not be looked up`} onRetry={() => void found.refetch()} />
    )
  }
  const other = found.data.find((each) => each.format_type === dataset.format_type) ?? found.data[0]
  if (!other) return <NotImported repoId={repo_id} revision={revision} />
  if (other.id === dataset.id) return <p className="note note-info">That is the same commit: nothing can be other.</p>
  return <Compared from={dataset} to={other} />
}
