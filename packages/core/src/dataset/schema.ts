import { z } from "zod"
import { Verdict } from "../check/schema.ts"
import { DatasetMetadata, FORMAT_TYPES, FormatType } from "../format/schema.ts"
import { JobListItem } from "../job/schema.ts"

/** The Hub's own rule (huggingface_hub `_validators.py`), ASCII only, namespace required. */
export const RepoId = z
  .string()
  .max(193)
  .regex(
    /^(?!.*(?:--|\.\.))[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9_])?\/[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?(?<!\.git)$/,
    "must be owner/name, as on the Hub",
  )
  .meta({ examples: ["observabot/so101_die_mat4"] })

/** A branch, tag or commit. */
export const Revision = z
  .string()
  .min(1)
  .max(255)
  // eslint-disable-next-line no-control-regex -- control characters are what it keeps out
  .regex(/^(?![/-])(?!.*(?:\.\.|\/\/|@\{))[^\x00-\x20\x7f~^:?*[\\]+$/, "must be a branch, a tag or a commit")

export const Sha = z.string().regex(/^[0-9a-f]{40}$/)

export const Source = z.object({
  type: z.literal("huggingface"),
  repo_id: RepoId,
  /** The commit, 40 hex digits: everything is read at it. */
  revision: Sha,
  /** What the importer asked for: a branch, a tag, or the commit itself. */
  requested_revision: z.string(),
})

export const Create = z
  .object({
    source: z.object({ type: z.literal("huggingface"), repo_id: RepoId, revision: Revision.default("main") }).strict(),
    format_type: z.enum(["auto", ...FORMAT_TYPES]).default("auto"),
  })
  .strict()
export type Create = z.infer<typeof Create>

/** `pending` until a job has run, `processing` while one is open, `failed` when its metadata job failed. */
export const DATASET_STATES = ["pending", "processing", "completed", "failed"] as const
export const DatasetState = z.enum(DATASET_STATES)
export type DatasetState = z.infer<typeof DatasetState>

/** What pinning and detecting cost before any job ran; `paths` are the files read, so that nobody counts one twice. */
export const ImportUsage = z.object({ requests: z.int(), bytes: z.int(), files: z.int(), paths: z.array(z.string()) })
export type ImportUsage = z.infer<typeof ImportUsage>

const FilesOfKind = z.object({ files: z.int(), bytes: z.int() })

/** Files and bytes by kind, as the listing of the import saw them. Not complete: there are more than the one page that was read. */
export const Listing = z.object({
  complete: z.boolean(),
  files: z.int(),
  bytes: z.int(),
  by_kind: z.partialRecord(z.enum(["table", "video", "image", "meta", "recording", "other"]), FilesOfKind),
})
export type Listing = z.infer<typeof Listing>

export const DatasetInfo = z.object({
  id: z.int(),
  source: Source,
  format_type: FormatType,
  /** Why the adapters chose this format. */
  format_reason: z.string().nullable(),
  dataset_metadata: DatasetMetadata.nullable(),
  status: DatasetState,
  progress: z.int().min(0).max(100),
  /** Of the newest validation of all its episodes by all rules. Null: none has completed. */
  verdict: Verdict.nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type DatasetInfo = z.infer<typeof DatasetInfo>

export const DatasetStatus = z.object({
  dataset_id: z.int(),
  status: DatasetState,
  progress: z.int().min(0).max(100),
  jobs: z.array(JobListItem),
})
export type DatasetStatus = z.infer<typeof DatasetStatus>

/** What the dashboard shows. Sums are over datasets whose metadata is known (`with_metadata`); null when none knows. */
export const DatasetStats = z.object({
  datasets: z.int(),
  with_metadata: z.int(),
  open_jobs: z.int(),
  by_status: z.record(DatasetState, z.int()),
  by_format: z.record(FormatType, z.int()),
  episodes: z.int().nullable(),
  frames: z.int().nullable(),
  bytes: z.int().nullable(),
})
export type DatasetStats = z.infer<typeof DatasetStats>
