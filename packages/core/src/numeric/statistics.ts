export type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array

/** Shares of the quantiles that lerobot ≥ 0.4 stores, and their names. */
export const QUANTILES = [
  ["q01", 0.01],
  ["q10", 0.1],
  ["q50", 0.5],
  ["q90", 0.9],
  ["q99", 0.99],
] as const
const BINS = 5000
/** Bins are summed up in groups, so that finding a quantile looks at a hundred numbers and not at 5,000. */
const GROUP = 64

/** Statistics of `rows × dims` values, a number per dimension. */
export interface Statistics {
  rows: number
  dims: number
  min: Float64Array
  max: Float64Array
  mean: Float64Array
  /** Of the population (divided by the number of rows). */
  variance: Float64Array
  /** Five per dimension, in the order of `QUANTILES`; null unless asked for. */
  quantiles: Float64Array | null
  /** 1 where every value of the dimension is finite. Where not, its other numbers mean nothing. */
  finite: Uint8Array
}

/**
 * Recomputes in float64 what lerobot stores: minimum, maximum, mean and population variance, and on demand the quantiles by its
 * histogram of 5,000 bins (`RunningQuantileStats`, lerobot/datasets/compute_stats.py).
 *
 * @param values `rows × dims`, row by row.
 */
export function statisticsOf(values: Numbers, dims: number, withQuantiles: boolean): Statistics {
  const rows = dims > 0 ? Math.floor(values.length / dims) : 0
  // One buffer for all: thousands of small ones keep the garbage collector busy.
  const numbers = new Float64Array(dims * (withQuantiles ? 4 + QUANTILES.length : 4))
  const slot = (at: number) => numbers.subarray(at * dims, (at + 1) * dims)
  const all: Statistics = {
    rows,
    dims,
    min: slot(0),
    max: slot(1),
    mean: slot(2),
    variance: slot(3),
    quantiles: withQuantiles ? numbers.subarray(4 * dims) : null,
    finite: new Uint8Array(dims),
  }
  if (rows === 0) return all
  if (column.length < rows) column = new Float64Array(rows)
  for (let dimension = 0; dimension < dims; dimension++) {
    moments(values, all, dimension)
    if (all.quantiles && all.finite[dimension]) {
      histogram.quantiles(column, rows, all.min[dimension]!, all.max[dimension]!, all.quantiles, dimension * 5)
    }
  }
  return all
}

/** Mean and population variance, a number per dimension. */
export type Moments = Pick<Statistics, "mean" | "variance">

/**
 * Mean and variance as sums of float32 give them, row after row: what NumPy, and so lerobot ≥ 0.4 (E[x²] − mean²), makes of
 * `rows × dims` float32 of more than one dimension. Off by up to `rows` × 2⁻²⁴ of the largest value.
 */
export function float32Moments(values: Float32Array, dims: number): Moments {
  const rows = dims > 0 ? Math.floor(values.length / dims) : 0
  const [sums, squares] = [new Float32Array(dims), new Float32Array(dims)]
  for (let row = 0, at = 0; row < rows; row++) {
    for (let dimension = 0; dimension < dims; dimension++, at++) {
      const value = values[at]!
      sums[dimension]! += value
      squares[dimension]! += Math.fround(value * value)
    }
  }
  const [mean, variance] = [new Float64Array(dims), new Float64Array(dims)]
  for (let dimension = 0; dimension < dims; dimension++) {
    const each = Math.fround(sums[dimension]! / rows)
    mean[dimension] = each
    variance[dimension] = Math.max(0, Math.fround(Math.fround(squares[dimension]! / rows) - Math.fround(each * each)))
  }
  return { mean, variance }
}

/** One dimension at a time, kept between calls; a call leaves nothing in it that the next one reads. */
let column = new Float64Array(1024)

function moments(values: Numbers, into: Statistics, dimension: number) {
  const { rows, dims } = into
  // Differences from the first value lose no digits to a large mean.
  const origin = values[dimension]!
  let min = origin
  let max = origin
  let sum = 0
  let squares = 0
  for (let row = 0, at = dimension; row < rows; row++, at += dims) {
    const value = values[at]!
    column[row] = value
    if (value < min) min = value
    if (value > max) max = value
    const difference = value - origin
    sum += difference
    squares += difference * difference
  }
  const mean = sum / rows
  into.min[dimension] = min
  into.max[dimension] = max
  into.mean[dimension] = origin + mean
  into.variance[dimension] = Math.max(0, squares / rows - mean * mean)
  const isFinite = Number.isFinite(squares) || column.subarray(0, rows).every(Number.isFinite)
  into.finite[dimension] = isFinite ? 1 : 0
}

/** Counts per bin, kept between columns so that only the bins that were touched are cleared. */
class Histogram {
  readonly #bins = new Uint32Array(BINS)
  readonly #groups = new Uint32Array(Math.ceil(BINS / GROUP))
  #binOf = new Uint16Array(1024)

  /** Writes the five quantiles of a finite column of `rows` from `at` on. */
  quantiles(column: Float64Array, rows: number, min: number, max: number, out: Float64Array, at: number) {
    const start = min - 1e-10
    const step = (max + 1e-10 - start) / BINS
    if (rows < 2 || min === max || !(step > 0) || !Number.isFinite(step)) return void out.fill(min, at, at + 5)
    if (this.#binOf.length < rows) this.#binOf = new Uint16Array(rows)
    this.#count(column, rows, start, step)
    this.#find(rows, start, step, out, at)
    for (let row = 0; row < rows; row++) this.#bins[this.#binOf[row]!] = 0
    this.#groups.fill(0)
  }

  #count(column: Float64Array, rows: number, start: number, step: number) {
    const bins = this.#bins
    const groups = this.#groups
    const binOf = this.#binOf
    const scale = 1 / step
    // Of a bin: more than rounding moves a value, or an edge, which are as large as `start` or the whole range.
    const near = 1e-6 + (Math.abs(start) + BINS * step) * scale * 2 ** -48
    for (let row = 0; row < rows; row++) {
      const value = column[row]!
      const place = (value - start) * scale
      let bin = place | 0
      const within = place - bin
      // Near an edge the quotient may be a bin off; the edges decide, and the last bin is closed.
      if (within < near || within > 1 - near || bin >= BINS) bin = this.#binAt(value, start, step, bin)
      binOf[row] = bin
      bins[bin]!++
      groups[bin >> 6]!++
    }
  }

  #binAt(value: number, start: number, step: number, near: number): number {
    const bin = Math.min(near, BINS - 1)
    if (value < bin * step + start) return Math.max(0, bin - 1)
    return bin < BINS - 1 && value >= (bin + 1) * step + start ? bin + 1 : bin
  }

  /** Of each share the first bin up to which there are as many values, and how far into it. The shares ascend, so one walk does. */
  #find(rows: number, start: number, step: number, out: Float64Array, at: number) {
    const bins = this.#bins
    const groups = this.#groups
    let before = 0
    let group = 0
    for (let each = 0; each < QUANTILES.length; each++) {
      const target = QUANTILES[each]![1] * rows
      while (group < groups.length - 1 && before + groups[group]! < target) before += groups[group++]!
      let below = before
      let bin = group * GROUP
      while (bin < BINS - 1 && below + bins[bin]! < target) below += bins[bin++]!
      out[at + each] = bin === 0 ? start : bin * step + start + ((target - below) / bins[bin]!) * step
    }
  }
}

const histogram = new Histogram()
