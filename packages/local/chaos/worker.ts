// A worker of the harness: its own process, the product's handler and poller, the harness's jobs. Runs bundled.
import { SQSClient } from "@aws-sdk/client-sqs"
import { inThread } from "@robokit/functions/job/in-thread"
import { workerWith } from "@robokit/functions/job/worker"
import { FUNCTIONS } from "@robokit/functions/sizes"
import { pollQueue } from "../src/lambda/queue-poller.ts"
import { registry } from "./registry.ts"

const { JOB_QUEUE_URL_LIGHT = "", CHAOS_AT_ONCE, CHAOS_TIME_S = FUNCTIONS["worker-light"].timeout_s } = process.env

process.on("disconnect", () => process.exit(0))
const handle = workerWith({
  registry,
  // One queue for all classes, so every worker takes what comes.
  size_class: "heavy",
  run: inThread(new URL("thread.mjs", import.meta.url)),
  shutdown: new AbortController().signal,
})
pollQueue({
  client: new SQSClient(),
  queue_url: JOB_QUEUE_URL_LIGHT,
  queue_arn: "arn:aws:sqs:local:000000000000:jobs",
  function: {
    name: "worker",
    invoke: (event) => handle(event as never, { getRemainingTimeInMillis: () => Number(CHAOS_TIME_S) * 1000 }),
  },
  batch_size: 1,
  concurrency: Number(CHAOS_AT_ONCE),
})
process.send!("ready")
