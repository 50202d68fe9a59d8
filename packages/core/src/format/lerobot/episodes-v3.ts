import { AppError } from "../../error.ts"
import type { FileEntry, Files } from "../../files/files.ts"
import { numberPerRow, readColumns, type LeafData } from "../../parquet/columns.ts"
import { readFooter } from "../../parquet/footer.ts"
import { rememberTail } from "../../parquet/tail.ts"
import { EpisodeTable, type Episodes } from "./episode-table.ts"
import { noteTable } from "./episodes-v2.ts"
import { plural, type Notes } from "./notes.ts"

/** A small shard is read whole: one request is worth more than its statistics columns weigh. */
const FIRST_READ = 1024 * 1024
const MAX_SHARD = 256 * 1024 * 1024
const AT_ONCE = 4

/** Where an episode's rows or frames lie. */
export interface Pointer {
  /** `data`, or `videos/<camera>`. */
  prefix: string
  /** Path of the file with these numbers. */
  path(chunk: number, file: number): string | undefined
}

/** How many episodes point to a file that exists, to one that does not, and to nothing (null). */
export interface PointerTally {
  found: number
  missing: number
  empty: number
  /** Path of a file that is pointed to and does not exist. */
  example: string | null
  /** False when no shard has the columns. */
  isKnown: boolean
}

export interface EpisodesV3 {
  episodes: Episodes
  pointers: Map<string, PointerTally>
  /** Shards that cannot be read, with the reason. */
  broken: { path: string; reason: string }[]
}

/**
 * Reads indexes, lengths and file pointers of all episodes from `meta/episodes/**`; statistics are never fetched where they lie
 * apart. A shard that is broken is reported, an error of the Hub is thrown.
 */
export async function readEpisodesParquet(
  files: Files,
  shards: readonly FileEntry[],
  pointers: readonly Pointer[],
  paths: ReadonlySet<string>,
  notes: Notes,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number): void },
): Promise<EpisodesV3> {
  const reading = new Reading(files, pointers, paths, signal)
  let next = 0
  const work = async () => {
    for (let at = next++; at < shards.length; at = next++) {
      await reading.shard(at, shards[at]!)
      onProgress(at + 1)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, shards.length) }, work))
  const table = reading.table()
  const episodes = table.finish()
  noteTable("meta/episodes", table, episodes, notes)
  if (table.withoutIndex) {
    notes.add(
      `meta/episodes has ${plural(table.withoutIndex, "row")} without a usable episode_index; they were left out.`,
    )
  }
  return { episodes, pointers: reading.tallies, broken: reading.broken }
}

class Reading {
  /** One a shard, so that the order of answers does not decide which of two equal indexes counts. */
  readonly #tables = new Map<number, EpisodeTable>()
  readonly broken: EpisodesV3["broken"] = []
  readonly tallies: Map<string, PointerTally>
  readonly #files: Files
  readonly #pointers: readonly Pointer[]
  readonly #paths: ReadonlySet<string>
  readonly #signal: AbortSignal
  readonly #columns: string[]

  constructor(files: Files, pointers: readonly Pointer[], paths: ReadonlySet<string>, signal: AbortSignal) {
    this.#files = files
    this.#pointers = pointers
    this.#paths = paths
    this.#signal = signal
    this.#columns = [
      "episode_index",
      "length",
      "dataset_from_index",
      "dataset_to_index",
      ...pointers.flatMap(({ prefix }) => [`${prefix}/chunk_index`, `${prefix}/file_index`]),
    ]
    this.tallies = new Map(
      pointers.map(({ prefix }) => [prefix, { found: 0, missing: 0, empty: 0, example: null, isKnown: false }]),
    )
  }

  table(): EpisodeTable {
    const all = new EpisodeTable()
    for (const [, table] of [...this.#tables].sort(([a], [b]) => a - b)) all.append(table)
    return all
  }

  async shard(at: number, file: FileEntry) {
    const { path } = file
    try {
      if (file.size > MAX_SHARD) throw new AppError("too_large", `${path} is ${file.size} bytes long.`, { path })
      const table = new EpisodeTable()
      await this.#read(file, table)
      this.#tables.set(at, table)
    } catch (error) {
      if (!(error instanceof AppError) || !["invalid", "limit", "unsupported"].includes(error.kind)) throw error
      this.broken.push({ path, reason: error.message })
    }
  }

  async #read(file: FileEntry, table: EpisodeTable) {
    const bytes = rememberTail(this.#files.open(file))
    const firstRead = file.size <= FIRST_READ ? FIRST_READ : 64 * 1024
    const wanted = new Set(this.#columns)
    const keep = (path: readonly string[]) => path.length === 1 && wanted.has(path[0]!)
    const footer = await readFooter(bytes, { signal: this.#signal, firstRead, keep })
    const paths = this.#columns.map((name) => [name])
    let hasIndex = footer.row_groups.length === 0
    for await (const { rows, columns } of readColumns(bytes, footer, paths, { signal: this.#signal })) {
      const [index, length, from, to, ...located] = columns.map(numbers)
      hasIndex = index !== undefined
      if (!index) break
      for (let row = 0; row < rows; row++) {
        const span = from && to ? to[row]! - from[row]! : NaN
        table.add(index[row]!, length ? length[row]! : span, file.path)
      }
      for (const [at, pointer] of this.#pointers.entries()) this.#follow(pointer, located[at * 2], located[at * 2 + 1])
    }
    if (!hasIndex) {
      throw new AppError("dataset_malformed", `${file.path} has no numeric column episode_index.`, { path: file.path })
    }
  }

  /** Counts which episodes of a row group lie in a file that exists. */
  #follow(pointer: Pointer, chunks: Float64Array | undefined, numbersOfFile: Float64Array | undefined) {
    if (!chunks || !numbersOfFile) return
    const tally = this.tallies.get(pointer.prefix)!
    tally.isKnown = true
    for (let row = 0; row < chunks.length; row++) {
      const [chunk, file] = [chunks[row]!, numbersOfFile[row]!]
      if (!(chunk >= 0 && file >= 0)) {
        tally.empty++
        continue
      }
      const path = this.#pathOf(pointer, chunk, file)
      if (path !== undefined && this.#paths.has(path)) tally.found++
      else {
        tally.missing++
        tally.example ??= path ?? null
      }
    }
  }

  /** The last path of each pointer: neighbouring episodes share their file. */
  readonly #last = new Map<string, { chunk: number; file: number; path: string | undefined }>()

  #pathOf(pointer: Pointer, chunk: number, file: number): string | undefined {
    const last = this.#last.get(pointer.prefix)
    if (last?.chunk === chunk && last.file === file) return last.path
    const path = pointer.path(chunk, file)
    this.#last.set(pointer.prefix, { chunk, file, path })
    return path
  }
}

const numbers = (column: LeafData | null) => (column ? (numberPerRow(column) ?? undefined) : undefined)
