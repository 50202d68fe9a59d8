import { Corrupt } from "./thrift.ts"

/** The bytes are sound, but not of a kind this reader knows. */
export class Unsupported extends Error {
  override readonly name = "Unsupported"
}

/** More came out than the file could honestly hold. */
export class Bomb extends Error {
  override readonly name = "Bomb"
}

/** Counts what decoding emits, because a header may lie about it. */
export class Budget {
  #left: number
  readonly #whole: Budget | undefined

  /** @param whole what this one is a part of: what is spent here is spent there, too. */
  constructor(bytes: number, whole?: Budget) {
    this.#left = bytes
    this.#whole = whole
  }

  /** Call before allocating. */
  spend(bytes: number) {
    if (!(bytes >= 0)) throw new Corrupt(`a length of ${bytes}`)
    this.#left -= bytes
    if (this.#left < 0) throw new Bomb("it unpacks to far more than its size allows")
    this.#whole?.spend(bytes)
  }
}
