import { setTimeout as sleep } from "node:timers/promises"
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs"
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda"
import type { LocalFunction } from "./function.ts"

const REST_MS = 500
const LONGEST_WAIT_S = 20

export interface PollerOptions {
  client: SQSClient
  queue_url: string
  queue_arn: string
  function: Pick<LocalFunction, "name" | "invoke">
  batch_size: number
  /** Batches at once (`maximumConcurrency` of the mapping). */
  concurrency: number
}

export interface Poller {
  stop(): Promise<void>
}

/**
 * The event source mapping between a queue and a function, with partial failures: what succeeded is deleted, what failed stays
 * invisible until the queue's visibility timeout, and the queue's redrive policy sends it to the DLQ in the end. A throw, a
 * timeout, a crash or an answer that names an unknown message fails the whole batch.
 */
export function pollQueue(options: PollerOptions): Poller {
  const { client, queue_url, queue_arn } = options
  const ending = new AbortController()

  async function receive(): Promise<Message[]> {
    try {
      const command = new ReceiveMessageCommand({
        QueueUrl: queue_url,
        MaxNumberOfMessages: options.batch_size,
        WaitTimeSeconds: LONGEST_WAIT_S,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      })
      return (await client.send(command, { abortSignal: ending.signal })).Messages ?? []
    } catch (error) {
      if (ending.signal.aborted) return []
      console.error(`${options.function.name}: receiving failed:`, error)
      await sleep(REST_MS)
      return []
    }
  }

  async function handle(messages: Message[]) {
    const failed = await invoke(messages)
    const done = messages.filter((each) => !failed.has(each.MessageId!))
    if (done.length === 0) return
    const Entries = done.map((each, at) => ({ Id: String(at), ReceiptHandle: each.ReceiptHandle }))
    const { Failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue_url, Entries }))
    if (Failed?.length) console.error(`${options.function.name}: ${Failed.length} messages were not deleted`)
  }

  async function invoke(messages: Message[]): Promise<Set<string>> {
    const all = new Set(messages.map((each) => each.MessageId!))
    const event: SQSEvent = { Records: messages.map((each) => toRecord(each, queue_arn)) }
    try {
      const answer = (await options.function.invoke(event)) as SQSBatchResponse | null
      const failed = new Set((answer?.batchItemFailures ?? []).map((each) => each.itemIdentifier))
      return [...failed].every((each) => all.has(each)) ? failed : all
    } catch (error) {
      if (!ending.signal.aborted) console.error(`${options.function.name}: ${(error as Error).stack ?? error}`)
      return all
    }
  }

  async function loop() {
    while (!ending.signal.aborted) {
      const messages = await receive()
      if (messages.length === 0) continue
      try {
        await handle(messages)
      } catch (error) {
        // Not deleted, so it comes again after the visibility timeout; handlers expect that.
        if (!ending.signal.aborted) console.error(`${options.function.name}: deleting failed:`, error)
      }
    }
  }

  const loops = Array.from({ length: options.concurrency }, loop)
  return {
    async stop() {
      ending.abort()
      await Promise.all(loops)
    },
  }
}

function toRecord(message: Message, queue_arn: string): SQSRecord {
  return {
    messageId: message.MessageId!,
    receiptHandle: message.ReceiptHandle!,
    body: message.Body!,
    attributes: message.Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody!,
    eventSource: "aws:sqs",
    eventSourceARN: queue_arn,
    awsRegion: queue_arn.split(":")[3]!,
  }
}

function toAttribute(value: MessageAttributeValue): SQSRecord["messageAttributes"][string] {
  return {
    dataType: value.DataType!,
    ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
    ...(value.BinaryValue === undefined ? {} : { binaryValue: Buffer.from(value.BinaryValue).toString("base64") }),
  }
}
