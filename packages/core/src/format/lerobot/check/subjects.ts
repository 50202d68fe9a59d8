import type { AppError } from "../../../error.ts"
import type { FileList, FileTable } from "../../../files/file-table.ts"
import type { FileEntry } from "../../../files/files.ts"
import type { Footer } from "../../../parquet/footer.ts"
import type { Leaf } from "../../../parquet/leaves.ts"
import type { Mp4 } from "../../../media/mp4.ts"
import type { Refs } from "../../schema.ts"
import type { Info } from "../info.ts"
import type { ReadAs } from "../version.ts"
import type { CardFacts } from "./facts-card.ts"
import type { Aggregate } from "../../../numeric/aggregate.ts"
import type { Numbers, Statistics } from "../../../numeric/statistics.ts"
import type { EpisodeTasks } from "./task-texts.ts"
import type { Sequence } from "./sequence.ts"
import type { Stored, StoredStats } from "./stored-stats.ts"

/** What the rules judge: facts as they are in the files, nothing repaired. Built by the loaders beside this file. */

export type VersionName = ReadAs["name"]

/** The parts of a dataset that may be missing or broken. A rule names those it cannot do without. */
export type Part = "info" | "episodes" | "tasks" | "subtasks" | "stats" | "episode_stats" | "card" | "refs"

export interface TextFacts {
  path: string
  size: number
  isUtf8: boolean
  hasByteOrderMark: boolean
  /** Bare NaN, Infinity or -Infinity, which are no JSON. */
  hasTokens: boolean
}

export interface InfoFacts {
  /** info.json as it stands. */
  raw: Readonly<Record<string, unknown>>
  text: TextFacts
  /** The same as the reader understands it: what is not usable is null. */
  parsed: Info
}

export interface ListingFacts {
  /** Every file, in the listing's order. */
  files: FileTable
  /** `data/**.parquet`, by path. */
  data: FileList
  /** Video files of each declared video camera, by path. */
  videos: ReadonlyMap<string, FileList>
  /** Shards of the episodes table where LeRobot looks for them, in its (lexicographic) order. */
  episodeShards: readonly FileEntry[]
  /** Whether it ends where listings are known to be cut off, so that what is not in it may be there. */
  isCut: boolean
}

/** Where frames of an episode lie in an mp4, as the episodes table says. NaN where it does not. */
export interface WindowColumns {
  chunk: Float64Array
  file: Float64Array
  from: Float64Array
  to: Float64Array
}

/** The episodes table, a value per row in LeRobot's order of rows. NaN is null, missing, or no number. */
export interface EpisodeFacts {
  rows: number
  episode_index: Float64Array
  length: Float64Array
  /** v3: half-open range of the global `index`. v2: computed from the lengths, in order of the index. */
  from: Float64Array
  to: Float64Array
  data_chunk: Float64Array
  data_file: Float64Array
  /** Where the row says that it stands itself. */
  self_chunk: Float64Array
  self_file: Float64Array
  /** By video camera; empty in v2. */
  windows: ReadonlyMap<string, WindowColumns>
  tasks: EpisodeTasks
  /** Where each row stands: position in `sources`, and row (parquet) or line (jsonl, from 1) there. */
  source: Uint32Array
  at: Uint32Array
  sources: readonly string[]
  /** Columns of the table as they are named, per source; empty for jsonl. */
  columns: readonly (readonly string[])[]
  /** Sources that cannot be read. */
  broken: readonly { path: string; error: AppError }[]
  /** jsonl only: lines that are no JSON object. */
  badLines: readonly number[]
  text: TextFacts | null
  /** Path of the data file of row `row`, by its own pointer or, in v2, by the template; undefined when it has none. */
  dataPath(row: number): string | undefined
  videoPath(row: number, camera: string): string | undefined
}

export interface TaskFacts {
  path: string
  /** In the file's order. */
  rows: readonly { task_index: number | null; task: string | null }[]
  /** Parquet only. */
  footer: Footer | null
  textColumn: string | null
  badLines: readonly number[]
}

/** `feature → statistic → nested numbers`, as written. */
export type StatsRecord = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface StatsFacts {
  path: string
  text: TextFacts
  stats: StatsRecord
}

/** One statistic of one feature, flat: the numbers of entry `i` are those from `starts[i]` to `starts[i + 1]`. */
export interface StatColumn {
  values: ArrayLike<number>
  starts: ArrayLike<number>
  /** How many lists are around each number. */
  depth: number
}

/** A stretch of stored statistics: all of stats.json, a row group of the episodes table, a line of episodes_stats.jsonl. */
export interface StatsTable {
  path: string
  /** Whether an entry is of the whole dataset; else it is of an episode. */
  isGlobal: boolean
  entries: number
  /** Of each entry; NaN where it does not say. */
  episodes: ArrayLike<number>
  /** Row of the episodes table of each entry; −1 where there is none. */
  rows: ArrayLike<number>
  /** `feature → statistic`. */
  features: ReadonlyMap<string, ReadonlyMap<string, StatColumn>>
}

/** The largest absolute value of a feature in each of some episodes. */
export interface Scales {
  episodes: Float64Array
  /** Of each episode; 0 when it is zero throughout, −1 when no value is there. */
  largest: Float64Array
}

