import type { Bytes, FileEntry, Files } from "../../../files/files.ts"
import { keepRanges } from "../../../files/kept-ranges.ts"
import { rememberTail } from "../../../parquet/tail.ts"

/** A small shard is read whole: one request is worth more than its statistics columns weigh. */
const WHOLE = 1024 * 1024
const FOOTER = 64 * 1024
/** Bytes of shards kept between the two looks at them, which are tables of 10,000 episodes; what is beyond is read twice. */
const MAX_KEPT = 32 * 1024 * 1024

/**
 * Shards of the episodes table, which is looked at twice: for where the episodes lie, and for their statistics. What the first
 * look read is kept for the second.
 */
export class EpisodeShards {
  readonly entries: readonly FileEntry[]
  readonly #files: Files
  readonly #kept = new Map<string, Bytes>()
  #size = 0

  constructor(files: Files, entries: readonly FileEntry[]) {
    this.#files = files
    this.entries = entries
  }

  readonly open = (shard: FileEntry): { bytes: Bytes; firstRead: number } => {
    const firstRead = shard.size <= WHOLE ? WHOLE : FOOTER
    const known = this.#kept.get(shard.path)
    if (known) return { bytes: known, firstRead }
    const bytes = this.#files.open(shard)
    if (this.#size + shard.size > MAX_KEPT) return { bytes: rememberTail(bytes), firstRead }
    this.#size += shard.size
    const kept = keepRanges(bytes)
    this.#kept.set(shard.path, kept)
    return { bytes: kept, firstRead }
  }

  /** Not needed again. */
  close({ path }: FileEntry) {
    this.#kept.delete(path)
  }
}
