import type { z } from "zod"
import type { ImportUsage, Listing } from "../dataset/schema.ts"
import type { Card, FormatType } from "../format/schema.ts"
import type { Files } from "../files/files.ts"
import type { Work } from "../usage/work.ts"
import type { PartialResult, SizeClass } from "./schema.ts"

export interface PinnedDataset {
  id: number
  repo_id: string
  /** 40-hex commit. */
  revision: string
  format_type: FormatType
  /** What pinning and detecting cost before any job ran. */
  import_usage: ImportUsage
}

export interface JobContext {
  dataset: PinnedDataset
  files: Files
  card: Card
  progress(percent: number, message?: string): void
  signal: AbortSignal
}

export interface JobOutcome {
  result: Record<string, unknown>
  /** At most 4 KB; shown in lists. */
  summary: Record<string, unknown>
  /** Written to S3 before the result is published. */
  artifacts?: { name: string; media_type: string; body: string | Uint8Array }[]
  /** The result covers less than was asked for. A job in shards need not say what `missing` says already. */
  partial?: PartialResult
}

/** One part of a large job, sized to be done within one slice of at most four minutes. */
export interface Shard {
  /** How much of the work it is, in whatever unit the job counts in (mostly bytes); more than 0. */
  weight: number
  /** What `run` needs to know, as JSON of at most 48 KB. */
  input: Record<string, unknown>
  /** Of a part that cannot be cut small enough for the job's own class, or that is far smaller. Absent: the job's. */
  size_class?: SizeClass
}

/** What one shard found, as JSON of at most 700 KB. */
export type Partial = Record<string, unknown>

export interface ShardContext<Params> extends JobContext {
  params: Params
  /** 1 for the shards of `plan`, one more for those of every reduce that asked for more. */
  stage: number
  /**
   * Only for a reduce: the job was stopped at its cap or out of time, and `partials` are of `done` shards of `of`; the
   * others come never. The result is marked with it.
   */
  missing?: PartialResult | undefined
}

/** What the code of a job brings back, one step at a time. */
export type Done = JobOutcome | { shards: Shard[] } | { partial: Partial }

/** Whose rows they are that a job leaves in tables of its own. */
export interface JobKey {
  tenant_id: number
  dataset_id: number
  job_id: number
}

/**
 * What a job leaves in tables of its own. Runs where the database is, never in the thread of the job's code, and each
 * time inside the guarded transaction that writes down what it is about: all of it happens, or nothing.
 */
export interface Absorb {
  /** The job begins, perhaps again: forgets what an earlier try has left. */
  begin(job: JobKey): Promise<void>
  /** A shard is done, of at most 16 MB. Gives what of it the reduce gets, of at most 700 KB. */
  partial(partial: Partial, job: JobKey): Promise<Partial>
  /** The job is completed: what older ones have left is of no use any more. */
  end(job: JobKey): Promise<void>
}

interface Described<Params extends z.ZodObject> {
  title: string
  description: string
  /** Raise it when the same input would now give another result; older results are then stale. */
  version: number
  /** Also the form: the portal renders whatever JSON Schema this turns into. */
  params: Params
  /** `true`, or why a format is refused. */
  formats: Record<FormatType, true | string>
  /**
   * What it will take, from the listing that the import saw; nothing may be read for it. Reserved before the job is
   * accepted, and its cap: reading more than twice as much (and 64 MB) stops it. Absent: everything is read once.
   */
  estimate?(listing: Listing, params: z.output<Params>, format_type: FormatType): Work
  /** Absent: by the bytes it is estimated to read. */
  size_class?: SizeClass
  /** Whether an import queues it, with its default parameters. */
  on_import?: true
}

/** A job that is done in one go. */
export interface SingleJob<Params extends z.ZodObject = z.ZodObject> extends Described<Params> {
  /** May run more than once for one job, so a second run must leave the same state as one. Loads its code lazily. */
  run(params: z.output<Params>, ctx: JobContext): Promise<JobOutcome>
}

/** A job that is done in parts, each of which may run more than once and anywhere. Loads its code lazily. */
export interface ShardedJob<Params extends z.ZodObject = z.ZodObject> extends Described<Params> {
  /** Cuts the work, or does all of it when there is little. No shards is no work: the reduce then gets none. */
  plan(params: z.output<Params>, ctx: JobContext): Promise<Shard[] | JobOutcome>
  run(input: Shard["input"], ctx: ShardContext<z.output<Params>>): Promise<Partial>
  /**
   * Gets what the shards of the stage found, in their order; gives the result, or the shards of one stage more. When the
   * job is stopped on the way, it gets what was found by then, at least one, and `ctx.missing`.
   */
  reduce(partials: Partial[], ctx: ShardContext<z.output<Params>>): Promise<JobOutcome | { shards: Shard[] }>
  absorb?: Absorb
}

export type JobDefinition<Params extends z.ZodObject = z.ZodObject> = SingleJob<Params> | ShardedJob<Params>

export const defineJob = <Params extends z.ZodObject>(job: SingleJob<Params>) => job

export const defineShardedJob = <Params extends z.ZodObject>(job: ShardedJob<Params>) => job
