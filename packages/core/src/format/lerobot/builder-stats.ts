export type StatName = "min" | "max" | "mean" | "std" | "count" | "q01" | "q10" | "q50" | "q90" | "q99"

/** One array per statistic, a value per dimension; `count` has one value. */
export type Stats = Partial<Record<StatName, number[]>> & Record<"min" | "max" | "mean" | "std" | "count", number[]>

const QUANTILES = [
  ["q01", 0.01],
  ["q10", 0.1],
  ["q50", 0.5],
  ["q90", 0.9],
  ["q99", 0.99],
] as const
const BINS = 5000

/**
 * How a writer computes: `running` is lerobot ≥ 0.4 (E[x²] − mean² and histogram quantiles, in the column's own
 * precision), `numpy` is 0.2 and 0.3 (population standard deviation, no quantiles).
 */
export type StatMethod = "running" | "numpy"

/** Values with how often each occurs, so that an image's pixels need not be kept to be summed up. */
export interface Levels {
  values: ArrayLike<number>
  counts: ArrayLike<number>
}

/** Statistics of `rows × width` values, row by row. numpy adds up float32 of several dimensions in float32, a single one pairwise. */
export function statsOf(
  values: ArrayLike<number>,
  { width, single, method }: { width: number; single: boolean; method: StatMethod },
): Stats {
  const rows = values.length / width
  const columns = Array.from({ length: width }, (_, dimension) => {
    const column = new Float64Array(rows)
    for (let row = 0; row < rows; row++) column[row] = values[row * width + dimension]!
    return ofLevels({ values: column, counts: ONES }, rows, {
      single,
      method,
      add: single && width > 1 ? Math.fround : exactly,
    })
  })
  return gather(columns, rows)
}

/** Statistics of an image feature: one `Levels` per channel over the sampled frames, `scale` 1/255 for 8-bit colour. */
export function statsOfLevels(
  channels: readonly Levels[],
  { samples, scale, method }: { samples: number; scale: number; method: StatMethod },
): Stats {
  const columns = channels.map((levels) => {
    let total = 0
    for (let each = 0; each < levels.counts.length; each++) total += levels.counts[each]!
    const stats = ofLevels(levels, total, { single: false, method, add: exactly })
    return Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, value * scale])) as One
  })
  return gather(columns, samples)
}

type One = Partial<Record<StatName, number>> & Record<"min" | "max" | "mean" | "std", number>

/** Stands for "each value once" without an array of ones. */
const ONES: ArrayLike<number> = { length: 0 }
const countAt = (counts: ArrayLike<number>, at: number) => (counts === ONES ? 1 : counts[at]!)

const exactly = (value: number) => value

interface Arithmetic {
  single: boolean
  method: StatMethod
  /** What becomes of a sum after each summand. */
  add: (sum: number) => number
}

function ofLevels(levels: Levels, total: number, { single, method, add }: Arithmetic): One {
  const { values, counts } = levels
  const round = single ? Math.fround : exactly
  let min = Infinity
  let max = -Infinity
  let sum = 0
  let squares = 0
  let missing = false
  for (let at = 0; at < values.length; at++) {
    const count = countAt(counts, at)
    if (count === 0) continue
    const value = values[at]!
    if (value < min) min = value
    if (value > max) max = value
    missing ||= Number.isNaN(value)
    sum = add(sum + value * count)
    squares = add(squares + round(value * value) * count)
  }
  // One NaN makes every statistic NaN, as in numpy.
  if (missing) min = max = NaN
  const mean = round(sum / total)
  if (method === "numpy") {
    let deviation = 0
    for (let at = 0; at < values.length; at++) deviation += countAt(counts, at) * (values[at]! - sum / total) ** 2
    return { min, max, mean, std: round(Math.sqrt(deviation / total)) }
  }
  // The cancellation of E[x²] − mean² is lerobot's own (issue 4704): 10000, 10001, 10002 in float32 give exactly 0.
  const variance = round(round(squares / total) - round(mean * mean))
  const std = total < 2 ? 0 : round(Math.sqrt(Math.max(0, variance)))
  return { min, max, mean, std, ...quantiles(levels, total, { min, max, mean, single }) }
}

