import { useParams, useSearch } from "@tanstack/react-router"
import { DatasetNav } from "../components/dataset-nav.tsx"
import { OfDataset } from "../components/of-dataset.tsx"
import { useTitle } from "../components/title.tsx"
import { ValidationView } from "../components/validation-view.tsx"

/** What validation found in a dataset at a commit, all of it. */
export function ValidationPage() {
  const { owner, ref } = useParams({ from: "/$owner/$ref/validation" })
  const search = useSearch({ from: "/$owner/$ref/validation" })
  useTitle(`Validation · ${owner}/${ref.replace(/@.*/, "")}`)
  return (
    <OfDataset owner={owner} name={ref} format={search.format}>
      {(dataset) => (
        <>
          <DatasetNav dataset={dataset} format={search.format} />
          <h1>Validation</h1>
          <ValidationView key={dataset.id} dataset={dataset} search={search} />
        </>
      )}
    </OfDataset>
  )
}
