import type { Severity } from "@robokit/core/check/schema"
import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { Episode } from "@robokit/core/episode/schema"
import { Link, useNavigate } from "@tanstack/react-router"
import { FLAGS } from "../episode-flags.ts"
import type { EpisodesSearch } from "../episode-search.ts"
import { formatCount, formatDuration, plural } from "../formatting.ts"
import { addressOf } from "./dataset-link.tsx"
import { Known } from "./known.tsx"
import { SeverityMark } from "./severity-mark.tsx"

interface Props {
  id: string
  index: number
  top: number
  height: number
  isActive: boolean
  /** Undefined until its page has come. */
  episode: Episode | undefined
  source: DatasetInfo["source"]
  search: EpisodesSearch
  longest: number | null
  found: { count: number; severity: Severity } | undefined
  /** There is a validation: no findings then means none. */
  isChecked: boolean
}

/** One episode; a click anywhere opens it. */
export function EpisodeRow({
  id,
  index,
  top,
  height,
  isActive,
  episode,
  source,
  search,
  longest,
  found,
  isChecked,
}: Props) {
  const navigate = useNavigate()
  const place = {
    id,
    role: "row",
    "aria-rowindex": index + 2,
    "aria-selected": isActive,
    className: "episodes-line episodes-row",
    style: { height, transform: `translateY(${top}px)` },
  }
  if (!episode) {
    return (
      <div {...place} aria-busy="true">
        <div role="gridcell" className="soft">
          …
        </div>
      </div>
    )
  }
  const to = {
    to: "/$owner/$ref/episodes/$episode",
    params: { ...addressOf(source), episode: String(episode.episode_index) },
    search,
  } as const
  return (
    <div {...place} onClick={(event) => !isOwnLink(event.target) && void navigate(to)}>
      <div role="gridcell" className="episodes-number">
        <Link {...to} tabIndex={-1}>
          {formatCount(episode.episode_index)}
        </Link>
      </div>
      <div role="gridcell" className="episodes-tasks" title={episode.tasks.join("\n")}>
        {episode.tasks.length === 0 ? <span className="soft">none</span> : episode.tasks.join(" · ")}
      </div>
      <div role="gridcell" className="episodes-length">
        <span className="episodes-bar" aria-hidden="true">
          <span style={{ width: `${shareOf(episode.length, longest)}%` }} />
        </span>
        <span>
          <Known value={episode.length} as={formatCount} />
        </span>
      </div>
      <div role="gridcell" className="episodes-duration">
        <Known value={episode.duration_s} as={formatDuration} />
      </div>
      <div role="gridcell" className="episodes-marks">
        {found && (
          <span className="episodes-found">
            <SeverityMark severity={found.severity} /> {plural(found.count, "finding")}
          </span>
        )}
        {episode.flags.map((flag) => (
          <span key={flag} className="chip chip-warn" title={FLAGS[flag].whole}>
            {FLAGS[flag].short}
          </span>
        ))}
        {!found && episode.flags.length === 0 && (
          <span className="soft">
            <span aria-hidden="true">–</span>
            <span className="visually-hidden">{isChecked ? "no findings" : "not validated"}</span>
          </span>
        )}
      </div>
    </div>
  )
}

const isOwnLink = (target: EventTarget) => target instanceof Element && target.closest("a") !== null

const shareOf = (length: number | null, longest: number | null) =>
  length === null || !longest ? 0 : Math.min(100, (100 * length) / longest)
