import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { config } from "../config.ts"
import { type Deliver, MAX_DELAY_SECONDS } from "./queue.ts"

// A request waits for this, and the sweep says it again if it fails: two quick tries are enough.
const sqs = new SQSClient({ maxAttempts: 2, requestHandler: { requestTimeout: 3000, connectionTimeout: 1000 } })

/** Wakes over SQS. Imported with the first message: what only reads never loads the SDK. */
export const overSqs: Deliver = async ({ to, body, delay_seconds = 0 }) => {
  const QueueUrl = to === "job" ? config().JOB_QUEUE_URL : config().SWEEP_QUEUE_URL
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify(body),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delay_seconds))),
    }),
  )
}
