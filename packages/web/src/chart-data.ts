import type { Frames, Series } from "./api/episodes.ts"

/** One chart: all values of a feature. */
export interface Panel {
  feature: string
  /** Of all its values; null where they have none, or several. */
  unit: string | null
  series: Series[]
}

/** Numbers that say where a row is, not what the robot did: below the others, and closed. */
const BOOKKEEPING = new Set(["timestamp", "frame_index", "episode_index", "index", "task_index"])

/** A chart per feature in the order of the columns; of the bookkeeping apart. */
export function panelsOf(series: Series[]): { panels: Panel[]; bookkeeping: Panel[] } {
  const byFeature = Map.groupBy(series, ({ feature }) => feature)
  const all = [...byFeature].map(([feature, of]) => {
    const [unit, ...others] = new Set(of.map((each) => each.unit))
    return { feature, unit: others.length === 0 ? (unit ?? null) : null, series: of }
  })
  return {
    panels: all.filter(({ feature }) => !BOOKKEEPING.has(feature)),
    bookkeeping: all.filter(({ feature }) => BOOKKEEPING.has(feature)),
  }
}

/** What a value is called beside its feature's name. */
export const valueName = ({ name, feature }: Series) =>
  name.startsWith(`${feature}/`) ? name.slice(feature.length + 1) : name

/** The first row of each point. */
export const firstRows = ({ rows, t: { length: points } }: Pick<Frames, "rows" | "t">) =>
  Array.from({ length: points }, (_, point) => Math.ceil((point * rows) / points))

/** The point that has a row in it. */
export const pointOf = (row: number, { rows, t }: Pick<Frames, "rows" | "t">) =>
  Math.max(0, Math.min(t.length - 1, Math.floor((row * t.length) / Math.max(1, rows))))

/** Whether a point has more than one row, and so a band instead of a value. */
export const isThinned = ({ rows, t }: Pick<Frames, "rows" | "t">) => rows > t.length

/**
 * How far the table's own timestamps are off from frame / fps, where that is more than half a frame: the pictures are
 * counted, so the charts are drawn over counted frames too. Null when they agree, or there are none.
 */
export function timestampsOff(frames: Pick<Frames, "rows" | "t">, fps: number): { by_s: number; row: number } | null {
  const rows = firstRows(frames)
  let [by_s, row] = [0, 0]
  for (const [point, t] of frames.t.entries()) {
    const off = t === null ? 0 : Math.abs(t - (rows[point] ?? 0) / fps)
    if (off > by_s) [by_s, row] = [off, rows[point] ?? 0]
  }
  return by_s > 0.5 / fps ? { by_s, row } : null
}

/** Columns for uPlot: the time, then of each series its value, or where points are thinned out its least and greatest. */
export const columnsOf = (panel: Panel, frames: Pick<Frames, "rows" | "t">, fps: number): (number | null)[][] => [
  firstRows(frames).map((row) => row / fps),
  ...panel.series.flatMap(({ min, max }) => (isThinned(frames) ? [max, min] : [max])),
]

const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 })

/** The value at a row, or what lies between the least and the greatest around it. */
export function valueAt({ min, max }: Series, row: number, frames: Pick<Frames, "rows" | "t">): string {
  const point = pointOf(row, frames)
  const [least, greatest] = [min[point] ?? null, max[point] ?? null]
  if (least === null || greatest === null) return "–"
  return least === greatest ? number.format(least) : `${number.format(least)} … ${number.format(greatest)}`
}