function quantiles(
  { values, counts }: Levels,
  total: number,
  { min, max, mean, single }: { min: number; max: number; mean: number; single: boolean },
): Partial<Record<StatName, number>> {
  if (!Number.isFinite(min) || !Number.isFinite(max)) {
    return Object.fromEntries(QUANTILES.map(([name]) => [name, NaN]))
  }
  if (total < 2) return Object.fromEntries(QUANTILES.map(([name]) => [name, mean]))
  const edges = linspace(min - 1e-10, max + 1e-10, single)
  const bins = new Float64Array(BINS)
  const width = (edges[BINS]! - edges[0]!) / BINS
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    let bin = width > 0 ? Math.floor((value - edges[0]!) / width) : BINS - 1
    bin = Math.min(Math.max(bin, 0), BINS - 1)
    // The quotient may be a bin off; the edges decide, the last bin is closed.
    while (bin > 0 && value < edges[bin]!) bin--
    while (bin < BINS - 1 && value >= edges[bin + 1]!) bin++
    bins[bin]! += countAt(counts, at)
  }
  return Object.fromEntries(QUANTILES.map(([name, share]) => [name, quantile(bins, edges, share * total)]))
}

function quantile(bins: Float64Array, edges: ArrayLike<number>, target: number): number {
  let before = 0
  for (let bin = 0; bin < BINS; bin++) {
    const count = bins[bin]!
    if (before + count >= target) {
      if (bin === 0) return edges[0]!
      return edges[bin]! + ((target - before) / count) * (edges[bin + 1]! - edges[bin]!)
    }
    before += count
  }
  return edges[BINS]!
}

/** numpy's linspace; a float32 column has float32 edges since numpy 2. */
function linspace(start: number, stop: number, single: boolean): ArrayLike<number> {
  const edges = single ? new Float32Array(BINS + 1) : new Float64Array(BINS + 1)
  const round = single ? Math.fround : (value: number) => value
  const low = round(start)
  const step = round(round(round(stop) - low) / BINS)
  for (let edge = 0; edge < BINS; edge++) edges[edge] = round(edge * step) + low
  edges[BINS] = stop
  return edges
}

function gather(columns: readonly One[], count: number): Stats {
  const names = Object.keys(columns[0] ?? {}) as StatName[]
  const stats = Object.fromEntries(names.map((name) => [name, columns.map((column) => column[name]!)]))
  return { ...stats, count: [count] } as Stats
}

/**
 * One statistic over several episodes. Quantiles exist only when all have them: `mean` weighs them by count (packages
 * 0.4.0–0.6.1; a quantile of nothing), `envelope` takes the least up to q50 and the greatest above (since August 2026).
 */
export function aggregate(parts: readonly Stats[], quantileRule: "mean" | "envelope" = "mean"): Stats {
  const weights = parts.map(({ count }) => count[0]!)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const width = parts[0]!.mean.length
  const over = (value: (part: Stats, dimension: number) => number) =>
    Array.from(
      { length: width },
      (_, dimension) => parts.reduce((sum, part, at) => sum + weights[at]! * value(part, dimension), 0) / total,
    )
  const mean = over((part, dimension) => part.mean[dimension]!)
  const variance = over(
    (part, dimension) => part.std[dimension]! ** 2 + (part.mean[dimension]! - mean[dimension]!) ** 2,
  )
  const extreme = (name: StatName, pick: (a: number, b: number) => number) =>
    Array.from({ length: width }, (_, dimension) =>
      parts.map((part) => part[name]![dimension]!).reduce((a, b) => pick(a, b)),
    )
  const shared = QUANTILES.filter(([name]) => parts.every((part) => part[name]))
  const rest = shared.map(([name, share]) => [
    name,
    quantileRule === "mean"
      ? over((part, dimension) => part[name]![dimension]!)
      : extreme(name, share <= 0.5 ? Math.min : Math.max),
  ])
  return {
    min: extreme("min", Math.min),
    max: extreme("max", Math.max),
    mean,
    std: variance.map(Math.sqrt),
    count: [total],
    ...Object.fromEntries(rest),
  }
}

/** Which of `frames` frames lerobot looks at for image statistics. */
export function sampledFrames(frames: number): number[] {
  const wanted = Math.max(100, Math.min(Math.floor(frames ** 0.75), 10_000))
  const samples = Math.min(frames, wanted)
  if (samples === 1) return [0]
  return Array.from({ length: samples }, (_, at) => roundHalfEven((at * (frames - 1)) / (samples - 1)))
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
