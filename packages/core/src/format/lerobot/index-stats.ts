import type { FeatureStats } from "../../episode/schema.ts"
import type { Info } from "./info.ts"
import { signalsOf } from "./signals.ts"
import { isRecord } from "./text.ts"

/** Values a summary has room for, over all features of an episode: 24 take some 500 bytes. */
const MAX_DIMENSIONS = 24

export const MEASURES = ["min", "max", "mean"] as const

/** The vectors whose statistics are kept, actions first, and how many dimensions of each. */
export function keptStats(info: Info): Map<string, number> {
  const { actions, sensors } = signalsOf(info.features)
  const kept = new Map<string, number>()
  let left = MAX_DIMENSIONS
  for (const { name, shape } of [...actions, ...sensors]) {
    const width = shape.length === 1 ? (shape[0] ?? 0) : 0
    const taken = Math.min(width, left)
    if (taken > 0) kept.set(name, taken)
    left -= taken
  }
  return kept
}

/** Five digits are more than a chart or a reader can tell apart. */
const short = (value: unknown) =>
  typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(5)) : null

/** One feature's summary; null when not all three measures are there. */
export function summarised(
  of: (measure: (typeof MEASURES)[number]) => unknown,
  dimensions: number,
): FeatureStats | null {
  const [min, max, mean] = MEASURES.map((measure) => {
    const values = of(measure)
    return Array.isArray(values) && values.length > 0 ? values.slice(0, dimensions).map(short) : null
  })
  return min && max && mean ? { min, max, mean } : null
}

/** The summary out of a line of `episodes_stats.jsonl`: `{feature: {min: [], …}}`. */
export function statsOfLine(stats: unknown, kept: ReadonlyMap<string, number>): Record<string, FeatureStats> | null {
  if (!isRecord(stats)) return null
  return collected(kept, (key) => {
    const feature = Object.hasOwn(stats, key) ? stats[key] : undefined
    return (measure) => (isRecord(feature) ? feature[measure] : undefined)
  })
}

/** The features that have a summary; null when none has. */
export function collected(
  kept: ReadonlyMap<string, number>,
  measuresOf: (key: string) => (measure: (typeof MEASURES)[number]) => unknown,
): Record<string, FeatureStats> | null {
  const all: Record<string, FeatureStats> = {}
  for (const [key, dimensions] of kept) {
    const one = summarised(measuresOf(key), dimensions)
    if (one) all[key] = one
  }
  return Object.keys(all).length > 0 ? all : null
}
