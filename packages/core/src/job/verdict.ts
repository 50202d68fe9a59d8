import { AppError, type ErrorCode } from "../error.ts"
import type { JobError } from "./schema.ts"

const BASE_MS = 5_000
const CAP_MS = 15 * 60_000

/** Tries in all, the first included. The Hub's weather may last; a bug of ours shows itself sooner. */
const TRIES = { hub: 8, other: 4 }

export type Verdict = { action: "fail" } | { action: "retry"; delay_ms: number; of: number }

/**
 * Whether a job that failed is tried again, and when: full jitter over 5 s · 2^n up to 15 min, or when the other side
 * said so. `tries` counts the failures before this one. Rules: `reliability.md` J15.
 */
export function judge(error: AppError, tries: number, random = Math.random): Verdict {
  const of = error.kind === "hub" ? TRIES.hub : TRIES.other
  if (!error.transient || tries + 1 >= of) return { action: "fail" }
  const jittered = random() * Math.min(CAP_MS, BASE_MS * 2 ** tries)
  return { action: "retry", delay_ms: Math.round(error.retry_after_ms ?? jittered), of }
}

/** After a death nobody saw: the same ladder, counted apart. */
export const crashDelay = (crashes: number, random = Math.random) =>
  Math.round(random() * Math.min(CAP_MS, BASE_MS * 2 ** crashes))

/** What a thrown thing is called outside: anything that is not ours is a bug, and its text stays in the log. */
export const classed = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError("unexpected", "Something broke on our side. The log has the details under this job's id.", {
        cause: error,
      })

export const TITLES: Record<ErrorCode, string> = {
  invalid_params: "The parameters do not fit",
  idempotency_key_reused: "The idempotency key was used for another request",
  repo_not_found: "The repository was not found",
  revision_not_found: "The revision was not found",
  not_found: "Not found",
  dataset_exists: "Already imported",
  idempotency_in_progress: "The first request with this key is still at work",
  job_finished: "The job has ended",
  job_not_failed: "The job has not failed",
  job_open: "The same job is open",
  not_indexed: "The dataset is not indexed",
  format_unsupported: "The format is not supported",
  job_unsupported: "This job does not support the dataset's format",
  dataset_malformed: "The dataset contradicts its format",
  file_missing: "A file is missing",
  lfs_pointer: "A file holds an LFS pointer instead of its content",
  empty_dataset: "The dataset is empty",
  hub_auth_required: "The Hub asks for a login",
  hub_gated: "Access to the repository is gated",
  hub_token_invalid: "The Hub refused our token",
  hub_repo_disabled: "The Hub has disabled the repository",
  too_large: "Too large",
  decompression_limit: "A file unpacks to more than is allowed",
  time_limit: "Out of time",
  memory_limit: "Out of memory",
  budget_exceeded: "The budget of bytes is used up",
  hub_rate_limited: "The Hub asks us to slow down",
  hub_unavailable: "The Hub is not available",
  hub_timeout: "The Hub did not answer in time",
  hub_truncated: "The Hub's answer broke off",
  hub_bad_answer: "The Hub's answer made no sense",
  hub_changed_during_read: "A file changed while it was read",
  worker_crashed: "The worker died",
  storage_error: "The storage for results failed",
  job_cancelled: "Cancelled",
  job_superseded: "Replaced by a newer version of the job",
  dead_lettered: "Its message was given up",
  unexpected: "Something broke on our side",
}

/** The failure as the reader sees it, bounded: names in it come from datasets. */
export const toJobError = (error: AppError): JobError => ({
  title: TITLES[error.code],
  detail: plain(error.message, 1000),
  retryable: error.transient,
  user_action: error.user_action === undefined ? null : plain(error.user_action, 500),
  ...(error.path === undefined ? {} : { path: plain(error.path, 1000) }),
  ...(error.episode === undefined ? {} : { episode: error.episode }),
})

/** One line of at most `limit` characters without control characters: it lands in logs, terminals and pages. */
export function plain(text: string, limit: number) {
  // eslint-disable-next-line no-control-regex -- control characters are what it takes out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, " ").trim()
  return (line.length > limit ? `${line.slice(0, limit - 1)}…` : line).toWellFormed()
}
