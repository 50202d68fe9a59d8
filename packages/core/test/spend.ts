// A process of its own that starts jobs and ends them in every way, so that real connections meet at the budgets. Told in
// argv: which process it is, how many jobs, and on which dataset. Says how many were accepted, refused, and what else went wrong.
import { Dataset } from "../src/dataset/dataset.ts"
import { Database } from "../src/db/database.ts"
import { AppError } from "../src/error.ts"
import { Job } from "../src/job/job.ts"
import { Queue } from "../src/job/queue.ts"
import { harnessJob, importDataset } from "./engine.ts"

const [process_at, count, dataset_id, ends] = process.argv.slice(2).map(Number) as [number, number, number, number]
const work = { requests: 10, bytes: 1000, compute_ms: 60_000 }
const registry = { harness: { ...harnessJob(), estimate: () => work } }
Queue.deliverWith(async () => {})
const told = { accepted: 0, refused: 0, wrong: [] as string[] }

async function one(n: number) {
  try {
    const { job } = await Job.start(dataset_id, "harness", { n: process_at * count + n }, registry)
    told.accepted++
    if (ends) await end(job.id, n)
  } catch (error) {
    if (error instanceof AppError && error.code === "budget_exceeded") told.refused++
    else told.wrong.push(String((error as Error).cause ?? error))
  }
}

async function end(id: number, n: number) {
  if (n % 4 === 0) return void (await Job.cancel(dataset_id, id))
  if (n % 4 === 1) return void (await Dataset.remove((await importDataset()).id))
  const lease = (await Job.claim(id, ["harness"]))!
  if (n % 4 === 2) return void (await Job.fail(lease, new AppError("dataset_malformed", "No."), work))
  await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: work })
}

await Promise.all(Array.from({ length: count }, (_, n) => one(n)))
process.stdout.write(JSON.stringify(told))
await Database.close()
