import { QUANTILES, statisticsOf } from "../../../numeric/statistics.ts"
import type { EpisodeRows, EpisodeStatsFacts, EpisodeValues, SlicedValues } from "./subjects.ts"

/** Puts the statistics of an episode's values beside them: recomputed, and as they are stored. */
export function measured(
  rows: EpisodeRows,
  sliced: readonly SlicedValues[],
  stats: EpisodeStatsFacts | null,
): EpisodeValues[] {
  const siblings: EpisodeValues[] = []
  for (const each of [...sliced, ...clocks(rows)]) {
    const stored = stats?.stored.of(rows.record, each.feature) ?? null
    const isFull = each.rowLengths === null && each.nulls === 0 && each.dims > 0
    const withQuantiles = stored !== null && QUANTILES.some(([name]) => stored[name])
    const statistics = isFull ? statisticsOf(each.values, each.dims, withQuantiles) : null
    siblings.push({ ...each, statistics, stored, siblings })
  }
  return siblings
}

/** Of LeRobot's own columns those whose statistics survive an edit. */
export const CLOCKS = ["timestamp", "frame_index"] as const

const clocks = (of: EpisodeRows): SlicedValues[] =>
  CLOCKS.flatMap((feature) => {
    const values = of.columns[feature]
    return values ? [{ of, feature, dims: 1, values, rowLengths: null, nulls: 0 }] : []
  })

/** Of the bytes of some numbers, 64 bits as text; equal for equal values of one type. */
export function hashOf({ values, dims }: SlicedValues): string {
  const { buffer, byteOffset, byteLength } = values
  const words =
    byteOffset % 4 || byteLength % 4
      ? new Uint32Array(Uint8Array.from({ length: (byteLength + 3) & ~3 }, (_, at) => values[at] ?? 0).buffer)
      : new Uint32Array(buffer, byteOffset, byteLength / 4)
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    a = Math.imul(a ^ word, 0x01000193)
    b = Math.imul(b ^ (word + (b >>> 15)), 0x5bd1e995)
  }
  return `${dims}:${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`
}
