import { AppError } from "../../error.ts"

const MAX_EPISODES = 2_000_000

/** Index and length of every episode, in two flat arrays: 2 million take 32 MB. */
export class EpisodeTable {
  #indices = new Float64Array(1024)
  #lengths = new Float64Array(1024)
  #isSorted = true
  rows = 0
  /** Rows whose length is not a whole number ≥ 0. */
  withoutLength = 0
  /** Rows whose index is not a whole number ≥ 0; they are not kept. */
  withoutIndex = 0

  add(index: number, length: number, path: string) {
    if (!Number.isSafeInteger(index) || index < 0) return void this.withoutIndex++
    if (this.rows >= MAX_EPISODES) {
      throw new AppError("too_large", `The dataset has more than ${MAX_EPISODES} episodes.`, { path })
    }
    if (this.rows === this.#indices.length) {
      this.#indices = grown(this.#indices)
      this.#lengths = grown(this.#lengths)
    }
    if (this.rows > 0 && index <= this.#indices[this.rows - 1]!) this.#isSorted = false
    const isLength = Number.isSafeInteger(length) && length >= 0
    if (!isLength) this.withoutLength++
    this.#indices[this.rows] = index
    this.#lengths[this.rows] = isLength ? length : NaN
    this.rows++
  }

  append(other: EpisodeTable) {
    for (let row = 0; row < other.rows; row++) this.add(other.#indices[row]!, other.#lengths[row]!, "meta/episodes")
    this.withoutIndex += other.withoutIndex
  }

  /** Each index once; of rows with the same index the first counts. */
  finish(): Episodes {
    const order = Uint32Array.from({ length: this.rows }, (_, at) => at)
    // Sorting is stable, so the first of several rows stays first.
    if (!this.#isSorted) order.sort((a, b) => this.#indices[a]! - this.#indices[b]! || a - b)
    const indices = new Float64Array(this.rows)
    const lengths = new Float64Array(this.rows)
    let count = 0
    for (const at of order) {
      if (count > 0 && this.#indices[at] === indices[count - 1]) continue
      indices[count] = this.#indices[at]!
      lengths[count++] = this.#lengths[at]!
    }
    return new Episodes(indices.subarray(0, count), lengths.subarray(0, count), this.rows - count)
  }
}

const grown = (array: Float64Array<ArrayBuffer>) => {
  const next = new Float64Array(array.length * 2)
  next.set(array)
  return next
}

/** The episodes of a dataset, ascending by index. */
export class Episodes {
  readonly indices: Float64Array
  /** NaN where it is not stated. */
  readonly lengths: Float64Array
  readonly duplicates: number

  constructor(indices: Float64Array, lengths: Float64Array, duplicates: number) {
    this.indices = indices
    this.lengths = lengths
    this.duplicates = duplicates
  }

  get count(): number {
    return this.indices.length
  }

  /** Sum of the lengths; null when one is missing, so that a part is never taken for the whole. */
  get frames(): number | null {
    let sum = 0
    for (const length of this.lengths) sum += length
    return Number.isSafeInteger(sum) ? sum : null
  }

  /** In frames; null when a length is missing or there is no episode. */
  get spread(): { min: number; median: number; max: number } | null {
    if (this.count === 0 || this.frames === null) return null
    const sorted = Float64Array.from(this.lengths).sort()
    const middle = (sorted.length - 1) / 2
    const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
    return { min: sorted[0]!, median, max: sorted.at(-1)! }
  }

  get isContiguous(): boolean {
    return this.count > 0 && this.indices[0] === 0 && this.indices.at(-1) === this.count - 1
  }
}
