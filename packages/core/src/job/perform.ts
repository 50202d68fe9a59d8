import { Caller } from "../access/caller.ts"
import { AppError } from "../error.ts"
import type { Files } from "../files/files.ts"
import type { JobOutcome } from "./define.ts"
import type { Task, Watch } from "./execute.ts"
import type { Registry } from "./registry.ts"

const MAX_RESULT_BYTES = 4 * 1024 * 1024
const MAX_SUMMARY_BYTES = 4096
const MAX_ARTIFACT_BYTES = 256 * 1024 * 1024

export interface PerformOptions {
  registry: Registry
  openFiles(dataset: { repo_id: string; revision: string }, options: { signal: AbortSignal }): Files
  watch: Watch
  signal: AbortSignal
}

/** The work itself: what runs in the thread. Knows no database, no queue and no storage. */
export const perform = (task: Task, options: PerformOptions): Promise<JobOutcome> =>
  // Only the operator can have started a job.
  Caller.as("operator", () => carryOut(task, options))

async function carryOut(task: Task, { registry, openFiles, watch, signal }: PerformOptions): Promise<JobOutcome> {
  const definition = registry[task.job_type]
  if (!definition) throw new Error(`claimed a job of the unknown type ${task.job_type}`)
  const files = openFiles(task.dataset, { signal })
  const measure = () => watch.usage({ requests: files.usage.requests, bytes: files.usage.bytes })
  const progress = (percent: number, message?: string) => {
    measure()
    watch.progress({ percent, message })
  }
  try {
    const params = definition.params.parse(task.params)
    const { dataset, card } = task
    return bounded(await definition.run(params, { dataset, card, files, progress, signal }))
  } finally {
    measure()
  }
}

/** Refuses what the row or the storage would not take, before it travels. */
function bounded(outcome: JobOutcome): JobOutcome {
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
  if (size(outcome.result) > MAX_RESULT_BYTES) {
    throw new AppError("too_large", "The result is larger than 4 MB: the dataset declares too much to list.")
  }
  if (size(outcome.summary) > MAX_SUMMARY_BYTES) throw new Error("the summary of a job is larger than 4 KB")
  const artifacts = outcome.artifacts ?? []
  const total = artifacts.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
  if (total > MAX_ARTIFACT_BYTES) throw new AppError("too_large", "The files of the result are larger than 256 MB.")
  return outcome
}
