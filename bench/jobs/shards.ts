import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { setTimeout as sleep } from "node:timers/promises"
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { Job } from "../../packages/core/src/job/job.ts"
import { Outbox } from "../../packages/core/src/job/outbox.ts"
import { Queue } from "../../packages/core/src/job/queue.ts"
import { importDataset } from "../../packages/core/test/engine.ts"
import { FUNCTIONS, QUEUES, queueSettings } from "../../packages/functions/src/sizes.ts"
import { LocalFunction } from "../../packages/local/src/lambda/function.ts"
import { pollQueue } from "../../packages/local/src/lambda/queue-poller.ts"
import { REGION, startSqs } from "../../packages/local/src/sqs.ts"
import { median, round } from "../numbers.ts"
import { farHub, registry } from "./waiting-job.ts"
import { withDatabase } from "./with-database.ts"

const FILE = fileURLToPath(new URL("shard-worker.ts", import.meta.url))
const KEY = { accessKeyId: "local", secretAccessKey: "local" }
const LATENCY_MS = 50

export interface Scaling {
  workers: number
  shards: number
  seconds: number
  /** How many times sooner than one worker. */
  times: number
}

/** 1,000 shards that each wait once for a Hub that is 50 ms away, with one worker and with two. */
export const scaling = (rounds: number): Promise<Scaling[]> =>
  withDatabase(async (database_url, data_dir) => {
    const shards = 1000
    const all: Record<number, number[]> = { 1: [], 2: [] }
    for (let at = 0; at < rounds; at++)
      for (const workers of [1, 2])
        all[workers]!.push(
          await secondsWith({
            workers,
            shards,
            requests: 1,
            database_url,
            data_dir: join(data_dir, `${at}-${workers}`),
          }),
        )
    const one = median(all[1]!)
    return [1, 2].map((workers) => {
      const seconds = median(all[workers]!)
      return { workers, shards, seconds: round(seconds, 1), times: round(one / seconds, 2) }
    })
  })

export interface ScalingOptions {
  workers: number
  shards: number
  /** Of each shard, one after the other. */
  requests: number
  database_url: string
  data_dir: string
}

/** From the claim of the plan until the result is there, with as many worker processes, each warmed up, behind a queue. */
export async function secondsWith({ workers, shards, requests, database_url, data_dir }: ScalingOptions) {
  const sqs = await startSqs({ data_dir, queues: QUEUES })
  const hub = await farHub(LATENCY_MS)
  const { url: queue_url, arn: queue_arn } = sqs.queue("jobs-light")
  const env = {
    DATABASE_URL: database_url,
    ...queueSettings((queue) => sqs.queue(queue).url),
    ARTIFACT_BUCKET: "none",
    LOG_LEVEL: "warn",
    FAR_HUB: hub.url,
    FAR_REQUESTS: String(requests),
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: sqs.url,
  }
  const { timeout_s, memory_mb } = FUNCTIONS["worker-light"]
  const worker = new LocalFunction({ name: "worker", file: FILE, env, timeout_s, memory_mb, concurrency: workers })
  const client = new SQSClient({ region: REGION, credentials: KEY, endpoint: sqs.url })
  const poller = pollQueue({ client, queue_url, queue_arn, function: worker, batch_size: 1, concurrency: workers })
  try {
    // The job of the import is nobody's here.
    Queue.deliverWith(async () => {})
    const { id } = await importDataset()
    Queue.deliverWith(async (wake) => {
      const bodies = wake.to === "shards" ? wake.bodies : wake.to === "job" ? [wake.body] : []
      for (const body of bodies)
        await client.send(new SendMessageCommand({ QueueUrl: queue_url, MessageBody: JSON.stringify(body) }))
    })
    const run = async (n: number) => {
      const { job } = await Job.start(id, "waiting", { n }, registry)
      for (;;) {
        const { status, started_at, completed_at } = await Job.get(id, job.id)
        if (status === "failed") throw new Error(`job ${job.id} failed`)
        if (status === "completed") return (Date.parse(completed_at!) - Date.parse(started_at!)) / 1000
        // What a worker could not send, the sweep would.
        await Outbox.relay(Date.now() + 1000)
        await sleep(250)
      }
    }
    await run(4 * workers)
    if (worker.coldStarts !== workers) throw new Error(`${worker.coldStarts} workers instead of ${workers}`)
    return await run(shards)
  } finally {
    Queue.deliverWith()
    const ended = poller.stop()
    await worker.stop()
    await ended
    hub.stop()
    await sqs.stop()
  }
}
