/** A process that starts jobs that do nothing, and runs what was started, through the product's own code. */
import { memoryFiles } from "../../packages/core/src/files/memory.ts"
import { execute } from "../../packages/core/src/job/execute.ts"
import { Job } from "../../packages/core/src/job/job.ts"
import { perform } from "../../packages/core/src/job/perform.ts"
import { Queue } from "../../packages/core/src/job/queue.ts"
import type { JobMessage } from "../../packages/core/src/job/schema.ts"
import { harnessJob, importDataset } from "../../packages/core/test/engine.ts"
import { inLanes, serveSteps } from "./phase.ts"

interface Input {
  number: number
  lanes: number
}

/** Jobs of one dataset end one after the other, as they lock it. */
const DATASETS = 10

const { number, lanes } = JSON.parse(process.argv[2]!) as Input

const registry = { noop: harnessJob(async () => ({ result: {}, summary: {} })) }

// The queue: what is sent here is taken here, so that nothing but the product and its database is measured.
const messages: JobMessage[] = []
Queue.deliverWith(async (wake) => void (wake.to === "job" && messages.push(wake.body)))
const datasets: number[] = []
for (let at = 0; at < DATASETS; at++) {
  const { id } = await importDataset({ repo_id: `bench/${number}-${at}` })
  datasets.push(id)
}
// Those of the imports.
messages.length = 0

let n = 0
const start = () => Job.start(datasets[n % DATASETS]!, "noop", { n: n++ }, registry)
async function runOne() {
  const { job_id } = messages.shift()!
  const ended = await execute(job_id, {
    registry,
    run: (task, watch, signal) => perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal }),
    time_limit_ms: 30_000,
  })
  if (ended !== "completed") throw new Error(`job ${job_id} ended ${ended}`)
}

serveSteps(({ phase, jobs }) => inLanes(jobs, lanes, phase === "start" ? start : runOne))
