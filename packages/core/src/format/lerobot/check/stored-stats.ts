import { QUANTILES } from "../../../numeric/statistics.ts"
import type { StatsTable } from "./subjects.ts"

/** Statistics of one feature that are kept for comparison, and the place of each. */
const NAMES = ["min", "max", "mean", "std", ...QUANTILES.map(([name]) => name)] as const
export type StoredName = (typeof NAMES)[number]
/** As many numbers as 96 MB hold. */
const MAX_NUMBERS = 12 * 1024 * 1024

/** `extremes`: the least minimum and the greatest maximum of all numbers of an entry, as two single numbers. */
export type KeptStats = "none" | "extremes" | "all"
const NAMES_OF: Record<KeptStats, readonly StoredName[]> = { none: [], extremes: ["min", "max"], all: NAMES }

/** What is stored of one feature of one episode. */
export type Stored = Readonly<Partial<Record<StoredName, Float64Array>>>

interface Kept {
  /** Numbers that an entry has, and how many are kept of them. */
  width: number
  kept: number
  /** `rows × names × kept`. */
  numbers: Float64Array
  /** Per row a bit for each name that is there. */
  present: Uint16Array
}

/** The stored statistics of the episodes' numeric features, by row of the episodes table, in flat arrays of bounded size. */
export class StoredStats {
  readonly #kept = new Map<string, Kept>()
  readonly #features: ReadonlyMap<string, number>
  readonly #names: readonly StoredName[]
  readonly #isFolded: boolean
  readonly rows: number
  /** Rows whose statistics are kept: all, unless there are too many. */
  readonly keptRows: number

  /** @param features with how many values each has in a row. */
  constructor(rows: number, features: ReadonlyMap<string, number>, keeps: KeptStats) {
    this.#names = NAMES_OF[keeps]
    this.#features = features
    this.#isFolded = keeps === "extremes"
    this.rows = rows
    const numbers = this.#isFolded ? features.size : [...features.values()].reduce((sum, width) => sum + width, 0)
    const perRow = numbers * this.#names.length
    this.keptRows = Math.min(rows, Math.floor(MAX_NUMBERS / Math.max(perRow, 1)))
  }

  add({ features, entries, rows }: StatsTable) {
    for (const [feature, most] of this.#features) {
      const columns = features.get(feature)
      if (!columns) continue
      for (const [slot, name] of this.#names.entries()) {
        const column = columns.get(name)
        if (!column || entries === 0) continue
        const kept = this.#kept.get(feature) ?? this.#begin(feature, column.starts[1]! - column.starts[0]!, most)
        if (!kept) break
        const { width, numbers } = kept
        for (let entry = 0; entry < entries; entry++) {
          const row = rows[entry]!
          const from = column.starts[entry]!
          if (row < 0 || row >= this.keptRows || column.starts[entry + 1]! - from !== width) continue
          const to = (row * this.#names.length + slot) * kept.kept
          if (this.#isFolded) numbers[to] = extreme(name === "min" ? Math.min : Math.max, column.values, from, width)
          else for (let at = 0; at < width; at++) numbers[to + at] = column.values[from + at]!
          kept.present[row]! |= 1 << slot
        }
      }
    }
  }

  /** The first entry tells how many numbers there are: those of a matrix are of its values or of its last axis. */
  #begin(feature: string, width: number, most: number): Kept | null {
    if (width < 1 || width > most) return null
    const count = this.#isFolded ? 1 : width
    const kept = {
      width,
      kept: count,
      numbers: new Float64Array(this.keptRows * count * this.#names.length),
      present: new Uint16Array(this.keptRows),
    }
    this.#kept.set(feature, kept)
    return kept
  }

  of(row: number | null, feature: string): Stored | null {
    const kept = this.#kept.get(feature)
    if (!kept || row === null || row < 0 || row >= this.keptRows || kept.present[row] === 0) return null
    const stored: Partial<Record<StoredName, Float64Array>> = {}
    for (const [slot, name] of this.#names.entries()) {
      if (!(kept.present[row]! & (1 << slot))) continue
      const at = (row * this.#names.length + slot) * kept.kept
      stored[name] = kept.numbers.subarray(at, at + kept.kept)
    }
    return stored
  }
}

/** NaN when one of them is. */
function extreme(of: (a: number, b: number) => number, values: ArrayLike<number>, from: number, count: number): number {
  let found = values[from]!
  for (let at = from + 1; at < from + count; at++) found = of(found, values[at]!)
  return found
}
