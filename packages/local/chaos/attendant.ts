// The sweep and the dead letters of the harness: the product's handlers on their own queues, in a process of their own. Runs bundled.
import { SQSClient } from "@aws-sdk/client-sqs"
import { buryWith } from "@robokit/functions/job/dead-letter"
import { sweepWith } from "@robokit/functions/job/sweep"
import { pollQueue } from "../src/lambda/queue-poller.ts"
import { registry } from "./registry.ts"

const { SWEEP_QUEUE_URL = "" } = process.env
const known = Object.keys(registry)
const sweep = sweepWith(known)

process.on("disconnect", () => process.exit(0))
process.on("message", () => void sweep())
const poll = (name: string, queue_url: string, handle: (event: never) => Promise<unknown>) =>
  pollQueue({
    client: new SQSClient(),
    queue_url,
    queue_arn: `arn:aws:sqs:local:000000000000:${name}`,
    function: { name, invoke: (event) => handle(event as never) },
    batch_size: 1,
    concurrency: 1,
  })
poll("sweep", SWEEP_QUEUE_URL, sweep)
poll("jobs-dlq", SWEEP_QUEUE_URL.replace(/sweep$/, "jobs-dlq"), buryWith(known))
process.send!("ready")
