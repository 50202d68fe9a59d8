import type { RuleInfo } from "../check/rule.ts"
import type { Depth, Severity, Validation } from "../check/schema.ts"
import type { Frames, FramesRequest } from "../episode/frames.ts"
import type { IndexRows } from "../episode/rows.ts"
import type { FileEntry, Files } from "../files/files.ts"
import type { Shard } from "../job/define.ts"
import type { Card, DatasetMetadata, FormatType } from "./schema.ts"

/** What can be seen of a repository for a handful of requests: enough to name its format. */
export interface Glimpse {
  repo_id: string
  /** The root folder. */
  root: { files: FileEntry[]; folders: string[] }
  /** The first page (up to 1,000 files) of the recursive listing. */
  first: FileEntry[]
  /** Whether `first` is the whole repository. */
  complete: boolean
  files: Files
}

/** `supported: false` refuses the import with `reason`; `recognised: false` says why it is not this format. */
export type Recognition =
  | { recognised: true; supported: true; version: string | null; reason: string }
  | { recognised: true; supported: false; version: string | null; reason: string }
  | { recognised: false; reason: string }

export interface ExtractContext {
  repo_id: string
  revision: string
  files: Files
  card: Card
  /** Percent 0–100 and a short sentence for people. */
  progress(percent: number, message?: string): void
  signal: AbortSignal
}

export type IndexContext = Pick<ExtractContext, "files" | "progress" | "signal">

/** One piece of the work of indexing, as JSON of at most 24 KB. */
export interface IndexPart {
  /** About how many bytes it reads. */
  weight: number
  /** About how many rows it gives; a part of its own gives at most 4,000. */
  rows: number
  part: Record<string, unknown>
}

/** What every index ends with. */
export interface IndexSummary {
  /** Null where it is not known, with a note. */
  episodes: number | null
  frames: number | null
  tasks: number | null
  features: number
  /** How many episodes bear each flag. */
  flags: Record<string, number>
  /** At most 20, of 300 characters. */
  notes: string[]
}

/** How a format is indexed: cut, read part by part anywhere, and summed up from what each part counted. */
export interface FormatIndex {
  plan(ctx: IndexContext): Promise<IndexPart[]>
  read(part: IndexPart["part"], ctx: IndexContext): Promise<{ rows: IndexRows; counts: Record<string, unknown> }>
  /** Parts that need the rows of the others to be there; only the notes of what they count are kept. */
  after?(ctx: IndexContext): Promise<IndexPart[]>
  summary(counts: Record<string, unknown>[]): IndexSummary
}

export interface ValidateOptions {
  depth: Depth
  /** Absent: what the dataset's own settings say, else error. */
  fail_on?: Severity | undefined
  suppress: readonly string[]
  /** `0-9,12`; absent: all. */
  episodes?: string | undefined
}

/** A verdict, and the files that mend what was found, where it can be mended safely. */
export interface Judged {
  validation: Validation
  repairs: { name: string; media_type: string; body: string | Uint8Array }[]
}

/** How a format is validated: a small dataset at once; a large one cut, looked at part by part anywhere, and judged at the end. */
export interface FormatValidation {
  plan(options: ValidateOptions, ctx: ExtractContext): Promise<Judged | { shards: Shard[] }>
  run(input: Shard["input"], options: ValidateOptions, ctx: ExtractContext): Promise<Record<string, unknown>>
  /** Gets what was found, in order; of fewer parts than there were when the job was stopped on the way. */
  reduce(found: Record<string, unknown>[], options: ValidateOptions, ctx: ExtractContext): Promise<Judged>
}

export interface FormatAdapter {
  id: FormatType
  title: string
  /** Names of files that decide, fetched with one request and put at hand in `glimpse.files.stat`. */
  recognise(glimpse: Glimpse): Promise<Recognition>
  /** Absent until the format has a reader: it is then recognised and refused. Loads its reader lazily. */
  extract?(ctx: ExtractContext): Promise<DatasetMetadata>
  /** Absent until the format can be indexed. Loads its reader lazily. */
  index?(): Promise<FormatIndex>
  /** Reads the numbers of one episode. Absent where there are none. Loads its reader lazily. */
  frames?(request: FramesRequest, ctx: IndexContext): Promise<Frames>
  /** What every rule for the format says of itself, by its code. Absent until there are any. Loads them lazily. */
  rules?(): Promise<Readonly<Record<string, RuleInfo>>>
  /** How they are run; there with them. Loads the readers lazily. */
  validation?(): Promise<FormatValidation>
}
