import type { FileEntry } from "../../../files/files.ts"
import type { LeafData, RowGroupData } from "../../../parquet/columns.ts"
import type { Leaf } from "../../../parquet/leaves.ts"
import { isRecord } from "../text.ts"
import type { StatColumn, StatsRecord, StatsTable } from "./subjects.ts"

const PREFIX = "stats/"
/** Numbers of one statistic of one feature; of a picture there are three. */
const MAX_FLAT = 1_000_000

/** Statistics as JSON has them, nested, made flat. @param episode undefined for those of the whole dataset. */
export function tableOfRecord(path: string, stats: StatsRecord, episode?: { index: number; row: number }): StatsTable {
  const features = new Map<string, ReadonlyMap<string, StatColumn>>()
  for (const [feature, record] of Object.entries(stats)) {
    features.set(feature, new Map(Object.entries(record).map(([name, value]) => [name, flat(value)])))
  }
  return {
    path,
    isGlobal: episode === undefined,
    entries: 1,
    episodes: [episode?.index ?? NaN],
    rows: [episode?.row ?? -1],
    features,
  }
}

/** Only what is an object of objects; anything else has no statistics. */
export const recordOf = (raw: unknown): StatsRecord =>
  Object.fromEntries(
    Object.entries(isRecord(raw) ? raw : {}).filter((entry): entry is [string, Record<string, unknown>] =>
      isRecord(entry[1]),
    ),
  )

function flat(value: unknown): StatColumn {
  const values: number[] = []
  let depth = 0
  const walk = (each: unknown, level: number) => {
    depth = Math.max(depth, level)
    if (!Array.isArray(each)) {
      // Booleans are how minima and maxima of boolean features are written.
      if (values.length < MAX_FLAT) values.push(typeof each === "number" || typeof each === "boolean" ? +each : NaN)
    } else for (const inner of each as unknown[]) walk(inner, level + 1)
  }
  walk(value, 0)
  return { values, starts: [0, values.length], depth }
}

export interface StatsLeaf {
  path: readonly string[]
  feature: string
  name: string
}

/** Columns `stats/<feature>/<statistic>` of the episodes table. */
export function statsLeaves(leaves: readonly Leaf[]): StatsLeaf[] {
  return leaves.flatMap(({ path }) => {
    const column = path[0]!
    const cut = column.lastIndexOf("/")
    if (!column.startsWith(PREFIX) || cut < PREFIX.length) return []
    return [{ path, feature: column.slice(PREFIX.length, cut), name: column.slice(cut + 1) }]
  })
}

/** One row group of the episodes table. @param at of each row: its episode, and its row in the whole table. */
export function tableOfRowGroup(
  { path }: FileEntry,
  { rows, columns }: RowGroupData,
  leaves: readonly StatsLeaf[],
  at: { episodes: ArrayLike<number>; rows: ArrayLike<number> },
): StatsTable {
  const features = new Map<string, Map<string, StatColumn>>()
  for (const [position, { feature, name }] of leaves.entries()) {
    const column = columns[position] && columnOf(columns[position], rows)
    if (!column) continue
    const statistics = features.get(feature)
    if (statistics) statistics.set(name, column)
    else features.set(feature, new Map([[name, column]]))
  }
  return { path, isGlobal: false, entries: rows, ...at, features }
}

/** Null for texts. A null inside a list becomes NaN, so that its place is not lost; a missing list is an empty one. */
function columnOf({ values, definitions, repetitions, leaf }: LeafData, rows: number): StatColumn | null {
  if (Array.isArray(values) && values.length > 0) return null
  const numbers = values as ArrayLike<number>
  const starts = new Int32Array(rows + 1)
  const depth = leaf.maxRepetition
  if (!definitions) {
    let row = 0
    for (let at = 0; at < numbers.length; at++) if (!repetitions || repetitions[at] === 0) starts[row++] = at
    starts.fill(numbers.length, row)
    return { values: numbers, starts, depth }
  }
  const filled: number[] = []
  let row = -1
  let next = 0
  for (let at = 0; at < definitions.length; at++) {
    if (!repetitions || repetitions[at] === 0) {
      row++
      starts[row] = filled.length
    }
    const level = definitions[at]!
    if (level === leaf.maxDefinition) filled.push(numbers[next++]!)
    else if (level === leaf.maxDefinition - 1 && depth > 0 && isElementNull(leaf)) filled.push(NaN)
  }
  starts.fill(filled.length, row + 1)
  return { values: filled, starts, depth }
}

/** Whether one level below the deepest is a null element: lists of three levels have optional elements. */
const isElementNull = ({ maxDefinition, maxRepetition }: Leaf) => maxDefinition > 2 * maxRepetition
