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

/** Words that are looked at of values whose statistics tell them apart already. */
const SAMPLE = 512

/**
 * Of some numbers, 64 bits as text; equal for equal values of one type. Where their statistics are known these go in, exact to
 * the last bit, with a part of the values: what differs from episode to episode differs in those.
 */
export function hashOf({ values, dims, statistics }: Pick<EpisodeValues, "values" | "dims" | "statistics">): string {
  const words = wordsOf(values)
  const isSampled = statistics !== null && (values instanceof Float32Array || values instanceof Float64Array)
  const step = isSampled ? Math.max(1, Math.floor(words.length / SAMPLE) | 1) : 1
  const hash = new Uint32Array([0x811c9dc5, 0x9747b28c])
  mix(hash, words, step)
  if (isSampled) {
    mix(hash, wordsOf(statistics.mean), 1)
    mix(hash, wordsOf(statistics.variance), 1)
  }
  return `${dims}:${values.length}:${hash[0]!.toString(36)}${hash[1]!.toString(36)}`
}

function wordsOf({ buffer, byteOffset, byteLength }: SlicedValues["values"]): Uint32Array {
  if (byteOffset % 4 === 0 && byteLength % 4 === 0) return new Uint32Array(buffer, byteOffset, byteLength / 4)
  const padded = new Uint8Array((byteLength + 3) & ~3)
  padded.set(new Uint8Array(buffer, byteOffset, byteLength))
  return new Uint32Array(padded.buffer)
}

function mix(hash: Uint32Array, words: Uint32Array, step: number) {
  let [a, b] = [hash[0]!, hash[1]!]
  for (let at = 0; at < words.length; at += step) {
    const word = words[at]!
    a = Math.imul(a ^ word, 0x01000193)
    b = Math.imul(b ^ (word + (b >>> 15)), 0x5bd1e995)
  }
  hash[0] = a
  hash[1] = b
}
