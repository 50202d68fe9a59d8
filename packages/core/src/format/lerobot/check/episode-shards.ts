import type { Bytes, FileEntry, Files } from "../../../files/files.ts"
import { keepRanges } from "../../../files/kept-ranges.ts"
import { rememberTail } from "../../../parquet/tail.ts"

/** Of a table whose every column is wanted, what a range has at most is read with the footer. */
const RANGE = 4 * 1024 * 1024
/** Else a small one is read whole: two requests are worth more than its statistics columns weigh. */
const WHOLE = 256 * 1024
const FOOTER = 64 * 1024
/** Bytes kept between the two looks: all of some 30,000 episodes, or where ten times as many lie. What is beyond is read twice. */
const MAX_KEPT = 32 * 1024 * 1024

/**
 * Shards of the episodes table, which is looked at twice: for where the episodes lie, and for their statistics. What the first
 * look read is kept for the second.
 */
export class EpisodeShards {
  readonly entries: readonly FileEntry[]
  readonly #files: Files
  readonly #isWhole: boolean
  readonly #kept = new Map<string, { bytes: Bytes; size: number }>()
  #size = 0

  /** @param isWhole whether the statistics of all episodes are wanted, too, and so every column. */
  constructor(files: Files, entries: readonly FileEntry[], isWhole: boolean) {
    this.#files = files
    this.entries = entries
    // What does not stay is not read before it is needed.
    this.#isWhole = isWhole && entries.reduce((sum, { size }) => sum + size, 0) <= MAX_KEPT
  }

  readonly open = (shard: FileEntry): { bytes: Bytes; firstRead: number } => {
    const firstRead = this.#isWhole ? RANGE : shard.size <= WHOLE ? WHOLE : FOOTER
    const known = this.#kept.get(shard.path)
    if (known) return { bytes: known.bytes, firstRead }
    const kept = { bytes: this.#files.open(shard), size: 0 }
    const hasRoom = (length: number) => {
      if (this.#size + length > MAX_KEPT) return false
      this.#size += length
      kept.size += length
      return true
    }
    // The footer has to be there for the columns in any case.
    kept.bytes = rememberTail(keepRanges(kept.bytes, hasRoom))
    this.#kept.set(shard.path, kept)
    return { bytes: kept.bytes, firstRead }
  }

  /** Not needed again. */
  close({ path }: FileEntry) {
    this.#size -= this.#kept.get(path)?.size ?? 0
    this.#kept.delete(path)
  }
}
