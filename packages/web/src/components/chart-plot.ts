import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import type { Frames } from "../api/episodes.ts"
import { columnsOf, isThinned, type Panel } from "../chart-data.ts"
import type { ChartGroup } from "../chart-group.ts"
import type { Player } from "../playback/player.ts"

const HEIGHT_PX = 168
/** The same for all charts, so that their moments stand below each other. */
const AXIS_PX = 56
const DRAG_PX = 6
const BAND_OPACITY = 0.22
/** Of the lines that are not looked at. */
const FAINT = 0.2
/** Beyond these the colours begin anew, with another dash. */
const COLOURS = 8
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]]

/** The colour and the dash a value is drawn with, and told apart by. */
export const colourOf = (index: number) => `--chart-${(index % COLOURS) + 1}`
export const dashOf = (index: number) => DASHES[Math.floor(index / COLOURS) % DASHES.length] ?? []

const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 6 })
const large = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 4 })
const asTick = (value: number) => (Math.abs(value) >= 100_000 ? large : number).format(value)

export interface Plot {
  /** Shows or hides the value at an index. */
  toggle(index: number, isShown: boolean): void
  /** Brings one value to the fore; null: all alike. */
  emphasise(index: number | null): void
  /** Draws anew, in the colours there are now. */
  repaint(): void
  destroy(): void
}

/** A feature's values over the episode, with the moment the player is at. A click goes to one, a drag looks closer. */
export function drawPlot(root: HTMLElement, panel: Panel, frames: Frames, player: Player, group: ChartGroup): Plot {
  const isBand = isThinned(frames)
  const linesOf = (index: number) => (isBand ? [2 * index + 1, 2 * index + 2] : [index + 1])
  const paint = (name: string) => () => resolved(root, name)
  const axis = {
    stroke: paint("--ink-soft"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: paint("--line"), width: 1 },
    ticks: { show: false },
  }
  const stroke = (index: number) => ({
    stroke: paint(colourOf(index)),
    width: isBand ? 1 : 1.5,
    dash: dashOf(index),
    spanGaps: false,
    points: isBand ? { show: false } : { size: 4 },
  })

  const playhead = document.createElement("div")
  playhead.className = "chart-playhead"
  const place = (plot: uPlot) => {
    const at = plot.valToPos(player.t, "x")
    playhead.hidden = !(at >= 0 && at <= plot.over.clientWidth)
    playhead.style.transform = `translateX(${at}px)`
  }

  const plot = new uPlot(
    {
      width: root.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, dist: DRAG_PX },
        points: { show: false },
        y: false,
        sync: { key: "episode" },
        bind: { dblclick: () => () => (group.reset(), null) },
      },
      scales: { x: { time: false, min: group.range[0], max: group.range[1] } },
      axes: [
        { ...axis, size: 26, values: (_plot, splits) => splits.map((each) => `${number.format(each)} s`) },
        { ...axis, size: AXIS_PX, values: (_plot, splits) => splits.map(asTick) },
      ],
      series: [{}, ...panel.series.flatMap((_series, index) => linesOf(index).map(() => stroke(index)))],
      bands: isBand
        ? panel.series.map((_series, index) => ({
            series: linesOf(index) as [number, number],
            fill: () => faded(resolved(root, colourOf(index))),
          }))
        : [],
      hooks: {
        setCursor: [
          ({ cursor, posToVal }) =>
            group.point(cursor.left !== undefined && cursor.left >= 0 ? posToVal(cursor.left, "x") : null),
        ],
        setScale: [
          (self, key) => {
            const { min, max } = self.scales.x ?? {}
            if (key === "x" && min != null && max != null) group.follow(min, max)
          },
        ],
        draw: [place],
      },
    },
    columnsOf(panel, frames, player.fps) as uPlot.AlignedData,
    root,
  )
  plot.over.append(playhead)
  plot.over.addEventListener("click", () => {
    const { left } = plot.cursor
    if (left !== undefined && left >= 0) player.seek(Math.round(plot.posToVal(left, "x") * player.fps))
  })
  group.add(plot)
  const unsubscribe = player.subscribe(() => place(plot))
  const resized = new ResizeObserver(() => plot.setSize({ width: root.clientWidth, height: HEIGHT_PX }))
  resized.observe(root)

  return {
    toggle: (index, isShown) =>
      plot.batch(() => {
        for (const line of linesOf(index)) plot.setSeries(line, { show: isShown })
      }),
    emphasise(index) {
      // Both lines of a band belong together, which the library's own emphasis does not know.
      const chosen = index === null ? null : new Set(linesOf(index))
      for (const [line, each] of plot.series.entries()) each.alpha = chosen === null || chosen.has(line) ? 1 : FAINT
      plot.redraw(false)
    },
    repaint: () => plot.redraw(false),
    destroy() {
      unsubscribe()
      resized.disconnect()
      group.remove(plot)
      plot.destroy()
    },
  }
}

/** A colour of the style sheets as a canvas takes it: their `light-dark()` is resolved by the element only. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`
  return getComputedStyle(element).color
}

const faded = (colour: string) => colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${BAND_OPACITY})`)
