import { useMemo, useState, useSyncExternalStore } from "react"
import type { Frames } from "../api/episodes.ts"
import { isThinned, panelsOf, timestampsOff } from "../chart-data.ts"
import { ChartGroup } from "../chart-group.ts"
import { formatCount, formatDecimal } from "../formatting.ts"
import type { Player } from "../playback/player.ts"
import { ChartPanel } from "./chart-panel.tsx"
import { SectionHead } from "./section-head.tsx"
import "./episode-charts.css"

/** Every number of the episode, over the time. */
export function EpisodeCharts({ frames, player }: { frames: Frames; player: Player }) {
  const group = useMemo(() => new ChartGroup(Math.max(1, frames.rows - 1) / player.fps), [frames.rows, player.fps])
  const isZoomed = useSyncExternalStore(group.subscribe, () => group.isZoomed)
  const { panels, bookkeeping } = useMemo(() => panelsOf(frames.series), [frames])
  const [isOpen, setOpen] = useState(false)
  const notes = useMemo(() => notesOf(frames, player), [frames, player])

  return (
    <section aria-labelledby="charts-title" className="charts">
      <SectionHead id="charts-title" title="Numbers" count={formatCount(panels.length)}>
        <span className="row charts-zoom">
          <button type="button" className="button button-small" onClick={() => group.zoomIn(player.t)}>
            Look closer
          </button>
          <button
            type="button"
            className="button button-small"
            disabled={!isZoomed}
            onClick={() => group.zoomOut(player.t)}
          >
            Farther
          </button>
          <button type="button" className="button button-small" disabled={!isZoomed} onClick={() => group.reset()}>
            Whole episode
          </button>
        </span>
      </SectionHead>
      {notes.length > 0 && (
        <ul className="note note-warn small">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {isThinned(frames) && (
        <p className="small soft">
          {formatCount(frames.rows)} rows as {formatCount(frames.t.length)} points: each band reaches from the least to
          the greatest value in its rows.
        </p>
      )}
      {panels.length === 0 && <p className="soft">The dataset has no column of numbers beside the bookkeeping.</p>}
      {panels.map((panel) => (
        <ChartPanel key={panel.feature} panel={panel} frames={frames} player={player} group={group} />
      ))}
      {bookkeeping.length > 0 && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Bookkeeping: {bookkeeping.map(({ feature }) => feature).join(", ")}</summary>
          {isOpen &&
            bookkeeping.map((panel) => (
              <ChartPanel key={panel.feature} panel={panel} frames={frames} player={player} group={group} />
            ))}
        </details>
      )}
    </section>
  )
}

function notesOf(frames: Frames, { fps, length }: Player): string[] {
  const off = timestampsOff(frames, fps)
  return [
    ...(frames.flags.includes("relocated")
      ? ["The rows lie in another file than the table of the episodes says; they were found by their episode’s number."]
      : []),
    ...(frames.rows === length
      ? []
      : [
          `There are ${formatCount(frames.rows)} rows for ${formatCount(length)} frames; both are counted from the first.`,
        ]),
    ...(off
      ? [
          `Timestamps are up to ${formatDecimal(off.by_s)} s off from frame / fps (row ${off.row}); drawn is frame / fps, as the videos are.`,
        ]
      : []),
    ...frames.notes,
  ]
}
