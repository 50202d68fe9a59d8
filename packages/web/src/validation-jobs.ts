import type { Finding, Validation, Verdict } from "@robokit/core/check/schema"
import type { JobListItem } from "@robokit/core/job/schema"
import { isOpen } from "./api/polling.ts"

/** What lists of jobs carry of a validation. */
export interface ValidationSummary extends Pick<Validation, "verdict" | "reason" | "depth" | "counts" | "coverage"> {
  worst: Pick<Finding, "code" | "severity" | "message" | "where">[]
}

export interface ValidationJobs {
  /** The newest that came to an end; what it says counts until a newer one has. */
  done: JobListItem | undefined
  /** Queued or running after it. */
  open: JobListItem | undefined
  /** Given up after it. */
  failed: JobListItem | undefined
}

/** @param jobs oldest first, as the API lists them. */
export function validationJobs(jobs: JobListItem[]): ValidationJobs {
  const own = jobs.filter(({ job_type }) => job_type === "validation")
  const done = own.findLast(({ status }) => status === "completed")
  const after = own.filter(({ id }) => done === undefined || id > done.id)
  const open = after.findLast(isOpen)
  const failed = after.findLast(({ status }) => status === "failed")
  return { done, open, failed: open && failed && open.id > failed.id ? undefined : failed }
}

/** Null where the list carries none: then nothing can be said without the whole result. */
export function summaryOf({ result_summary }: Pick<JobListItem, "result_summary">): ValidationSummary | null {
  // The server checks what it lists; only the case of its absence is left to us.
  return result_summary?.verdict === undefined ? null : (result_summary as unknown as ValidationSummary)
}

/** What was not read is unknown: a job that was stopped on the way may have missed what fails, so it passes nothing. */
export const verdictOf = (verdict: Verdict, { partial }: Pick<JobListItem, "partial">): Verdict =>
  verdict === "pass" && partial !== null ? "not_assessed" : verdict
