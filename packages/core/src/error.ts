/** Who is to blame, and with that whether trying again can help. `reliability.md` §1.3. */
export type ErrorKind = "invalid" | "not_found" | "conflict" | "unsupported" | "access" | "limit" | "hub" | "internal"

/** Every error code there is, with the kind that decides its retry and its HTTP status. Codes are stable. */
export const ERROR_CODES = {
  // the request or the dataset
  invalid_params: "invalid",
  idempotency_key_reused: "invalid",
  repo_not_found: "not_found",
  revision_not_found: "not_found",
  not_found: "not_found",
  dataset_exists: "conflict",
  idempotency_in_progress: "conflict",
  job_finished: "conflict",
  job_not_failed: "conflict",
  job_open: "conflict",
  not_indexed: "conflict",
  format_unsupported: "unsupported",
  job_unsupported: "unsupported",
  dataset_malformed: "invalid",
  file_missing: "invalid",
  lfs_pointer: "invalid",
  empty_dataset: "invalid",
  // access on the Hub
  hub_auth_required: "access",
  hub_gated: "access",
  hub_token_invalid: "access",
  hub_repo_disabled: "access",
  // limits
  too_large: "limit",
  decompression_limit: "limit",
  time_limit: "limit",
  memory_limit: "limit",
  budget_exceeded: "limit",
  // the Hub's weather: never a dataset's fault
  hub_rate_limited: "hub",
  hub_unavailable: "hub",
  hub_timeout: "hub",
  hub_truncated: "hub",
  hub_bad_answer: "hub",
  hub_changed_during_read: "hub",
  // ours
  worker_crashed: "internal",
  storage_error: "internal",
  job_cancelled: "internal",
  job_superseded: "internal",
  dead_lettered: "internal",
  unexpected: "internal",
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_CODES

export interface ErrorOptions {
  cause?: unknown
  /** What the reader can do about it, as a sentence. */
  user_action?: string | undefined
  /** The file at fault, as a path inside the repository. */
  path?: string | undefined
  episode?: number | undefined
  /** How long the other side asked us to wait. */
  retry_after_ms?: number | undefined
  /** Machine-readable facts that belong in the answer (`existing_id`, …). */
  extra?: Record<string, string | number | boolean | null> | undefined
}

/** What went wrong, in a sentence anybody may read. Anything else that is thrown is a bug. */
export class AppError extends Error {
  override readonly name = "AppError"
  readonly code: ErrorCode
  readonly kind: ErrorKind
  readonly user_action: string | undefined
  readonly path: string | undefined
  readonly episode: number | undefined
  readonly retry_after_ms: number | undefined
  readonly extra: ErrorOptions["extra"]

  constructor(code: ErrorCode, detail: string, options: ErrorOptions = {}) {
    super(detail, { cause: options.cause })
    this.code = code
    this.kind = ERROR_CODES[code]
    this.user_action = options.user_action
    this.path = options.path
    this.episode = options.episode
    this.retry_after_ms = options.retry_after_ms
    this.extra = options.extra
  }

  /** Whether the same call could succeed later without anyone changing anything. */
  get transient(): boolean {
    return this.kind === "hub" || this.code === "storage_error" || this.code === "unexpected"
  }
}
