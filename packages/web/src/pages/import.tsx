import { useSearch } from "@tanstack/react-router"
import { ChosenDataset } from "../components/chosen-dataset.tsx"
import { HubSearch } from "../components/hub-search.tsx"
import { useTitle } from "../components/title.tsx"
import "./import.css"

/** Find, choose a revision, import. */
export function Import() {
  const search = useSearch({ from: "/import" })
  useTitle(search.dataset ? `Import ${search.dataset}` : "Import")
  if (search.dataset !== undefined) {
    return (
      <ChosenDataset key={search.dataset} repoId={search.dataset} revision={search.revision ?? null} search={search} />
    )
  }
  return (
    <>
      <h1>Import a dataset</h1>
      <HubSearch search={search} />
    </>
  )
}