/** Statistics of single episodes: columns of the episodes table in v3, `episodes_stats.jsonl` in v2.1. Gathered as they stream by. */
export interface EpisodeStatsFacts {
  path: string
  /** Episode indices it has an entry for, in order, duplicates included; as many as there are rows to keep them. */
  indices: Float64Array
  /** Of each feature that every entry has min, max, mean and std of. */
  aggregates: ReadonlyMap<string, Aggregate>
  stored: StoredStats
  /** Of each action and state, how large its values are in each episode. */
  scales: ReadonlyMap<string, Scales>
  /** jsonl only: lines that are no JSON object. */
  badLines: readonly number[]
  /** Why the entries end before the last one; null when all were read. */
  error: AppError | null
}

export interface DatasetFacts {
  version: ReadAs
  repo_id: string
  listing: ListingFacts
  info: InfoFacts
  episodes: EpisodeFacts
  tasks: TaskFacts
  /** meta/subtasks.parquet of packages 0.4.4 to 0.5.1. */
  subtasks: TaskFacts
  stats: StatsFacts
  episode_stats: EpisodeStatsFacts
  card: CardFacts
  /** As they were at the import; there when it was of what `main` was then. */
  refs: Refs
  revision: string
  /**
   * Reads the statistics of the episodes once, stretch by stretch; `episode_stats` is complete after it. Of version 3, those in
   * files of `meta/episodes/` that are not wanted (by their place in `sources`) are left out.
   */
  readEpisodeStats(each: (table: StatsTable) => void, isWanted?: (source: number) => boolean): Promise<void>
  /** Which of the parts above may be looked at; a rule's `needs` has been checked before it is called. */
  has(part: Part): boolean
  whyNot(part: Part): string
  /** The broken or missing part's own error, for the rules that report it. */
  errorOf(part: Part): AppError | undefined
}

/** A data file by its footer. */
export interface DataFile {
  entry: FileEntry
  footer: Footer
  leaves: readonly Leaf[]
  rows: number
  /** Minimum and maximum of a plain numeric column over all row groups by the footer's statistics; null when not written. */
  range(column: string): { min: number; max: number } | null
  /** The same of one row group. */
  groupRange(group: number, column: string): { min: number; max: number } | null
  /** Rows of the episodes table whose pointer names this file. */
  episodeRows: readonly number[]
}

/** Scalar columns of one episode, as they lie in one file. Of the same episode in two places there are two. */
export interface EpisodeRows {
  file: DataFile
  /** As its rows say; NaN when the column is missing or null. */
  episode: number
  first_row: number
  rows: number
  /** Null where the file has no such numeric column. NaN is null. */
  columns: Readonly<Record<"index" | "episode_index" | "frame_index" | "timestamp" | "task_index", Float64Array | null>>
  /** Its row in the episodes table; null when it has none. */
  record: number | null
}

/** One numeric feature over one episode, as it was cut out of its file. */
export interface SlicedValues {
  of: EpisodeRows
  feature: string
  dims: number
  /** `rows × dims`, row by row; shorter when rows are ragged, which `rowLengths` then tells. */
  values: Numbers
  rowLengths: Int32Array | null
  nulls: number
}

/** Pictures of one camera in one row group of a data file: all, or the first ones where the column is large. */
export interface PictureColumn {
  file: DataFile
  camera: string
  row_group: number
  /** Rows of the group, and the first one's place in the file. */
  rows: number
  first_row: number
  /** From the first row on; null where a row has no bytes. */
  pictures: readonly (Uint8Array | null)[]
}

/** The same with what is known about its numbers. */
export interface EpisodeValues extends SlicedValues {
  /** Recomputed; null when rows are ragged or have nulls. */
  statistics: Statistics | null
  /** As they are stored for this episode; null when they are not, or were too many to keep. */
  stored: Stored | null
  /** All features of the episode, this one included. */
  siblings: readonly EpisodeValues[]
}

/** A video file by its header, with the episodes whose pointers name it. */
export interface VideoFile {
  entry: FileEntry
  camera: string
  mp4: Mp4
  /** Rows of the episodes table, by where their windows begin. */
  episodeRows: readonly number[]
}

/** A file that could not be opened. */
export interface BrokenFile {
  entry: FileEntry
  kind: "data" | "video"
  camera?: string
  error: AppError
}

/**
 * What the pass over the files leaves behind for the rules that look at all of them. Travels from shard to reduce by `pack`, so
 * any field of plain data may be added; a shard's share is at most 640 KB, with what it found.
 */
export interface FileSummary {
  path: string
  kind: "data" | "video"
  camera?: string
  rows: number
  index?: { min: number; max: number }
  episode_index?: { min: number; max: number }
  /** Leaf names with their types, hashed: files of one dataset should agree. */
  schema?: string
}

export interface EpisodeSummary {
  episode: number
  path: string
  /** This and what follows only when its values were read. */
  rows?: number
  /** Of the values of actions and states, when any of them changes. */
  hash?: string
  /** The first row's. */
  task?: number
  /** Actions and states that are zero throughout. */
  zero?: string[]
}

export interface Whole {
  facts: DatasetFacts
  files: Sequence<FileSummary>
  episodes: Sequence<EpisodeSummary>
  /** Of the values that were read, by feature; empty below `full` depth. */
  aggregates: ReadonlyMap<string, Aggregate>
  /** Groups of features that were equal in every row that was read, and changed. */
  twins: readonly (readonly string[])[]
  /** Whether every data and video file there is was looked at: not of a sample, nor when some could not be opened. */
  isComplete: boolean
}
