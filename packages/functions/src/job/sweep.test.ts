import { Job } from "@robokit/core/job/job"
import { useDatabase } from "@robokit/core/test/database"
import { catchMessages, importDataset, keepObjects } from "@robokit/core/test/engine"
import type { SQSEvent } from "aws-lambda"
import { beforeEach, expect, test } from "vitest"
import { handler as bury } from "./dead-letter.ts"
import { handler as sweep } from "./sweep.ts"

const database = useDatabase()
let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

const event = (...bodies: unknown[]) =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      body: typeof body === "string" ? body : JSON.stringify(body),
    })),
  }) as SQSEvent
const importJob = async () => {
  const { id } = await importDataset()
  const [job] = (await Job.list(id)).rows
  return { id: job!.id, look: () => Job.get(id, job!.id) }
}

test("a start without a message sweeps, and sweeps on while work is open", async () => {
  await importJob()
  await database.admin`update job set run_after = now() - interval '1 hour', last_sent_at = now() - interval '1 hour'`
  caught.sent.length = 0
  expect(await sweep({})).toEqual({ batchItemFailures: [] })
  expect(caught.sent).toMatchObject([
    { to: "job", body: { job_id: 1 } },
    { to: "sweep", body: { turn: 2 }, delay_seconds: 20 },
  ])
})

test("its own message carries the sweep on; what is no message goes back", async () => {
  await importJob()
  caught.sent.length = 0
  expect(await sweep(event({ v: 1, turn: 1 }, "nonsense", { v: 2 }))).toEqual({
    batchItemFailures: [{ itemIdentifier: "m1" }, { itemIdentifier: "m2" }],
  })
  expect(caught.sweeps()).toHaveLength(1)
})

test("a dead message ends its job once; one that names no job is let go", async () => {
  const { id, look } = await importJob()
  const message = { job_id: id, v: 1 }
  expect(await bury(event(message, message, "nonsense", { job_id: 404, v: 1 }))).toEqual({ batchItemFailures: [] })
  expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", error_code: "dead_lettered" })
})

test("a dead message of a job that has ended changes nothing", async () => {
  const { id, look } = await importJob()
  const lease = (await Job.claim(id, ["metadata_extraction"]))!
  await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: lease.job.usage })
  await bury(event({ job_id: id, v: 1 }))
  expect((await look()).status).toBe("completed")
})
