import { jobs } from "@robokit/core/job/registry"
import { SweepMessage } from "@robokit/core/job/schema"
import { sweep } from "@robokit/core/job/sweep"
import { log } from "@robokit/core/log"
import type { SQSBatchResponse, SQSEvent } from "aws-lambda"
import { withMetrics } from "./metrics.ts"

/** One sweep a message; without messages (at a start, and when calls to the API end) one that begins a new chain. */
export const sweepWith = (known: readonly string[]) =>
  withMetrics(async (event: Partial<SQSEvent> = {}): Promise<SQSBatchResponse> => {
    if (!event.Records) {
      await sweep(known)
      return { batchItemFailures: [] }
    }
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = []
    for (const { messageId, body } of event.Records) {
      try {
        await sweep(known, SweepMessage.parse(JSON.parse(body)))
      } catch (error) {
        log().error({ err: error, message_id: messageId }, "the sweep failed")
        batchItemFailures.push({ itemIdentifier: messageId })
      }
    }
    return { batchItemFailures }
  })

export const handler = sweepWith(Object.keys(jobs))
