const MAX_BYTES = 64 * 1024 * 1024

/**
 * What was read, exactly as it was asked for, so that asking again costs nothing; the least recently used goes first.
 * Reads under way are joined, not repeated.
 */
export class Blocks {
  #bytes = 0
  readonly #blocks = new Map<string, Block>()
  readonly #slots = new Slots(8)

  /** Bytes `[start, end)` of a file, from a block that holds them or from `fetch`. */
  async read(path: string, start: number, end: number, fetch: () => Promise<Uint8Array>): Promise<Uint8Array> {
    for (const [key, block] of this.#blocks) {
      if (block.path !== path || block.start > start || block.end < end) continue
      this.#blocks.delete(key)
      this.#blocks.set(key, block)
      return (await block.data).subarray(start - block.start, end - block.start)
    }
    const key = `${start}-${end}:${path}`
    const block: Block = { path, start, end, data: this.#slots.run(fetch) }
    this.#blocks.set(key, block)
    this.#bytes += end - start
    try {
      return await block.data
    } catch (error) {
      this.#drop(key, block)
      throw error
    } finally {
      for (const [oldest, each] of this.#blocks) {
        if (this.#bytes <= MAX_BYTES) break
        this.#drop(oldest, each)
      }
    }
  }

  #drop(key: string, block: Block) {
    if (this.#blocks.get(key) !== block) return
    this.#blocks.delete(key)
    this.#bytes -= block.end - block.start
  }
}

interface Block {
  path: string
  start: number
  end: number
  data: Promise<Uint8Array>
}

/** At most `count` at once; the others wait their turn. */
class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
