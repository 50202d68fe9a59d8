import type { JobListItem } from "@robokit/core/job/schema"
import { expect, test } from "vitest"
import { summaryOf, validationJobs, verdictOf } from "./validation-jobs.ts"

const job = (id: number, status: JobListItem["status"], job_type = "validation") =>
  ({ id, status, job_type, partial: null, result_summary: null }) as JobListItem
const ids = (jobs: JobListItem[]) => {
  const { done, open, failed } = validationJobs(jobs)
  return { done: done?.id, open: open?.id, failed: failed?.id }
}

test("the newest validation that ended counts, beside what has begun or failed since", () => {
  expect(ids([])).toEqual({})
  expect(ids([job(1, "completed", "indexing"), job(2, "running")])).toEqual({ open: 2 })
  expect(ids([job(1, "completed"), job(2, "completed"), job(3, "pending")])).toEqual({ done: 2, open: 3 })
  expect(ids([job(1, "failed"), job(2, "completed")])).toEqual({ done: 2 })
  expect(ids([job(1, "completed"), job(2, "failed")])).toEqual({ done: 1, failed: 2 })
})

test("a failure is not told once another try is under way", () => {
  expect(ids([job(1, "failed"), job(2, "running")])).toEqual({ open: 2 })
  expect(ids([job(1, "running"), job(2, "failed")])).toEqual({ open: 1, failed: 2 })
})

test("what was read in part passes nothing, and still fails what it found", () => {
  const partial = { reason: "budget", detail: "It reached what one job may read.", done: 3, of: 4 }
  expect(verdictOf("pass", { partial })).toBe("not_assessed")
  expect(verdictOf("fail", { partial })).toBe("fail")
  expect(verdictOf("pass", { partial: null })).toBe("pass")
})

test("a job that lists no verdict has no summary", () => {
  expect(summaryOf({ result_summary: null })).toBeNull()
  expect(summaryOf({ result_summary: { episodes: 3 } })).toBeNull()
  expect(summaryOf({ result_summary: { verdict: "pass" } })).toEqual({ verdict: "pass" })
})
