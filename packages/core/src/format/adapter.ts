import type { RuleInfo } from "../check/rule.ts"
import type { Depth, Severity, Validation } from "../check/schema.ts"
import type { Shard } from "../job/define.ts"
import type { FileEntry, Files } from "../files/files.ts"
import type { DatasetMetadata, FormatType } from "./schema.ts"

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

/** What the Hub says about the repository at the pinned commit, beside its files. */
export interface Card {
  licence: string | null
  tags: string[]
}

export interface ExtractContext {
  repo_id: string
  revision: string
  files: Files
  card: Card
  /** Percent 0–100 and a short sentence for people. */
  progress(percent: number, message?: string): void
  signal: AbortSignal
}

export interface ValidateOptions {
  depth: Depth
  /** Absent: what the dataset's own settings say, else error. */
  fail_on?: Severity | undefined
  suppress: readonly string[]
  /** `0-9,12`; absent: all. */
  episodes?: string | undefined
}

/** How a format is validated: a small dataset at once; a large one cut, looked at part by part anywhere, and judged at the end. */
export interface FormatValidation {
  plan(options: ValidateOptions, ctx: ExtractContext): Promise<{ validation: Validation } | { shards: Shard[] }>
  run(input: Shard["input"], options: ValidateOptions, ctx: ExtractContext): Promise<Record<string, unknown>>
  /** Gets what was found, in order; of fewer parts than there were when the job was stopped on the way. */
  reduce(found: Record<string, unknown>[], options: ValidateOptions, ctx: ExtractContext): Promise<Validation>
}

export interface FormatAdapter {
  id: FormatType
  title: string
  /** Names of files that decide, fetched with one request and put at hand in `glimpse.files.stat`. */
  recognise(glimpse: Glimpse): Promise<Recognition>
  /** Absent until the format has a reader: it is then recognised and refused. Loads its reader lazily. */
  extract?(ctx: ExtractContext): Promise<DatasetMetadata>
  /** What every rule for the format says of itself, by its code. Absent until there are any. Loads them lazily. */
  rules?(): Promise<Readonly<Record<string, RuleInfo>>>
  /** How they are run; there with them. Loads the readers lazily. */
  validation?(): Promise<FormatValidation>
}
