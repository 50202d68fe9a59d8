// A worker's process for tests that kill it: does the job named on the command line, then ends.
import { inThread } from "../src/job/in-thread.ts"
import { workerWith } from "../src/job/worker.ts"
import { harness } from "./harness.ts"

const run = inThread(new URL("./harness-thread.ts", import.meta.url))
const handle = workerWith({ registry: harness, run, shutdown: new AbortController().signal, size_class: "heavy" })
const body = JSON.stringify({ job_id: Number(process.argv[2]), v: 1 })
await handle({ Records: [{ messageId: "m", body }] } as never, { getRemainingTimeInMillis: () => 300_000 })
process.exit(0)
