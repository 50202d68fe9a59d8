import { bury } from "@robokit/core/job/dead-letters"
import { jobs } from "@robokit/core/job/registry"
import { JobMessage } from "@robokit/core/job/schema"
import { log } from "@robokit/core/log"
import type { SQSBatchResponse, SQSEvent } from "aws-lambda"
import { withMetrics } from "./metrics.ts"

/** Ends the jobs whose messages failed too often, so that whoever waits for them is told. */
export const buryWith = (known: readonly string[]) =>
  withMetrics(async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse["batchItemFailures"] = []
    for (const { messageId, body } of event.Records) {
      const message = parse(body)
      // Nobody waits for what names no job, and its text may be anything: it is told once and let go.
      if (!message) log().error({ message_id: messageId, bytes: body.length }, "a dead message that names no job")
      else {
        try {
          const buried = await bury(message.job_id, known, message.shard_id)
          log().error({ ...message, buried }, "a job's message died")
        } catch (error) {
          log().error({ err: error, ...message }, "a dead job could not be buried")
          batchItemFailures.push({ itemIdentifier: messageId })
        }
      }
    }
    return { batchItemFailures }
  })

export const handler = buryWith(Object.keys(jobs))

function parse(body: string): JobMessage | undefined {
  try {
    return JobMessage.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
