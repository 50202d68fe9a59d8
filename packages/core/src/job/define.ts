import type { z } from "zod"
import type { ImportUsage } from "../dataset/schema.ts"
import type { Card } from "../format/adapter.ts"
import type { FormatType } from "../format/schema.ts"
import type { Files } from "../files/files.ts"

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
}

export interface JobDefinition<Params extends z.ZodObject = z.ZodObject> {
  title: string
  description: string
  /** Raise it when the same input would now give another result; older results are then stale. */
  version: number
  /** Also the form: the portal renders whatever JSON Schema this turns into. */
  params: Params
  /** `true`, or why a format is refused. */
  formats: Record<FormatType, true | string>
  /** May run more than once for one job, so a second run must leave the same state as one. Loads its code lazily. */
  run(params: z.output<Params>, ctx: JobContext): Promise<JobOutcome>
}

export const defineJob = <Params extends z.ZodObject>(job: JobDefinition<Params>) => job
