import { setImmediate } from "node:timers/promises"
import type { SampleFile } from "./repo.ts"

/** Entries handled between two turns of the event loop. */
const SLICE = 20_000

interface Span {
  /** Position of the folder's first entry. */
  from: number
  /** Position after its last, sub-folders included. */
  to: number
}

/**
 * A commit's tree in the order the Hub lists it: depth first, and in every folder its sub-folders before its files.
 * Positions are stable, so a page cursor is a number and no page sorts anything.
 */
export class TreeIndex {
  readonly files: ReadonlyMap<string, SampleFile>
  readonly #entries: string[] = []
  readonly #folders = new Map<string, Span>()

  private constructor(files: ReadonlyMap<string, SampleFile>) {
    this.files = files
  }

  static async build(files: ReadonlyMap<string, SampleFile>): Promise<TreeIndex> {
    const index = new TreeIndex(files)
    const paths = [...files.keys()]
    // Contiguous folders are all that is needed; any code-unit order gives them.
    if (paths.some((path, i) => i > 0 && path < paths[i - 1]!)) paths.sort()
    await index.#add(paths, 0, paths.length, "")
    return index
  }

  async #add(paths: string[], from: number, to: number, folder: string): Promise<void> {
    const prefix = folder === "" ? 0 : folder.length + 1
    const span: Span = { from: this.#entries.length, to: 0 }
    this.#folders.set(folder, span)
    const own: string[] = []
    for (let i = from; i < to;) {
      const path = paths[i]!
      const slash = path.indexOf("/", prefix)
      if (slash < 0) {
        own.push(path)
        i += 1
        continue
      }
      const child = path.slice(0, slash)
      const end = lastWithPrefix(paths, i, to, `${child}/`)
      this.#entries.push(child)
      await this.#add(paths, i, end, child)
      i = end
    }
    for (const path of own) {
      this.#entries.push(path)
      if (this.#entries.length % SLICE === 0) await setImmediate()
    }
    span.to = this.#entries.length
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path)
  }

  /**
   * Up to `limit` entries of `folder` from position `start` (null: its first), and where the next page starts.
   * `undefined` when there is no such folder.
   */
  page(folder: string, recursive: boolean, start: number | null, limit: number) {
    const span = this.#folders.get(folder)
    if (!span) return undefined
    const paths: string[] = []
    let at = Math.max(start ?? span.from, span.from)
    while (at < span.to && paths.length < limit) {
      const path = this.#entries[at]!
      paths.push(path)
      const below = recursive ? undefined : this.#folders.get(path)
      at = below ? below.to : at + 1
    }
    return { paths, next: at < span.to ? at : null }
  }
}

/** First position in `[from, to)` whose path does not start with `prefix`; those that do are contiguous. */
function lastWithPrefix(paths: string[], from: number, to: number, prefix: string): number {
  let low = from + 1
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (paths[middle]!.startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return low
}
