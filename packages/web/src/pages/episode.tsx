import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams, useSearch } from "@tanstack/react-router"
import { episodeQuery, isNotIndexed } from "../api/episodes.ts"
import { ApiError } from "../api/problem.ts"
import { addressOf } from "../components/dataset-link.tsx"
import { DatasetNav } from "../components/dataset-nav.tsx"
import { EpisodeView } from "../components/episode-view.tsx"
import { ErrorNote } from "../components/error-note.tsx"
import { Loading } from "../components/loading.tsx"
import { NeedsIndex } from "../components/needs-index.tsx"
import { OfDataset } from "../components/of-dataset.tsx"
import { useTitle } from "../components/title.tsx"
import type { EpisodeSearch } from "../episode-search.ts"
import { formatCount } from "../formatting.ts"
import { NotFound } from "./not-found.tsx"

/** One episode at one moment. */
export function EpisodePage() {
  const { owner, ref, episode } = useParams({ from: "/$owner/$ref/episodes/$episode" })
  const search = useSearch({ from: "/$owner/$ref/episodes/$episode" })
  useTitle(`Episode ${episode} · ${owner}/${ref.replace(/@.*/, "")}`)
  if (!/^\d{1,15}$/.test(episode)) return <NotFound what={`episode ${episode}`} />
  return (
    <OfDataset owner={owner} name={ref} format={search.format}>
      {(dataset) => (
        <>
          <DatasetNav dataset={dataset} format={search.format} />
          <OneEpisode dataset={dataset} n={Number(episode)} search={search} />
        </>
      )}
    </OfDataset>
  )
}

function OneEpisode({ dataset, n, search }: { dataset: DatasetInfo; n: number; search: EpisodeSearch }) {
  const { data: episode, error, isPending, refetch } = useQuery(episodeQuery(dataset.id, n))
  if (episode) return <EpisodeView dataset={dataset} episode={episode} search={search} />
  if (isNotIndexed(error)) return <NeedsIndex dataset={dataset} />
  if (isPending) return <Loading what={`episode ${n}`} />
  const isMissing = error instanceof ApiError && error.status === 404
  return (
    <>
      <h1>Episode {formatCount(n)}</h1>
      <ErrorNote
        error={error}
        title={isMissing ? "There is no such episode" : "It could not be read"}
        onRetry={isMissing ? undefined : () => void refetch()}
      >
        <Link
          to="/$owner/$ref/episodes"
          params={addressOf(dataset.source)}
          search={search.format === undefined ? {} : { format: search.format }}
          className="button button-small"
        >
          All episodes
        </Link>
      </ErrorNote>
    </>
  )
}
