import { AppError } from "../../../error.ts"
import { grown } from "../../../numeric/grown.ts"
import { EpisodeTasks } from "./task-texts.ts"
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
  /** Null while no row has a value in it. */
  #columns: (Float64Array<ArrayBuffer> | null)[]
  #source = new Uint32Array(64)
  #at = new Uint32Array(64)
  readonly #tasks = new EpisodeTasks()
  #rows = 0

  constructor(cameras: readonly string[]) {
    this.#cameras = cameras
    this.#columns = EpisodeRecords.columnsOf(cameras).map(() => null)
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
      all.#grow(part.#rows)
      for (const [at, column] of part.#columns.entries()) all.#set(at, column?.subarray(0, part.#rows), part.#rows)
      all.#source.set(part.#source.subarray(0, part.#rows), all.#rows)
      all.#at.set(part.#at.subarray(0, part.#rows), all.#rows)
      for (let row = 0; row < part.#rows; row++) all.#tasks.add(part.#tasks.of(row))
      all.#rows += part.#rows
    }
    return all
  }

  /** @param columns in the order of `columnsOf`; null where the table has none. @param first where the first row stands in its source. */
  append(
    rows: number,
    columns: readonly (ArrayLike<number> | null)[],
    tasks: readonly (readonly string[] | null)[] | null,
    source: number,
    first: number,
  ) {
    this.#grow(rows)
    for (const at of this.#columns.keys()) this.#set(at, columns[at], rows)
    for (let row = 0; row < rows; row++) {
      this.#source[this.#rows + row] = source
      this.#at[this.#rows + row] = first + row
      this.#tasks.add(tasks?.[row] ?? null)
    }
    this.#rows += rows
  }

  #set(at: number, values: ArrayLike<number> | null | undefined, rows: number) {
    const column = this.#columns[at]!
    if (values)
      (this.#columns[at] ??= new Float64Array(this.#source.length).fill(NaN, 0, this.#rows)).set(values, this.#rows)
    else column?.fill(NaN, this.#rows, this.#rows + rows)
  }

  #grow(rows: number) {
    const needed = this.#rows + rows
    if (needed > MAX_ROWS) throw new AppError("too_large", `The dataset has more than ${MAX_ROWS} episodes.`)
    const size = this.#source.length
    if (needed <= size) return
    const next = Math.max(needed, size * 2)
    this.#columns = this.#columns.map((column) => column && grown(column, next))
    this.#source = grown(this.#source, next)
    this.#at = grown(this.#at, next)
  }

  finish(): Records {
    const missing = new Float64Array(this.#columns.includes(null) ? this.#rows : 0).fill(NaN)
    const columns = this.#columns.map((column) => column?.subarray(0, this.#rows) ?? missing)
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
