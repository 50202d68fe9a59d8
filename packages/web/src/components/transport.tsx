import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { EpisodeDetail } from "@robokit/core/episode/schema"
import { useNavigate } from "@tanstack/react-router"
import { useState } from "react"
import type { Neighbours } from "../api/episodes.ts"
import type { EpisodeFinding } from "../episode-findings.ts"
import type { EpisodeSearch } from "../episode-search.ts"
import { formatCount, formatMoment } from "../formatting.ts"
import { type Player, RATES } from "../playback/player.ts"
import { timeOf } from "../playback/window.ts"
import { CopyMoment } from "./copy-moment.tsx"
import { addressOf } from "./dataset-link.tsx"
import { FrameBackIcon, FrameOnIcon, PauseIcon, PlayIcon } from "./icons.tsx"
import { KeyboardHelp } from "./keyboard-help.tsx"
import { Timeline } from "./timeline.tsx"
import { useEpisodeKeys } from "./use-episode-keys.ts"
import { usePlayer } from "./use-player.ts"
import "./transport.css"

interface Props {
  player: Player
  dataset: DatasetInfo
  episode: EpisodeDetail
  search: EpisodeSearch
  neighbours: Neighbours | undefined
  found: EpisodeFinding[]
}

/** The timeline and what moves over it; it stays in sight while the charts are read. */
export function Transport({ player, dataset, episode, search, neighbours, found }: Props) {
  const navigate = useNavigate()
  const [isHelping, setHelping] = useState(false)
  const isPlaying = usePlayer(player, (of) => of.isPlaying)
  const rate = usePlayer(player, (of) => of.rate)
  const open = (n: number | null | undefined) => {
    if (n === null || n === undefined) return
    const { t: _t, frame: _frame, ...list } = search
    const params = { ...addressOf(dataset.source), episode: String(n) }
    void navigate({ to: "/$owner/$ref/episodes/$episode", params, search: list, resetScroll: false })
  }
  useEpisodeKeys(player, {
    previous: () => open(neighbours?.previous),
    next: () => open(neighbours?.next),
    help: () => setHelping(true),
  })

  return (
    <section className="transport" aria-label="Player">
      <Timeline player={player} found={found} />
      <div className="transport-line">
        <div className="transport-buttons">
          <button
            type="button"
            className="transport-button"
            onClick={() => player.step(-1)}
            aria-label="One frame back"
          >
            <FrameBackIcon />
          </button>
          <button
            type="button"
            className="transport-button transport-play"
            onClick={() => player.toggle()}
            aria-label={isPlaying ? "Pause" : "Play"}
          >
            {isPlaying ? <PauseIcon /> : <PlayIcon />}
          </button>
          <button type="button" className="transport-button" onClick={() => player.step(1)} aria-label="One frame on">
            <FrameOnIcon />
          </button>
        </div>
        <Clock player={player} />
        <div className="transport-end">
          <select
            aria-label="Speed"
            value={rate}
            onChange={(event) => player.setRate(Number(event.target.value))}
            className="transport-rate"
          >
            {RATES.map((each) => (
              <option key={each} value={each}>
                {each}×
              </option>
            ))}
          </select>
          <CopyMoment player={player} dataset={dataset} episode={episode.episode_index} format={search.format} />
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => setHelping(true)}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
          >
            <kbd>?</kbd>
          </button>
        </div>
      </div>
      {isHelping && <KeyboardHelp onClose={() => setHelping(false)} />}
    </section>
  )
}

/** Where it is; said aloud only at rest. */
function Clock({ player }: { player: Player }) {
  const frame = usePlayer(player, (of) => of.frame)
  const isPlaying = usePlayer(player, (of) => of.isPlaying)
  const isWaiting = usePlayer(player, (of) => of.isWaiting)
  const t = timeOf(frame, player.fps)
  return (
    <p className="transport-clock">
      <span aria-hidden="true">
        <strong>{formatMoment(t)}</strong>{" "}
        <span className="soft">
          / {formatMoment(player.length / player.fps)} · frame {formatCount(frame)} / {formatCount(player.last)}
          {isWaiting && " · waiting for pictures"}
        </span>
      </span>
      <span className="visually-hidden" role="status">
        {isPlaying ? (isWaiting ? "Waiting for pictures" : "Playing") : `Frame ${frame}, ${t.toFixed(2)} seconds`}
      </span>
    </p>
  )
}
