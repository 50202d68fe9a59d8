import { useEffect, useRef, useState } from "react"
import type { Frames } from "../api/episodes.ts"
import { isThinned, type Panel, valueAt, valueName } from "../chart-data.ts"
import type { ChartGroup } from "../chart-group.ts"
import { formatDuration, plural } from "../formatting.ts"
import type { Player } from "../playback/player.ts"
import { colourOf, dashOf, drawPlot, type Plot } from "./chart-plot.ts"

/** With so many, one switch for all is of use. */
const MANY = 4

interface Props {
  panel: Panel
  frames: Frames
  player: Player
  group: ChartGroup
}

/** One feature: its lines, and what each of them is at the moment. */
export function ChartPanel({ panel, frames, player, group }: Props) {
  const canvas = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(null)
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set())
  const { feature, unit, series } = panel
  const isAllHidden = hidden.size === series.length

  useEffect(() => {
    if (!canvas.current) return
    const drawn = drawPlot(canvas.current, panel, frames, player, group)
    plot.current = drawn
    const stopWatching = onThemeChange(drawn.repaint)
    return () => {
      stopWatching()
      drawn.destroy()
    }
  }, [panel, frames, player, group])

  const show = (next: ReadonlySet<number>) => {
    for (const index of series.keys()) {
      if (next.has(index) !== hidden.has(index)) plot.current?.toggle(index, !next.has(index))
    }
    setHidden(next)
  }
  const toggle = (index: number) => {
    const next = new Set(hidden)
    if (!next.delete(index)) next.add(index)
    show(next)
  }

  return (
    <section className="chart" aria-label={feature}>
      <header className="chart-head">
        <h3>{feature}</h3>
        {unit !== null && <span className="soft small">in {unit}</span>}
        {series.length >= MANY && (
          <button
            type="button"
            className="chart-all"
            onClick={() => show(isAllHidden ? new Set() : new Set(series.keys()))}
          >
            {isAllHidden ? "Show all" : "Hide all"}
          </button>
        )}
      </header>
      <div
        ref={canvas}
        role="img"
        className="chart-canvas"
        aria-label={`${feature}: ${plural(series.length, "line")} over ${formatDuration(frames.rows / player.fps)}${isThinned(frames) ? ", each a band from the least to the greatest value" : ""}. Their values at the moment are listed below.`}
      />
      <ul className="chart-legend" aria-label={`Lines of ${feature}`}>
        {series.map((each, index) => (
          <li key={each.name}>
            <button
              type="button"
              aria-pressed={!hidden.has(index)}
              onClick={() => toggle(index)}
              onPointerEnter={() => plot.current?.emphasise(index)}
              onPointerLeave={() => plot.current?.emphasise(null)}
            >
              <Swatch index={index} />
              {valueName(each)}
              <Value of={each} frames={frames} player={player} group={group} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Swatch = ({ index }: { index: number }) => (
  <svg width="18" height="4" aria-hidden="true" focusable="false">
    <line
      x1="0"
      y1="2"
      x2="18"
      y2="2"
      stroke={`var(${colourOf(index)})`}
      strokeWidth="3"
      strokeDasharray={dashOf(index).join(" ")}
    />
  </svg>
)

/** Written straight into the page: there may be hundreds, and they change with every frame. */
function Value({ of, frames, player, group }: { of: Panel["series"][number] } & Omit<Props, "panel">) {
  const element = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const write = () => {
      const row = group.pointed === null ? player.frame : Math.round(group.pointed * player.fps)
      if (element.current) element.current.textContent = valueAt(of, row, frames)
    }
    write()
    const stops = [player.subscribe(write), group.subscribe(write)]
    return () => stops.forEach((stop) => stop())
  }, [of, frames, player, group])
  return <span ref={element} className="chart-value" />
}

/** The system's theme or the one chosen here. */
function onThemeChange(repaint: () => void): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)")
  media.addEventListener("change", repaint)
  const chosen = new MutationObserver(repaint)
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] })
  return () => {
    media.removeEventListener("change", repaint)
    chosen.disconnect()
  }
}
