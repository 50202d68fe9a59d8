import { AppError } from "../../../error.ts"
import type { EpisodeFacts, WindowColumns } from "./subjects.ts"

const MAX_ROWS = 2_000_000
const BASE = {
  episode_index: "episode_index",
  length: "length",
  from: "dataset_from_index",
  to: "dataset_to_index",
  data_chunk: "data/chunk_index",
  data_file: "data/file_index",
  self_chunk: "meta/episodes/chunk_index",
  self_file: "meta/episodes/file_index",
} as const satisfies Partial<Record<keyof EpisodeFacts, string>>
const BASE_NAMES = Object.keys(BASE) as (keyof typeof BASE)[]
const WINDOW = ["chunk_index", "file_index", "from_timestamp", "to_timestamp"]

/** Rows of the episodes table in flat arrays: 100,000 episodes of three cameras take 16 MB. */
export class EpisodeRecords {
  readonly #cameras: readonly string[]
  #columns: Float64Array<ArrayBuffer>[]
  #source = new Uint32Array(64)
  #at = new Uint32Array(64)
  readonly #tasks: (readonly string[] | null)[] = []
  #rows = 0

  constructor(cameras: readonly string[]) {
    this.#cameras = cameras
    this.#columns = EpisodeRecords.columnsOf(cameras).map(() => new Float64Array(64))
  }

  /** Names of the columns whose numbers `append` takes, in order. */
  static columnsOf = (cameras: readonly string[]) => [
    ...Object.values(BASE),
    ...cameras.flatMap((camera) => WINDOW.map((name) => `videos/${camera}/${name}`)),
  ]

  static concat(parts: readonly EpisodeRecords[], cameras: readonly string[]): EpisodeRecords {
    if (parts.length === 1) return parts[0]!
    const all = new EpisodeRecords(cameras)
    for (const part of parts) {
      const columns = part.#columns.map((column) => column.subarray(0, part.#rows))
      all.#grow(part.#rows)
      for (const [at, column] of columns.entries()) all.#columns[at]!.set(column, all.#rows)
      all.#source.set(part.#source.subarray(0, part.#rows), all.#rows)
      all.#at.set(part.#at.subarray(0, part.#rows), all.#rows)
      for (const texts of part.#tasks) all.#tasks.push(texts)
      all.#rows += part.#rows
    }
    return all
  }

  /** @param columns in the order of `columnsOf`; null where the table has none. @param first where the first row stands in its source. */
  append(
    rows: number,
    columns: readonly (Float64Array | null)[],
    tasks: readonly (readonly string[] | null)[] | null,
    source: number,
    first: number,
  ) {
    this.#grow(rows)
    for (const [at, column] of this.#columns.entries()) {
      const values = columns[at]
      if (values) column.set(values, this.#rows)
      else column.fill(NaN, this.#rows, this.#rows + rows)
    }
    for (let row = 0; row < rows; row++) {
      this.#source[this.#rows + row] = source
      this.#at[this.#rows + row] = first + row
      this.#tasks.push(tasks?.[row] ?? null)
    }
    this.#rows += rows
  }

  #grow(rows: number) {
    const needed = this.#rows + rows
    if (needed > MAX_ROWS) throw new AppError("too_large", `The dataset has more than ${MAX_ROWS} episodes.`)
    const size = this.#source.length
    if (needed <= size) return
    const next = Math.max(needed, size * 2)
    this.#columns = this.#columns.map((column) => grown(column, new Float64Array(next)))
    this.#source = grown(this.#source, new Uint32Array(next))
    this.#at = grown(this.#at, new Uint32Array(next))
  }

  finish(): Records {
    const columns = this.#columns.map((column) => column.subarray(0, this.#rows))
    const base = Object.fromEntries(BASE_NAMES.map((name, at) => [name, columns[at]!])) as Record<
      keyof typeof BASE,
      Float64Array
    >
    const windows = new Map<string, WindowColumns>()
    for (const [camera, name] of this.#cameras.entries()) {
      const [chunk, file, from, to] = WINDOW.map((_, at) => columns[BASE_NAMES.length + camera * WINDOW.length + at]!)
      windows.set(name, { chunk: chunk!, file: file!, from: from!, to: to! })
    }
    const source = this.#source.subarray(0, this.#rows)
    const at = this.#at.subarray(0, this.#rows)
    return { ...base, rows: this.#rows, windows, tasks: this.#tasks, source, at }
  }
}

type Records = Pick<EpisodeFacts, keyof typeof BASE | "rows" | "windows" | "tasks" | "source" | "at">

function grown<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from)
  return to
}
