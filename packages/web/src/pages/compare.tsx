import { useParams, useSearch } from "@tanstack/react-router"
import { CompareView } from "../components/compare-view.tsx"
import { DatasetNav } from "../components/dataset-nav.tsx"
import { OfDataset } from "../components/of-dataset.tsx"
import { useTitle } from "../components/title.tsx"

/** Two commits, of one repository mostly. Without the other one in the address it is chosen here. */
export function ComparePage() {
  const { owner, ref, _splat: other = "" } = useParams({ from: "/$owner/$ref/compare/$" })
  const { format } = useSearch({ from: "/$owner/$ref/compare/$" })
  useTitle(`Comparison · ${owner}/${ref.replace(/@.*/, "")}`)
  return (
    <OfDataset owner={owner} name={ref} format={format}>
      {(dataset) => (
        <>
          <DatasetNav dataset={dataset} format={format} />
          <h1>Comparison</h1>
          <CompareView key={`${dataset.id} ${other}`} dataset={dataset} other={other} />
        </>
      )}
    </OfDataset>
  )
}
