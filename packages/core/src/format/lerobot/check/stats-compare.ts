import { float32Moments, type Numbers as Values, QUANTILES } from "../../../numeric/statistics.ts"
import type { StoredName } from "./stored-stats.ts"
import type { DatasetFacts, StatsTable } from "./subjects.ts"

/** A statistic that is not what it should be. */
export interface Deviation {
  statistic: StoredName
  dimension: number
  stored: number
  expected: number
  /** How many times the tolerance. */
  excess: number
}

type Numbers = ArrayLike<number>

/** Numbers in float64 that stored ones are compared with. */
export interface Expected {
  dims: number
  min: Numbers
  max: Numbers
  mean: Numbers
  variance: Numbers
  quantiles?: Numbers | null
  finite?: Numbers
}

/** Measured on datasets of every recorder since lerobot 0.3: float32 sums, and the cancellation of E[x²] − mean². */
const MEAN = 1e-5
const VARIANCE = 2e-5
const QUANTILE_OF_RANGE = 5e-4
const QUANTILE_OF_SCALE = 1e-6
/** A standard deviation that is off by more than this share of the scale is worth a word although its variance is within tolerance. */
const CANCELLED = 1e-3

/** Share of the largest value by which a mean may be off when so many float32 are added up in float32; of pictures there are millions. */
export const lostTo = (summands: number) => Math.min(1e-2, 2 ** -24 * summands)

/** How many samples lerobot adds up at once: an episode's; of a dataset put together from them, the longest one's. */
export function summandsOf(table: StatsTable, facts: DatasetFacts): (count: number) => number {
  if (!table.isGlobal) return (count) => count || 0
  const lengths = facts.has("episodes") ? facts.episodes.length : new Float64Array()
  const longest = longestOf(lengths)
  const frames = lengths.reduce((sum, length) => sum + length, 0)
  // Of a matrix there are several in a frame. Version 2.0 does not count.
  return (count) => (frames > 0 && count > 0 ? (count / frames) * longest : longest)
}

export const longestOf = (lengths: Float64Array) => lengths.reduce((most, length) => (length > most ? length : most), 0)

/**
 * The worst deviation beyond the tolerances; null when there is none. Dimensions with NaN are left out.
 *
 * @param lost see `lostTo`; a variance is made of two such sums.
 */
export function deviationOf(
  stored: Readonly<{ [Name in StoredName]?: Numbers | undefined }>,
  expected: Expected,
  lost = 0,
): Deviation | null {
  const [ofMean, ofVariance] = [Math.max(MEAN, lost), Math.max(VARIANCE, 3 * lost)]
  let worst: Deviation | null = null
  const quantiles = QUANTILES.map(([name]) => stored[name])
  const compare = (statistic: StoredName, dimension: number, value: number, tolerance: number) => {
    const found = stored[statistic]![dimension]!
    if (found === value) return
    const excess = Math.abs(found - value) / tolerance
    if (excess > (worst?.excess ?? 1)) worst = { statistic, dimension, stored: found, expected: value, excess }
  }
  for (let at = 0; at < expected.dims; at++) {
    if (expected.finite && !expected.finite[at]) continue
    const [min, max] = [expected.min[at]!, expected.max[at]!]
    const scale = Math.max(Math.abs(min), Math.abs(max))
    const least = 1e-9
    // A float32 column's extremes are exact; a double's may have been rounded.
    if (stored.min && Math.fround(stored.min[at]!) !== Math.fround(min)) compare("min", at, min, 1e-6 * scale + 1e-12)
    if (stored.max && Math.fround(stored.max[at]!) !== Math.fround(max)) compare("max", at, max, 1e-6 * scale + 1e-12)
    if (stored.mean) compare("mean", at, expected.mean[at]!, ofMean * scale + least)
    if (stored.std) {
      const [found, variance] = [stored.std[at]!, expected.variance[at]!]
      const excess = Math.abs(found * found - variance) / (ofVariance * scale * scale + least)
      const value = Math.sqrt(variance)
      if (excess > (worst?.excess ?? 1)) {
        worst = { statistic: "std", dimension: at, stored: found, expected: value, excess }
      }
    }
    if (!expected.quantiles) continue
    const tolerance = QUANTILE_OF_RANGE * (max - min) + QUANTILE_OF_SCALE * scale + least
    for (let each = 0; each < QUANTILES.length; each++) {
      const value = expected.quantiles[at * QUANTILES.length + each]!
      const found = quantiles[each]?.[at]
      if (found === undefined || Math.abs(found - value) <= tolerance) continue
      compare(QUANTILES[each]![0], at, value, tolerance)
    }
  }
  return worst
}

/** A standard deviation that float32 spoiled: its variance is within the tolerance, and it is visibly wrong. */
export function cancellationOf(
  { std }: Readonly<{ [Name in StoredName]?: Numbers | undefined }>,
  { dims, min, max, variance, finite }: Expected,
): Deviation | null {
  let worst: Deviation | null = null
  for (let dimension = 0; std && dimension < dims; dimension++) {
    if (finite && !finite[dimension]) continue
    const scale = Math.max(Math.abs(min[dimension]!), Math.abs(max[dimension]!))
    const [stored, expected] = [std[dimension]!, Math.sqrt(variance[dimension]!)]
    const difference = Math.abs(stored - expected)
    if (difference <= CANCELLED * scale || difference <= 0.01 * expected) continue
    if (Math.abs(stored * stored - variance[dimension]!) > VARIANCE * scale * scale + 1e-9) continue
    const excess = difference / (CANCELLED * scale)
    if (excess > (worst?.excess ?? 0)) worst = { statistic: "std", dimension, stored, expected, excess }
  }
  return worst
}

/**
 * Whether all that deviates is what sums of float32 come to: lerobot ≥ 0.4 adds float32 in float32, which in long episodes costs
 * more digits than the tolerances allow; 0.3 does so for the mean.
 */
export function isFloat32Sum(
  stored: Readonly<{ [Name in StoredName]?: Numbers | undefined }>,
  expected: Expected,
  values: Values,
): boolean {
  if (!(values instanceof Float32Array) || expected.dims < 2) return false
  const summed = float32Moments(values, expected.dims)
  const nearer = (name: "mean" | "variance", found: (at: number) => number) =>
    Float64Array.from(expected[name], (exact, at) => {
      const rough = summed[name][at]!
      return Math.abs(found(at) - rough) < Math.abs(found(at) - exact) ? rough : exact
    })
  const mean = nearer("mean", (at) => stored.mean?.[at] ?? NaN)
  const variance = nearer("variance", (at) => (stored.std?.[at] ?? NaN) ** 2)
  return deviationOf(stored, { ...expected, mean, variance }) === null
}
