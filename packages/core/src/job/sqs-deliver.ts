import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { config } from "../config.ts"
import { type Deliver, MAX_DELAY_SECONDS } from "./queue.ts"
import type { JobMessage } from "./schema.ts"

// A request waits for this, and the sweep says it again if it fails: two quick tries are enough.
const sqs = new SQSClient({ maxAttempts: 2, requestHandler: { requestTimeout: 3000, connectionTimeout: 1000 } })

/** Wakes over SQS. Imported with the first message: what only reads never loads the SDK. */
export const overSqs: Deliver = async (wake) => {
  if (wake.to === "shards") return sendBatch(wake.bodies)
  const { to, body, delay_seconds = 0 } = wake
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: to === "job" ? config().JOB_QUEUE_URL : config().SWEEP_QUEUE_URL,
      MessageBody: JSON.stringify(body),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delay_seconds))),
    }),
  )
}

async function sendBatch(bodies: JobMessage[]) {
  const Entries = bodies.map((body, at) => ({ Id: String(at), MessageBody: JSON.stringify(body) }))
  const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: config().JOB_QUEUE_URL, Entries }))
  // Those that went may go again: doubling does no harm.
  if (Failed.length > 0) throw new Error(`${Failed.length} of ${bodies.length} messages were refused`)
}
