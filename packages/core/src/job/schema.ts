import { z } from "zod"

/** The seed's four words, and no fifth: its poller stops only on the last two. */
export const STATUSES = ["pending", "running", "completed", "failed"] as const
export const Status = z.enum(STATUSES)
export type Status = z.infer<typeof Status>

export const STATE_DETAILS = [
  "queued",
  "running",
  "retry_wait",
  "cancelling",
  "cancelled",
  "dead",
  "completed",
  "failed",
] as const
export const StateDetail = z.enum(STATE_DETAILS)
export type StateDetail = z.infer<typeof StateDetail>

export const JobError = z.object({
  title: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  user_action: z.string().nullable(),
  path: z.string().optional(),
  episode: z.int().optional(),
})
export type JobError = z.infer<typeof JobError>

export const JobUsage = z.object({ requests: z.int(), bytes: z.int(), compute_ms: z.int() })
export type JobUsage = z.infer<typeof JobUsage>

/** How much of a machine a job gets: by the bytes it is estimated to read, larger after it ran out of memory. */
export const SIZE_CLASSES = ["light", "medium", "heavy"] as const
export const SizeClass = z.enum(SIZE_CLASSES)
export type SizeClass = z.infer<typeof SizeClass>

/** What a job is expected to take, from the list of files. Not exact: the list was too long to be read whole, and this is the least. */
export const Estimate = z.object({
  requests: z.int(),
  bytes: z.int(),
  compute_ms: z.int(),
  price_usd: z.number(),
  is_exact: z.boolean(),
})
export type Estimate = z.infer<typeof Estimate>

/** A result that covers less than was asked for: `done` of `of` parts, and why not more. */
export const PartialResult = z.object({ reason: z.string(), detail: z.string(), done: z.int(), of: z.int() })
export type PartialResult = z.infer<typeof PartialResult>

/** Why a job is not running, and how many are before it where that can be said. */
export const Waiting = z.object({
  reason: z.enum(["queue", "room", "retry", "halted"]),
  position: z.int().nullable(),
  detail: z.string(),
})
export type Waiting = z.infer<typeof Waiting>

/** One file of a finished job; `url` fetches it for five minutes. */
export const Artifact = z.object({
  name: z.string(),
  media_type: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  url: z.string(),
})
export type Artifact = z.infer<typeof Artifact>
export type StoredArtifact = Omit<Artifact, "url"> & { key: string }

export const JobInfo = z.object({
  id: z.int(),
  dataset_id: z.int(),
  job_type: z.string(),
  params: z.record(z.string(), z.unknown()),
  status: Status,
  state_detail: StateDetail,
  progress: z.int().min(0).max(100),
  message: z.string().nullable(),
  attempt: z.int(),
  result: z.record(z.string(), z.unknown()).nullable(),
  result_summary: z.record(z.string(), z.unknown()).nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  error: JobError.nullable(),
  /** The job whose result this is; nothing was read for this one. */
  cached_from: z.int().nullable(),
  /** The type's version has gone up since: the same job would now give another result. */
  stale: z.boolean(),
  partial: PartialResult.nullable(),
  waiting: Waiting.nullable(),
  size_class: SizeClass,
  estimate: Estimate.nullable(),
  poll_after_ms: z.int(),
  usage: JobUsage,
  /** What `usage` costs by the list prices of `core/usage/price.ts`; an estimate, not a bill. */
  price_usd: z.number(),
  heartbeat_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  completed_at: z.iso.datetime().nullable(),
})
export type JobInfo = z.infer<typeof JobInfo>

/** Lists of jobs leave `result` out. */
export const JobListItem = JobInfo.omit({ result: true })
export type JobListItem = z.infer<typeof JobListItem>

export const isFinished = (job: { status: Status }) => job.status === "completed" || job.status === "failed"

/** All that is in a message: the row is the truth. */
export const JobMessage = z.object({
  job_id: z.int().positive(),
  /** Absent: the job itself. */
  shard_id: z.int().positive().optional(),
  v: z.literal(1),
  /** Of the request that it comes from, so that one search finds all of it. */
  request_id: z.string().max(128).optional(),
  traceparent: z.string().max(128).optional(),
})
export type JobMessage = z.infer<typeof JobMessage>

/** `turn` names the living chain of sweeps; one that is not it ends there. Absent: somebody asks for one sweep now. */
export const SweepMessage = z.object({ v: z.literal(1), turn: z.int() })
export type SweepMessage = z.infer<typeof SweepMessage>
