/** What an aggregate is as JSON, to travel from a shard to the reduce. */
export interface Aggregated {
  count: number
  parts: number
  min: number[]
  max: number[]
  mean: number[]
  variance: number[]
  constant: number[]
}

/** Numbers of one part, a value per dimension. */
export interface Part {
  count: number
  min: ArrayLike<number>
  max: ArrayLike<number>
  mean: ArrayLike<number>
  variance: ArrayLike<number>
}

/**
 * Statistics of several parts (episodes) put together: the mean weighted by the counts, the variance within and between them
 * (Chan, Golub and LeVeque 1979), the extremes element-wise.
 */
export class Aggregate {
  readonly dims: number
  count = 0
  parts = 0
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** 1 where the dimension does not change within any part. */
  readonly constant: Uint8Array

  constructor(dims: number) {
    this.dims = dims
    this.min = new Float64Array(dims).fill(Infinity)
    this.max = new Float64Array(dims).fill(-Infinity)
    this.mean = new Float64Array(dims)
    this.variance = new Float64Array(dims)
    this.constant = new Uint8Array(dims).fill(1)
  }

  add({ count, min, max, mean, variance }: Part, constant?: ArrayLike<number>) {
    const total = this.count + count
    if (!(total > 0)) return
    const [ours, theirs] = [this.count / total, count / total]
    for (let at = 0; at < this.dims; at++) {
      const difference = mean[at]! - this.mean[at]!
      if (this.count === 0) {
        this.mean[at] = mean[at]!
        this.variance[at] = variance[at]!
      } else {
        this.mean[at]! += difference * theirs
        this.variance[at] = ours * this.variance[at]! + theirs * variance[at]! + ours * theirs * difference * difference
      }
      // NaN stays out of the extremes: what is no number has a rule of its own.
      if (min[at]! < this.min[at]!) this.min[at] = min[at]!
      if (max[at]! > this.max[at]!) this.max[at] = max[at]!
      if (constant ? !constant[at] : min[at] !== max[at]) this.constant[at] = 0
    }
    this.count = total
    this.parts++
  }

  toJSON(): Aggregated {
    const { count, parts, min, max, mean, variance, constant } = this
    return {
      count,
      parts,
      min: [...min],
      max: [...max],
      mean: [...mean],
      variance: [...variance],
      constant: [...constant],
    }
  }

  /** Adds what another one gathered. */
  merge(other: Aggregated | Aggregate) {
    if (other.count === 0) return
    this.add(other, other.constant)
    this.parts += other.parts - 1
  }
}
