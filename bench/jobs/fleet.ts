import { readdirSync, readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { Job } from "../../packages/core/src/job/job.ts"
import { Outbox } from "../../packages/core/src/job/outbox.ts"
import { Queue } from "../../packages/core/src/job/queue.ts"
import type { JobInfo, SizeClass } from "../../packages/core/src/job/schema.ts"
import { CLASSES, FUNCTIONS, QUEUES, queueSettings } from "../../packages/functions/src/sizes.ts"
import { LocalFunction } from "../../packages/local/src/lambda/function.ts"
import { pollQueue } from "../../packages/local/src/lambda/queue-poller.ts"
import { REGION, startSqs } from "../../packages/local/src/sqs.ts"

export const KEY = { accessKeyId: "local", secretAccessKey: "local" }

export interface FleetOptions {
  /** Processes, each of which takes one message at a time. */
  workers: number
  size_class: SizeClass
  /** The module of the worker, and what it exports: `handler` unless said. */
  file: string
  handler?: string
  database_url: string
  data_dir: string
  /** Of the workers, beyond the database and the queues. */
  env: Record<string, string>
}

export interface Fleet {
  /** Workers started so far. */
  started(): number
  /** The most memory that any of them has had, in MB; null where the system does not tell. */
  peak_mb(): number | null
  /** The job once it is completed. Throws when it fails. */
  completed(dataset_id: number, job_id: number): Promise<JobInfo>
}

/** Worker processes as the local runner has them, behind the local SQS, which this process sends to while `work` goes on. */
export async function withFleet<T>(options: FleetOptions, work: (fleet: Fleet) => Promise<T>): Promise<T> {
  const { workers, size_class, file, handler = "handler", database_url, data_dir, env } = options
  const sqs = await startSqs({ data_dir, queues: QUEUES })
  const { queue, worker: name } = CLASSES[size_class]
  const { url: queue_url, arn: queue_arn } = sqs.queue(queue)
  const { timeout_s, memory_mb } = FUNCTIONS[name]
  const settings = {
    DATABASE_URL: database_url,
    ...queueSettings((each) => sqs.queue(each).url),
    ARTIFACT_BUCKET: "none",
    LOG_LEVEL: "warn",
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    ...env,
  }
  const worker = new LocalFunction({ name, file, handler, env: settings, timeout_s, memory_mb, concurrency: workers })
  const client = new SQSClient({ region: REGION, credentials: KEY, endpoint: sqs.url })
  const poller = pollQueue({ client, queue_url, queue_arn, function: worker, batch_size: 1, concurrency: workers })
  Queue.deliverWith(async (wake) => {
    const bodies = wake.to === "shards" ? wake.bodies : wake.to === "job" ? [wake.body] : []
    for (const body of bodies)
      await client.send(new SendMessageCommand({ QueueUrl: queue_url, MessageBody: JSON.stringify(body) }))
  })
  try {
    return await work({ started: () => worker.coldStarts, peak_mb: () => peakOf(file), completed })
  } finally {
    Queue.deliverWith()
    const ended = poller.stop()
    await worker.stop()
    await ended
    await sqs.stop()
  }
}

async function completed(dataset_id: number, job_id: number): Promise<JobInfo> {
  for (;;) {
    const job = await Job.get(dataset_id, job_id)
    if (job.status === "completed") return job
    if (job.status === "failed") throw new Error(`job ${job_id} failed: ${JSON.stringify(job.error)}`)
    // What a worker could not send, the sweep would.
    await Outbox.relay(Date.now() + 1000)
    await sleep(250)
  }
}

/** Of the processes that this one has forked with `file` among their arguments, the highest mark of what the kernel counts. */
function peakOf(file: string): number | null {
  if (process.platform !== "linux") return null
  const kb = readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8")
      const isOurs = status.includes(`\nPPid:\t${process.pid}\n`)
      const peak =
        isOurs && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(file) ? /^VmHWM:\s+(\d+)/m.exec(status) : null
      return peak ? [Number(peak[1])] : []
    } catch (gone) {
      if ((gone as NodeJS.ErrnoException).code === "ENOENT" || (gone as NodeJS.ErrnoException).code === "ESRCH")
        return []
      throw gone
    }
  })
  return Math.max(...kb) / 1024
}

/** From the claim of the plan until the result is there. */
export const secondsOf = ({ started_at, completed_at }: JobInfo) =>
  (Date.parse(completed_at!) - Date.parse(started_at!)) / 1000
