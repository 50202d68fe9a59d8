import { Caller } from "../access/caller.ts"
import { AppError } from "../error.ts"
import type { Files } from "../files/files.ts"
import type { Done, JobContext, JobDefinition, JobOutcome, Partial, Shard } from "./define.ts"
import type { Task, Watch } from "./execute.ts"
import type { Registry } from "./registry.ts"

const MAX_RESULT_BYTES = 4 * 1024 * 1024
const MAX_SHARDS = 10_000
// Postgres spells JSON with blanks, which its own limits count.
const MAX_INPUT_BYTES = 48 * 1024
const MAX_PARTIAL_BYTES = 700 * 1024
/** Of one that is absorbed: the row of the shard keeps little of it. */
const MAX_ABSORBED_BYTES = 16 * 1024 * 1024
const MAX_SUMMARY_BYTES = 4096
const MAX_ARTIFACT_BYTES = 256 * 1024 * 1024

export interface PerformOptions {
  registry: Registry
  openFiles(dataset: { repo_id: string; revision: string }, options: { signal: AbortSignal }): Files
  watch: Watch
  signal: AbortSignal
}

/** The work itself: what runs in the thread. Knows no database, no queue and no storage. */
export const perform = (task: Task, options: PerformOptions): Promise<Done> =>
  // Only the operator can have started a job.
  Caller.as("operator", () => carryOut(task, options))

async function carryOut(task: Task, { registry, openFiles, watch, signal }: PerformOptions): Promise<Done> {
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
    return await step(definition, params, task, { dataset, card, files, progress, signal })
  } finally {
    measure()
  }
}

/** The one step of the job that the task is. */
async function step(
  definition: JobDefinition,
  params: Record<string, unknown>,
  { stage, input, partials }: Task,
  ctx: JobContext,
): Promise<Done> {
  if (!("plan" in definition)) return bounded(await definition.run(params, ctx))
  const within = { ...ctx, params, stage }
  if (input) {
    const limit = definition.absorb ? MAX_ABSORBED_BYTES : MAX_PARTIAL_BYTES
    return { partial: boundedPartial(await definition.run(input, within), limit) }
  }
  if (!partials) return { shards: boundedShards(await definition.plan(params, ctx)) }
  const done = await definition.reduce(partials, within)
  return "shards" in done ? { shards: boundedShards(done.shards) } : bounded(done)
}

function boundedShards(shards: Shard[]) {
  if (shards.length > MAX_SHARDS) {
    throw new AppError("too_large", `The dataset would take ${shards.length} steps, more than ${MAX_SHARDS}.`)
  }
  for (const { weight, input } of shards) {
    if (!(weight > 0 && Number.isSafeInteger(Math.round(weight)))) throw new Error(`a shard weighs ${weight}`)
    if (size(input) > MAX_INPUT_BYTES) throw new Error("the input of a shard is larger than 48 KB")
  }
  return shards
}

function boundedPartial(partial: Partial, limit: number) {
  if (size(partial) <= limit) return partial
  const kb = Math.round(limit / 1024)
  throw new AppError(
    "too_large",
    `A part of the result is larger than ${kb} KB: the dataset declares too much to list.`,
  )
}

const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** Refuses what the row or the storage would not take, before it travels. */
function bounded(outcome: JobOutcome): JobOutcome {
  if (size(outcome.result) > MAX_RESULT_BYTES) {
    throw new AppError("too_large", "The result is larger than 4 MB: the dataset declares too much to list.")
  }
  if (size(outcome.summary) > MAX_SUMMARY_BYTES) throw new Error("the summary of a job is larger than 4 KB")
  const artifacts = outcome.artifacts ?? []
  const total = artifacts.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
  if (total > MAX_ARTIFACT_BYTES) throw new AppError("too_large", "The files of the result are larger than 256 MB.")
  return outcome
}
