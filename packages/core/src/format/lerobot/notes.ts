const MAX_NOTES = 100
const MAX_LENGTH = 600

/** Sentences for people, each once, in the order they came up. */
export class Notes {
  readonly #lines = new Set<string>()
  #left = 0

  add(sentence: string) {
    const line = sentence.length > MAX_LENGTH ? `${sentence.slice(0, MAX_LENGTH - 1)}…` : sentence
    if (this.#lines.has(line)) return
    if (this.#lines.size < MAX_NOTES) this.#lines.add(line)
    else this.#left++
  }

  toList(): string[] {
    return this.#left ? [...this.#lines, `${this.#left} further notes are left out.`] : [...this.#lines]
  }
}

/** A value as it was written, short enough for a sentence. */
export function shown(value: unknown): string {
  const text =
    typeof value === "number" || value === undefined ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

export const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`
