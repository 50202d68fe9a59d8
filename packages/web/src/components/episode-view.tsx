import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { EpisodeDetail } from "@robokit/core/episode/schema"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { CatchBoundary, type ErrorComponentProps } from "@tanstack/react-router"
import { lazy, Suspense, useEffect, useMemo } from "react"
import { episodeQuery, framesQuery, neighboursQuery } from "../api/episodes.ts"
import { useValidation } from "../api/findings.ts"
import { findingsOf } from "../episode-findings.ts"
import type { EpisodeSearch } from "../episode-search.ts"
import { Player } from "../playback/player.ts"
import { EpisodeCameras } from "./episode-cameras.tsx"
import { EpisodeFindings } from "./episode-findings.tsx"
import { EpisodeHead } from "./episode-head.tsx"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { Transport } from "./transport.tsx"
import { useMoment } from "./use-moment.ts"
import "./episode-view.css"

// The library of the charts is of use only once the numbers are there.
const EpisodeCharts = lazy(async () => ({ default: (await import("./episode-charts.tsx")).EpisodeCharts }))

interface Props {
  dataset: DatasetInfo
  episode: EpisodeDetail
  search: EpisodeSearch
}

/** The pictures and the numbers of an episode at the same moment. */
export function EpisodeView({ dataset, episode, search }: Props) {
  const n = episode.episode_index
  const frames = useQuery(framesQuery(dataset.id, n))
  const { sort, q, task } = search
  const filter = { ...(sort && { sort }), ...(q && { q }), ...(task && { task }) }
  const neighbours = useQuery(neighboursQuery(dataset.id, filter, episode)).data
  usePrefetch(dataset.id, frames.isSuccess ? (neighbours?.next ?? null) : null)
  const validation = useValidation(dataset.id)
  const found = useMemo(() => findingsOf(validation?.validation.findings ?? [], n), [validation, n])

  const fps = dataset.dataset_metadata?.fps ?? frames.data?.fps ?? null
  const length = episode.length ?? frames.data?.rows ?? null
  const { t, frame } = search
  const player = useMemo(
    () => (fps && length ? new Player({ fps, length, t: frame === undefined ? (t ?? 0) : frame / fps }) : null),
    // A later moment in the address is gone to, by `useMoment`; it is not a new episode.
    // eslint-disable-next-line react/exhaustive-deps
    [dataset.id, n, fps, length],
  )
  useEffect(() => () => player?.pause(), [player])

  return (
    <article className="episode">
      <EpisodeHead dataset={dataset} episode={episode} search={search} neighbours={neighbours} fps={fps} />
      {player ? (
        <>
          <Moment player={player} search={search} />
          <EpisodeCameras player={player} dataset={dataset} episode={episode} />
          <Transport
            player={player}
            dataset={dataset}
            episode={episode}
            search={search}
            neighbours={neighbours}
            found={found}
          />
        </>
      ) : (
        !frames.isPending && (
          <p className="note note-warn">
            {fps ? "How many frames it has is not known" : "The dataset states no frame rate"}, so a moment of it cannot
            be found in its videos.
          </p>
        )
      )}
      {found.length > 0 && validation && (
        <EpisodeFindings
          found={found}
          episode={n}
          jobId={validation.jobId}
          format={search.format}
          dataset={dataset}
          player={player}
        />
      )}
      {frames.isPending && <Loading what="the numbers" />}
      {frames.error && (
        <ErrorNote error={frames.error} title="The numbers could not be read" onRetry={() => void frames.refetch()} />
      )}
      {frames.data && player && (
        <CatchBoundary getResetKey={() => String(n)} errorComponent={NoCharts}>
          <Suspense fallback={<Loading what="the charts" />}>
            <EpisodeCharts key={n} frames={frames.data} player={player} />
          </Suspense>
        </CatchBoundary>
      )}
    </article>
  )
}

/** Without its charts the page still shows the pictures. */
const NoCharts = ({ error, reset }: ErrorComponentProps) => (
  <ErrorNote error={error} title="The charts could not be drawn" onRetry={reset} />
)

/** A component of its own, so that the address changes without the page being made anew. */
function Moment({ player, search }: { player: Player; search: EpisodeSearch }) {
  useMoment(player, search)
  return null
}

/** Whoever looks at one take looks at the next one. */
function usePrefetch(datasetId: number, next: number | null) {
  const queryClient = useQueryClient()
  useEffect(() => {
    if (next === null) return
    void queryClient.prefetchQuery(episodeQuery(datasetId, next))
    void queryClient.prefetchQuery(framesQuery(datasetId, next))
  }, [datasetId, next, queryClient])
}
