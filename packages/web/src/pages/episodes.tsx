import { useParams, useSearch } from "@tanstack/react-router"
import { DatasetNav } from "../components/dataset-nav.tsx"
import { EpisodeList } from "../components/episode-list.tsx"
import { OfDataset } from "../components/of-dataset.tsx"
import { useTitle } from "../components/title.tsx"

/** The episodes of a dataset at a commit. */
export function EpisodesPage() {
  const { owner, ref } = useParams({ from: "/$owner/$ref/episodes" })
  const search = useSearch({ from: "/$owner/$ref/episodes" })
  useTitle(`Episodes · ${owner}/${ref.replace(/@.*/, "")}`)
  return (
    <OfDataset owner={owner} name={ref} format={search.format}>
      {(dataset) => (
        <>
          <DatasetNav dataset={dataset} format={search.format} />
          <h1>Episodes</h1>
          <EpisodeList key={dataset.id} dataset={dataset} search={search} />
        </>
      )}
    </OfDataset>
  )
}
