import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { EpisodeDetail } from "@robokit/core/episode/schema"
import { Link } from "@tanstack/react-router"
import type { Neighbours } from "../api/episodes.ts"
import { FLAGS } from "../episode-flags.ts"
import type { EpisodeSearch } from "../episode-search.ts"
import { formatCount, formatDecimal, formatDuration, plural } from "../formatting.ts"
import { addressOf } from "./dataset-link.tsx"
import "./notes.css"

interface Props {
  dataset: DatasetInfo
  episode: EpisodeDetail
  search: EpisodeSearch
  neighbours: Neighbours | undefined
  fps: number | null
}

export function EpisodeHead({ dataset, episode, search, neighbours, fps }: Props) {
  const facts = [
    episode.length === null ? "length not known" : plural(episode.length, "frame"),
    episode.duration_s !== null && formatDuration(episode.duration_s),
    fps !== null && `${formatDecimal(fps)} fps`,
  ]
  const { t: _t, frame: _frame, ...list } = search
  return (
    <header className="episode-head">
      <div className="row between">
        <h1>Episode {formatCount(episode.episode_index)}</h1>
        <nav aria-label="Episodes" className="row">
          <Neighbour to={neighbours?.previous} dataset={dataset} search={list} name="Previous" keys="[" />
          <Neighbour to={neighbours?.next} dataset={dataset} search={list} name="Next" keys="]" />
        </nav>
      </div>
      <p className="episode-tasks">
        {episode.tasks.length === 0 ? <span className="soft">No task</span> : episode.tasks.join(" · ")}
      </p>
      <p className="small soft">{facts.filter(Boolean).join(" · ")}</p>
      {episode.flags.length > 0 && (
        <ul className="note note-warn small">
          {episode.flags.map((flag) => (
            <li key={flag}>{FLAGS[flag].whole}</li>
          ))}
        </ul>
      )}
    </header>
  )
}

interface NeighbourProps {
  to: number | null | undefined
  dataset: DatasetInfo
  search: EpisodeSearch
  name: string
  keys: string
}

function Neighbour({ to, dataset, search, name, keys }: NeighbourProps) {
  const text = (
    <>
      {name} <kbd aria-hidden="true">{keys}</kbd>
    </>
  )
  if (to === null || to === undefined) {
    return (
      <button type="button" className="button button-small" disabled>
        {text}
      </button>
    )
  }
  return (
    <Link
      to="/$owner/$ref/episodes/$episode"
      params={{ ...addressOf(dataset.source), episode: String(to) }}
      search={search}
      className="button button-small"
      aria-label={`${name} episode: ${to}`}
    >
      {text}
    </Link>
  )
}
