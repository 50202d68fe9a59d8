import type { Frames } from "../../episode/frames.ts"
import type { LeafData } from "../../parquet/columns.ts"
import { TIMESTAMP, type FrameLeaf } from "./frame-columns.ts"
import type { Info } from "./info.ts"
import { plural } from "./notes.ts"

const MAX_SERIES = 256

interface Bounds {
  min: Float64Array
  max: Float64Array
}

/** Rows thinned out to points: of each column and each of its values the least and the greatest of every point. */
export class Decimated {
  readonly #rows: number
  readonly #points: number
  readonly #times: Float64Array
  readonly #series = new Map<FrameLeaf, Bounds[]>()
  #count = 0
  #cut = 0
  #infinite = new Set<string>()

  constructor(rows: number, points: number) {
    this.#rows = rows
    this.#points = points
    this.#times = new Float64Array(points).fill(NaN)
  }

  /** Adds the rows `hits` of a leaf, which are the episode's rows from `first` on. Adding the same twice changes nothing. */
  add(
    leaf: FrameLeaf,
    { values, definitions, repetitions, leaf: { maxDefinition } }: LeafData,
    hits: Uint32Array,
    first: number,
  ) {
    const positions = definitions?.length ?? repetitions?.length ?? values.length
    let row = -1
    let dimension = 0
    let value = 0
    let hit = 0
    for (let at = 0; at < positions && hit < hits.length; at++) {
      if (!repetitions || repetitions[at] === 0) {
        row++
        dimension = 0
        if (row > hits[hit]!) hit++
      } else dimension++
      const isPresent = !definitions || definitions[at] === maxDefinition
      const number = isPresent ? (values[value++] as number) : NaN
      if (isPresent && hits[hit] === row) this.#note(leaf, dimension, first + hit, number)
    }
  }

  #note(leaf: FrameLeaf, dimension: number, row: number, value: number) {
    const point = Math.floor((row * this.#points) / this.#rows)
    // The first row of a point gives its time.
    if (leaf.feature === TIMESTAMP && dimension === 0 && Math.ceil((point * this.#rows) / this.#points) === row)
      this.#times[point] = value
    const bounds = this.#of(leaf, dimension)
    if (!bounds) return
    if (!Number.isFinite(value)) {
      if (!Number.isNaN(value)) this.#infinite.add(leaf.feature)
      return
    }
    if (!(bounds.min[point]! <= value)) bounds.min[point] = value
    if (!(bounds.max[point]! >= value)) bounds.max[point] = value
  }

  #of(leaf: FrameLeaf, dimension: number): Bounds | undefined {
    const all = this.#series.get(leaf) ?? []
    if (all.length === 0) this.#series.set(leaf, all)
    const known = all[dimension]
    if (known) return known
    if (this.#count >= MAX_SERIES) {
      this.#cut = Math.max(this.#cut, dimension + 1)
      return undefined
    }
    this.#count++
    const empty = () => new Float64Array(this.#points).fill(NaN)
    return (all[dimension] = { min: empty(), max: empty() })
  }

  finish({ features }: Info, notes: string[]): Pick<Frames, "t" | "series"> {
    const declared = new Map(features.map((feature) => [feature.key, feature]))
    const series = [...this.#series].flatMap(([{ feature, names: wanted }, all]) => {
      const { names, unit } = declared.get(feature) ?? { names: null, unit: null }
      const nameOf = (index: number) => (all.length === 1 ? feature : `${feature}/${names?.[index] ?? index}`)
      return all.flatMap(({ min, max }, index) => {
        const name = nameOf(index)
        if (wanted && !wanted.has(name)) return []
        return [{ name, feature, index, min: listed(min), max: listed(max), ...(unit === null ? {} : { unit }) }]
      })
    })
    if (this.#cut > 0)
      notes.push(`There are more values than ${MAX_SERIES} series have room for; ask for single columns.`)
    if (this.#infinite.size > 0)
      notes.push(
        `${plural(this.#infinite.size, "column has", "columns have")} infinite values (${[...this.#infinite][0]}); they are left out.`,
      )
    return { t: listed(this.#times), series }
  }
}

const listed = (values: Float64Array) => Array.from(values, (value) => (Number.isFinite(value) ? value : null))
