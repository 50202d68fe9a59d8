import { Growing } from "../../../numeric/growing.ts"

const NONE = -1

/** The tasks of each episode, with every text kept once: most are those of many. */
export class EpisodeTasks {
  /** Each text once, in the order they came. */
  readonly texts: string[] = []
  /** Whether the tasks of an episode are missing, or no list of texts. */
  hasNone = false
  readonly #numberOf = new Map<string, number>()
  readonly #numbers = new Growing()
  readonly #ends = new Growing()

  add(texts: readonly string[] | null) {
    if (texts === null) this.#numbers.push(NONE)
    this.hasNone ||= texts === null
    for (const text of texts ?? []) {
      const number = this.#numberOf.get(text) ?? this.texts.length
      if (number === this.texts.length) {
        this.texts.push(text)
        this.#numberOf.set(text, number)
      }
      this.#numbers.push(number)
    }
    this.#ends.push(this.#numbers.length)
  }

  /** Those of a row; null where the column is missing or not a list of texts. */
  of(row: number): string[] | null {
    const texts: string[] = []
    for (let at = row === 0 ? 0 : this.#ends.at(row - 1); at < this.#ends.at(row); at++) {
      const number = this.#numbers.at(at)
      if (number === NONE) return null
      texts.push(this.texts[number]!)
    }
    return texts
  }

  /** How many episodes name each text; one that names it twice counts twice. */
  counts(): Uint32Array {
    const counts = new Uint32Array(this.texts.length)
    for (const number of this.#numbers.values) if (number !== NONE) counts[number]!++
    return counts
  }
}
