import type { Finding, Validation, Verdict } from "@robokit/core/check/schema"
import type { JobListItem } from "@robokit/core/job/schema"
import { newestJobs } from "./newest-jobs.ts"

/** What lists of jobs carry of a validation. */
export interface ValidationSummary extends Pick<Validation, "verdict" | "reason" | "depth" | "counts" | "coverage"> {
  worst: Pick<Finding, "code" | "severity" | "message" | "where">[]
}

export const validationJobs = (jobs: JobListItem[]) => newestJobs(jobs, "validation")

/** Null where the list carries none: then nothing can be said without the whole result. */
export function summaryOf({ result_summary }: Pick<JobListItem, "result_summary">): ValidationSummary | null {
  // The server checks what it lists; only the case of its absence is left to us.
  return result_summary?.verdict === undefined ? null : (result_summary as unknown as ValidationSummary)
}

/** What was not read is unknown: a job that was stopped on the way may have missed what fails, so it passes nothing. */
export const verdictOf = (verdict: Verdict, { partial }: Pick<JobListItem, "partial">): Verdict =>
  verdict === "pass" && partial !== null ? "not_assessed" : verdict
