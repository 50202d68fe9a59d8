import { numberPerRow, type LeafData, type RowGroupData } from "../../../parquet/columns.ts"
import { lengthsPerRow } from "./lists.ts"
import type { Numbers } from "../../../numeric/statistics.ts"
import type { DataFile, EpisodeRows, SlicedValues } from "./subjects.ts"

export const SCALARS = ["index", "episode_index", "frame_index", "timestamp", "task_index"] as const
type Scalar = (typeof SCALARS)[number]

/** One leaf of a numeric feature, wherever it lies in the schema. */
export interface WideLeaf {
  feature: string
  path: readonly string[]
}

export interface Slice {
  rows: EpisodeRows
  values: SlicedValues[]
}

/**
 * Cuts the rows of a file into episodes: a run of equal `episode_index` is one. An episode that goes on in the next row group
 * is put together; all other slices are views, so that nothing is copied.
 */
export class EpisodeSlicer {
  readonly #file: DataFile
  readonly #wide: readonly WideLeaf[]
  readonly #recordOf: (episode: number) => number | null
  #held: Slice | undefined
  #row = 0

  constructor(file: DataFile, wide: readonly WideLeaf[], recordOf: (episode: number) => number | null) {
    this.#file = file
    this.#wide = wide
    this.#recordOf = recordOf
  }

  /** @param group columns: the scalars in the order of `SCALARS`, then those of `wide`. */
  *add({ rows, columns }: RowGroupData): Generator<Slice> {
    const scalars = SCALARS.map((_, at) => (columns[at] ? numberPerRow(columns[at]!) : null))
    const wide = this.#wide.map((leaf, at) => wideColumn(leaf, columns[SCALARS.length + at] ?? null, rows))
    const episodes = scalars[1]
    for (let from = 0; from < rows;) {
      let to = from + 1
      const episode = episodes ? episodes[from]! : NaN
      while (to < rows && (!episodes || Object.is(episodes[to], episode))) to++
      const slice = this.#slice(episode, from, to, scalars as (Float64Array | null)[], wide)
      if (this.#held && Object.is(this.#held.rows.episode, episode)) this.#held = joined(this.#held, slice)
      else {
        if (this.#held) yield this.#held
        this.#held = slice
      }
      from = to
    }
    this.#row += rows
  }

  *finish(): Generator<Slice> {
    if (this.#held) yield this.#held
    this.#held = undefined
  }

  #slice(
    episode: number,
    from: number,
    to: number,
    scalars: readonly (Float64Array | null)[],
    wide: readonly WideColumn[],
  ): Slice {
    const columns = Object.fromEntries(
      SCALARS.map((name, at) => [name, scalars[at]?.subarray(from, to) ?? null]),
    ) as Record<Scalar, Float64Array | null>
    const rows: EpisodeRows = {
      file: this.#file,
      episode,
      first_row: this.#row + from,
      rows: to - from,
      columns,
      record: this.#recordOf(episode),
    }
    return { rows, values: wide.flatMap((column) => column?.slice(rows, from, to) ?? []) }
  }
}

type WideColumn = { slice(of: EpisodeRows, from: number, to: number): SlicedValues } | null

function wideColumn({ feature }: WideLeaf, data: LeafData | null, rows: number): WideColumn {
  if (!data || Array.isArray(data.values)) return null
  const values = data.values as Numbers
  const isFull = data.definitions === null
  const dims = rows > 0 ? values.length / rows : 0
  if (isFull && Number.isInteger(dims)) {
    if (!data.repetitions || isEven(data.repetitions, dims)) {
      return {
        slice: (of, from, to) => ({
          of,
          feature,
          dims,
          values: values.subarray(from * dims, to * dims),
          rowLengths: null,
          nulls: 0,
        }),
      }
    }
  }
  // Ragged, or with nulls: the values that are there, and how many each row has.
  const lengths = lengthsPerRow(data, rows)
  const starts = new Int32Array(rows + 1)
  for (let row = 0; row < rows; row++) starts[row + 1] = starts[row]! + lengths[row]!
  const width = lengths.reduce((most, length) => Math.max(most, length), 0)
  const absent = absentPerRow(data, rows)
  return {
    slice: (of, from, to) => ({
      of,
      feature,
      dims: width,
      values: values.subarray(starts[from], starts[to]),
      rowLengths: lengths.subarray(from, to),
      nulls: absent.subarray(from, to).reduce((sum, count) => sum + count, 0),
    }),
  }
}

/** Whether every row has `dims` values: a level of 0 begins a row. */
function isEven(repetitions: Uint8Array, dims: number): boolean {
  for (let at = 0; at < repetitions.length;) {
    if (repetitions[at] !== 0) return false
    const end = at + dims
    for (at++; at < end; at++) if (repetitions[at] === 0) return false
  }
  return true
}

function absentPerRow({ definitions, repetitions, leaf }: LeafData, rows: number): Int32Array {
  const absent = new Int32Array(rows)
  if (!definitions) return absent
  let row = repetitions ? -1 : 0
  for (let at = 0; at < definitions.length; at++) {
    if (repetitions && repetitions[at] === 0) row++
    if (definitions[at] !== leaf.maxDefinition) absent[repetitions ? row : at]!++
  }
  return absent
}

function joined(a: Slice, b: Slice): Slice {
  const rows: EpisodeRows = {
    ...a.rows,
    rows: a.rows.rows + b.rows.rows,
    columns: Object.fromEntries(
      SCALARS.map((name) => {
        const [left, right] = [a.rows.columns[name], b.rows.columns[name]]
        return [name, left && right ? concat(left, right) : null]
      }),
    ) as EpisodeRows["columns"],
  }
  const values = a.values.map((left): SlicedValues => {
    const right = b.values.find((each) => each.feature === left.feature)
    if (!right) return { ...left, of: rows }
    const isEven = !left.rowLengths && !right.rowLengths && left.dims === right.dims
    return {
      of: rows,
      feature: left.feature,
      dims: Math.max(left.dims, right.dims),
      values: concat(left.values, right.values),
      rowLengths: isEven ? null : concat(lengthsOf(left, a.rows.rows), lengthsOf(right, b.rows.rows)),
      nulls: left.nulls + right.nulls,
    }
  })
  return { rows, values }
}

const lengthsOf = ({ rowLengths, dims }: SlicedValues, rows: number) => rowLengths ?? new Int32Array(rows).fill(dims)

function concat<A extends Numbers | Int32Array>(a: A, b: A): A {
  const all = new (a.constructor as new (length: number) => A)(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
