import type { Bytes, FileEntry, Files } from "../../../files/files.ts"
import { rememberTail } from "../../../parquet/tail.ts"

/** A small shard is read whole: one request is worth more than its statistics columns weigh. */
const WHOLE = 1024 * 1024
const FOOTER = 64 * 1024
/** Small shards kept between the two looks at them; beyond it they are read twice. */
const MAX_KEPT = 64 * 1024 * 1024

/**
 * Shards of the episodes table, which is looked at twice: for where the episodes lie, and for their statistics. What the first
 * look read is kept for the second; of large shards that is the footer.
 */
export class EpisodeShards {
  readonly entries: readonly FileEntry[]
  readonly #files: Files
  readonly #open = new Map<string, Bytes>()
  #kept = 0

  constructor(files: Files, entries: readonly FileEntry[]) {
    this.#files = files
    this.entries = entries
  }

  readonly open = (shard: FileEntry): { bytes: Bytes; firstRead: number } => {
    const firstRead = shard.size <= WHOLE ? WHOLE : FOOTER
    const known = this.#open.get(shard.path)
    if (known) return { bytes: known, firstRead }
    const bytes = rememberTail(this.#files.open(shard))
    this.#kept += Math.min(shard.size, firstRead)
    if (this.#kept <= MAX_KEPT) this.#open.set(shard.path, bytes)
    return { bytes, firstRead }
  }

  /** Not needed again. */
  close({ path }: FileEntry) {
    this.#open.delete(path)
  }
}
