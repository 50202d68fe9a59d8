import type uPlot from "uplot"

/** Of what is seen, one press of a button. */
const ZOOM = 2
/** Seconds; closer there is nothing to see. */
const NARROWEST_S = 0.05

/** The charts of one episode: what is zoomed in one is zoomed in all, and all tell the row under the pointer. */
export class ChartGroup {
  readonly #whole: readonly [number, number]
  readonly #plots = new Set<uPlot>()
  readonly #listeners = new Set<() => void>()
  #range: readonly [number, number]
  #isSetting = false
  #pointed: number | null = null

  constructor(duration_s: number) {
    this.#whole = [0, duration_s]
    this.#range = this.#whole
  }

  get range() {
    return this.#range
  }
  get isZoomed() {
    return this.#range !== this.#whole
  }
  /** Seconds; null while the pointer is over none of them. */
  get pointed() {
    return this.#pointed
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  add(plot: uPlot) {
    this.#plots.add(plot)
  }

  remove(plot: uPlot) {
    this.#plots.delete(plot)
  }

  point(t: number | null) {
    if (t === this.#pointed) return
    this.#pointed = t
    this.#tell()
  }

  /** A chart was dragged over. */
  follow(min: number, max: number) {
    if (!this.#isSetting && (min !== this.#range[0] || max !== this.#range[1])) this.#show([min, max])
  }

  reset() {
    this.#show(this.#whole)
  }

  zoomIn(around: number) {
    this.#zoom(1 / ZOOM, around)
  }

  zoomOut(around: number) {
    this.#zoom(ZOOM, around)
  }

  #zoom(factor: number, around: number) {
    const [from, to] = this.#range
    const width = Math.max(NARROWEST_S, (to - from) * factor)
    const [first, last] = this.#whole
    if (width >= last - first) return this.reset()
    const begin = Math.min(Math.max(around - width / 2, first), last - width)
    this.#show([begin, begin + width])
  }

  #show(range: readonly [number, number]) {
    this.#range = range
    // Each chart says that it was changed, also when it was by us.
    this.#isSetting = true
    for (const plot of this.#plots) plot.setScale("x", { min: range[0], max: range[1] })
    this.#isSetting = false
    this.#tell()
  }

  #tell() {
    for (const listener of this.#listeners) listener()
  }
}
