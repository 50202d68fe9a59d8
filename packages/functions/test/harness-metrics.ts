// A process whose metrics a test reads: jobs end in every way there is, all of them in the handlers that deploy them.
import { Database } from "@robokit/core/db/database"
import { AppError } from "@robokit/core/error"
import type { Runner } from "@robokit/core/job/execute"
import { Job } from "@robokit/core/job/job"
import { catchMessages, harnessJob, importDataset, keepObjects, outcome } from "@robokit/core/test/engine"
import { handler as bury } from "../src/job/dead-letter.ts"
import { handler as sweep } from "../src/job/sweep.ts"
import { workerWith } from "../src/job/worker.ts"

keepObjects()
catchMessages()
const registry = { plain: harnessJob(), storm: harnessJob(), slow: harnessJob(), stolen: harnessJob() }
const change = (statement: string) => Database.use().execute(statement)
const { id: dataset_id } = await importDataset()
const start = async (type: keyof typeof registry) => (await Job.start(dataset_id, type, {}, registry)).job.id

const runs: Record<string, Runner> = {
  async plain(_task, watch) {
    watch.usage({ requests: 3, bytes: 5_000_000_000 })
    await change("update job set spent_micros = 2500 where job_type = 'plain'")
    return outcome()
  },
  storm: () => Promise.reject(new AppError("hub_unavailable", "It storms.")),
  slow: async () => outcome(),
  // As if another worker had taken it over meanwhile.
  async stolen() {
    await change("update job set lease_token = gen_random_uuid() where job_type = 'stolen'")
    return outcome()
  },
}
const handle = workerWith({
  registry,
  run: (task, ...more) => runs[task.job_type]!(task, ...more),
  shutdown: new AbortController().signal,
  size_class: "light",
})
const event = (job_id: number) => ({ Records: [{ messageId: "m", body: JSON.stringify({ job_id, v: 1 }) }] }) as never
const work = (job_id: number) => handle(event(job_id), { getRemainingTimeInMillis: () => 60_000 })

await work(await start("plain"))
await work(await start("storm"))
const slow = await start("slow")
await Job.claim(slow, Object.keys(registry))
await change(`update job set lease_until = now() - interval '1 second' where id = ${slow}`)
await work(slow)
await work(await start("stolen"))
// The job of the import waits, and so does its message.
await change("update outbox set sent_at = null, created_at = now() - interval '90 seconds' where id = 1")
await change("update job set run_after = now() - interval '40 seconds' where id = 1")
await sweep({})
await bury(event(1))
process.exit(0)
