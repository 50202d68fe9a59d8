import { orAbandon } from "./abandon.ts"
import { Slots } from "./slots.ts"

const MAX_BYTES = 32 * 1024 * 1024
/** What a block costs beside its bytes, so that a million tiny ones are bounded too. */
const OVERHEAD = 1024

interface Block {
  path: string
  start: number
  end: number
  data: Promise<Uint8Array>
  stop: AbortController
  readers: number
}

/**
 * What was read, exactly as it was asked for, so that asking again costs nothing; the least recently used goes first.
 * A read under way is joined, not repeated, and goes on until its last reader has left.
 */
export class Blocks {
  #cost = 0
  /** From the least to the most recently used. */
  readonly #used = new Set<Block>()
  /** Of each file, by start. None holds another, so they are in the order of their ends too. */
  readonly #ofFile = new Map<string, Block[]>()
  readonly #slots = new Slots(8)

  /** Bytes `[start, end)` of a file, from a block that holds them or from `fetch`. */
  async read(
    path: string,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
    fetch: (signal: AbortSignal) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    signal?.throwIfAborted()
    const block = this.#find(path, start, end) ?? this.#add(path, start, end, fetch)
    this.#used.delete(block)
    this.#used.add(block)
    block.readers++
    const bytes = await orAbandon(block.data, signal, () => {
      if (--block.readers > 0) return
      this.#drop(block)
      block.stop.abort(signal!.reason)
    })
    return bytes.subarray(start - block.start, end - block.start)
  }

  #find(path: string, start: number, end: number): Block | undefined {
    const blocks = this.#ofFile.get(path) ?? []
    const block = blocks[firstAfter(blocks, start) - 1]
    return block && block.end >= end ? block : undefined
  }

  #add(path: string, start: number, end: number, fetch: (signal: AbortSignal) => Promise<Uint8Array>): Block {
    const stop = new AbortController()
    const data = this.#slots.run(() => fetch(stop.signal))
    const block: Block = { path, start, end, data, stop, readers: 0 }
    for (const held of (this.#ofFile.get(path) ?? []).filter((each) => each.start >= start && each.end <= end)) {
      this.#drop(held)
    }
    const blocks = this.#ofFile.get(path) ?? []
    blocks.splice(firstAfter(blocks, start), 0, block)
    this.#ofFile.set(path, blocks)
    this.#used.add(block)
    this.#cost += end - start + OVERHEAD
    data.then(
      () => this.#evict(),
      () => this.#drop(block),
    )
    return block
  }

  #evict() {
    for (const oldest of this.#used) {
      if (this.#cost <= MAX_BYTES) return
      this.#drop(oldest)
    }
  }

  #drop(block: Block) {
    if (!this.#used.delete(block)) return
    this.#cost -= block.end - block.start + OVERHEAD
    const blocks = this.#ofFile.get(block.path)!
    blocks.splice(blocks.indexOf(block), 1)
    if (blocks.length === 0) this.#ofFile.delete(block.path)
  }
}

/** Index of the first block that starts after `start`. */
function firstAfter(blocks: readonly Block[], start: number): number {
  let low = 0
  let high = blocks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (blocks[middle]!.start <= start) low = middle + 1
    else high = middle
  }
  return low
}
