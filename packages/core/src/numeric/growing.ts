import { grown } from "./grown.ts"

/** Numbers that come one after the other, kept in one flat array that doubles: 8 bytes each. */
export class Growing {
  #values = new Float64Array(64)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number) {
    if (this.#length === this.#values.length) this.#values = grown(this.#values, 2 * this.#length)
    this.#values[this.#length++] = value
  }

  /** Those that came so far; a view that is good until the next one comes. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }

  at = (position: number): number => this.#values[position]!
}
