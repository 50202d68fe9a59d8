import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { config } from "../config.ts"
import { type Deliver, MAX_DELAY_SECONDS } from "./queue.ts"
import type { JobMessage, SizeClass } from "./schema.ts"

// A request waits for this, and the sweep says it again if it fails: two quick tries are enough.
const sqs = new SQSClient({ maxAttempts: 2, requestHandler: { requestTimeout: 3000, connectionTimeout: 1000 } })

const jobQueue = (size_class: SizeClass) => {
  const { JOB_QUEUE_URL_LIGHT: light, JOB_QUEUE_URL_MEDIUM: medium, JOB_QUEUE_URL_HEAVY: heavy } = config()
  return { light, medium, heavy }[size_class]
}

/** Wakes over SQS. Imported with the first message: what only reads never loads the SDK. */
export const overSqs: Deliver = async (wake) => {
  if (wake.to === "shards") return sendBatch(jobQueue(wake.size_class), wake.bodies)
  const { body, delay_seconds = 0 } = wake
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: wake.to === "job" ? jobQueue(wake.size_class) : config().SWEEP_QUEUE_URL,
      MessageBody: JSON.stringify(body),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delay_seconds))),
    }),
  )
}

async function sendBatch(QueueUrl: string, bodies: JobMessage[]) {
  const Entries = bodies.map((body, at) => ({ Id: String(at), MessageBody: JSON.stringify(body) }))
  const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  // Those that went may go again: doubling does no harm.
  if (Failed.length > 0) throw new Error(`${Failed.length} of ${bodies.length} messages were refused`)
}
