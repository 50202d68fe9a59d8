import { extname } from "node:path"
import { execute, type Runner } from "@robokit/core/job/execute"
import { jobs, type Registry } from "@robokit/core/job/registry"
import { JobMessage, type SizeClass } from "@robokit/core/job/schema"
import { log, withIds } from "@robokit/core/log"
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda"
import { inThread } from "./in-thread.ts"
import { withMetrics } from "./metrics.ts"

/** Kept to write down how it ended, artefacts included. */
const GRACE_MS = 30_000

// Beside this file as a source and as a bundle; only the ending differs.
const THREAD = new URL(`./thread${extname(new URL(import.meta.url).pathname)}`, import.meta.url)

const leaving = new AbortController()
// Listening does not keep the process: it says only that the job at hand goes back to the queue.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => leaving.abort())

export interface WorkerOptions {
  registry: Registry
  run: Runner
  shutdown: AbortSignal
  /** What this function has the memory for. */
  size_class: SizeClass
}

/**
 * Answers SQS with the messages to deliver again: those that are no messages of ours, of a job type not known here (a
 * newer release may be), and those whose job's end could not be written down.
 */
export const workerWith = ({ registry, run, shutdown, size_class }: WorkerOptions) =>
  withMetrics(
    async (event: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">): Promise<SQSBatchResponse> => {
      const batchItemFailures: SQSBatchResponse["batchItemFailures"] = []
      for (const { messageId, body } of event.Records) {
        const ids: Record<string, string | number> = { message_id: messageId }
        try {
          const { job_id, shard_id, request_id, traceparent } = JobMessage.parse(JSON.parse(body))
          Object.assign(ids, { job_id }, request_id && { request_id }, traceparent && { traceparent })
          const time_limit_ms = Math.max(1000, context.getRemainingTimeInMillis() - GRACE_MS)
          await withIds(ids, () => execute(job_id, { shard_id, size_class, registry, run, time_limit_ms, shutdown }))
        } catch (error) {
          log().error({ err: error, ...ids }, "a message could not be handled")
          batchItemFailures.push({ itemIdentifier: messageId })
        }
      }
      return { batchItemFailures }
    },
  )

const workerFor = (size_class: SizeClass) =>
  workerWith({ registry: jobs, run: inThread(THREAD), shutdown: leaving.signal, size_class })

/** One bundle for every size class: its functions differ in what `sizes.ts` gives them, and in what they refuse. */
export const light = workerFor("light")
export const medium = workerFor("medium")
export const heavy = workerFor("heavy")
