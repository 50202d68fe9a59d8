import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { config } from "../config.ts"
import type { JobMessage, SweepMessage } from "./schema.ts"

export * as Queue from "./queue.ts"

export type Wake =
  | { to: "job"; body: JobMessage; delay_seconds?: number }
  /** At most ten in one call. */
  | { to: "shards"; bodies: JobMessage[] }
  | { to: "sweep"; body: SweepMessage; delay_seconds?: number }

type Deliver = (wake: Wake) => Promise<void>

/** The most SQS can hold a message back. */
export const MAX_DELAY_SECONDS = 900

let sqs: SQSClient | undefined

const overSqs: Deliver = async (wake) => {
  // A request waits for this, and the sweep says it again if it fails: two quick tries are enough.
  sqs ??= new SQSClient({ maxAttempts: 2, requestHandler: { requestTimeout: 3000, connectionTimeout: 1000 } })
  if (wake.to === "shards") return sendBatch(sqs, wake.bodies)
  const { to, body, delay_seconds = 0 } = wake
  const QueueUrl = to === "job" ? config().JOB_QUEUE_URL : config().SWEEP_QUEUE_URL
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify(body),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delay_seconds))),
    }),
  )
}

async function sendBatch(client: SQSClient, bodies: JobMessage[]) {
  const Entries = bodies.map((body, at) => ({ Id: String(at), MessageBody: JSON.stringify(body) }))
  const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: config().JOB_QUEUE_URL, Entries }))
  // Those that went may go again: doubling does no harm.
  if (Failed.length > 0) throw new Error(`${Failed.length} of ${bodies.length} messages were refused`)
}

let deliver: Deliver = overSqs

/** Says that there may be something to do. Losing or doubling it does no harm: the row is the truth. */
export const send: Deliver = (wake) => deliver(wake)

/** The one seam to the queue; tests catch messages here. Without an argument: SQS again. */
export const deliverWith = (next: Deliver = overSqs) => void (deliver = next)
