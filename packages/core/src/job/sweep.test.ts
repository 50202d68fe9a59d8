import { sql } from "drizzle-orm"
import { beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, keepObjects } from "../../test/engine.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { bury } from "./dead-letters.ts"
import { Job } from "./job.ts"
import type { SweepMessage } from "./schema.ts"
import { forgetNudge, Sweep, sweep } from "./sweep.ts"

const database = useDatabase()
const KNOWN = ["metadata_extraction"]
const none = { requests: 0, bytes: 0, compute_ms: 0 }

let caught: ReturnType<typeof catchMessages>
let objects: ReturnType<typeof keepObjects>
beforeEach(() => {
  caught = catchMessages()
  objects = keepObjects()
})

const run = (statement: string) => use().execute(sql.raw(statement))
const importJob = async () => {
  const dataset = await importDataset()
  return { dataset, id: (await Job.list(dataset.id)).rows[0]!.id }
}
const finish = async (id: number) => {
  const lease = (await Job.claim(id, KNOWN))!
  await Job.complete(lease, { result: {}, summary: {}, artifacts: [], usage: none })
}
const lastSweep = () => caught.sweeps().at(-1)!.body as SweepMessage

describe("arming", () => {
  test("work under way is promised one sweep, 20 s from now, however much work there is", async () => {
    await Promise.all(Array.from({ length: 20 }, () => importDataset()))
    expect(caught.sweeps()).toEqual([{ to: "sweep", body: { v: 1, turn: 1 }, delay_seconds: 20 }])
    await Job.claim(1, KNOWN)
    expect(caught.sweeps()).toHaveLength(1)
  })

  test("a promise that could not be sent is taken back, and the next to touch open work gives it", async () => {
    caught.down = true
    const { dataset } = await importJob()
    caught.down = false
    expect(caught.sent).toEqual([])
    await Dataset.status(dataset.id)
    expect(caught.sweeps()).toHaveLength(1)
  })

  test("a sweep that never came is believed lost after a minute", async () => {
    await importDataset()
    await run("update sweep set armed_until = now() - interval '1 second'")
    await importDataset()
    expect(caught.sweeps().map(({ body }) => body)).toEqual([
      { v: 1, turn: 1 },
      { v: 1, turn: 2 },
    ])
  })
})

describe("a chain of sweeps", () => {
  test("goes on while work is open, and ends with it", async () => {
    const { id } = await importJob()
    expect(await sweep(KNOWN, lastSweep())).toMatchObject({ open: true })
    expect(lastSweep().turn).toBe(2)
    await finish(id)
    expect(await sweep(KNOWN, lastSweep())).toMatchObject({ open: false })
    expect(caught.sweeps()).toHaveLength(2)
  })

  test("an idle deployment asks the database nothing more", async () => {
    const { id } = await importJob()
    await finish(id)
    await sweep(KNOWN, lastSweep())
    const messages = caught.sent.length
    // What the server counts would include its own housekeeping, and come late.
    const lastAsked = () => database.admin`select max(query_start)::text as at from pg_stat_activity
      where application_name = 'robokit' and datname = current_database()`
    const before = await lastAsked()
    expect(before[0]!.at).not.toBeNull()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await lastAsked()).toEqual(before)
    expect(caught.sent).toHaveLength(messages)
  })

  test("a message delivered twice does not start a second chain", async () => {
    await importDataset()
    const first = lastSweep()
    await sweep(KNOWN, first)
    expect(await sweep(KNOWN, first)).toBeUndefined()
    expect(caught.sweeps()).toHaveLength(2)
  })

  test("a sweep that died halfway is done again when its message comes back", async () => {
    await importDataset()
    const message = lastSweep()
    await run("update sweep set armed_until = 'epoch'")
    expect(await sweep(KNOWN, message)).toMatchObject({ open: true })
  })

  test("one without a message begins a new chain and makes the old one end", async () => {
    await importDataset()
    const old = lastSweep()
    await sweep(KNOWN)
    expect(lastSweep().turn).toBe(old.turn + 1)
    expect(await sweep(KNOWN, old)).toBeUndefined()
  })
})

describe("a sweep", () => {
  test("relays what the queue did not take, and a doubled message does no harm", async () => {
    caught.down = true
    const ids = await Promise.all(Array.from({ length: 120 }, async () => (await importJob()).id))
    expect(caught.sent).toEqual([])
    expect(await Job.list(1)).toMatchObject({ rows: [{ status: "pending" }] })
    caught.down = false
    await run("update outbox set not_before = now()")
    expect(await sweep(KNOWN)).toMatchObject({ relayed: 120, open: true })
    expect(caught.jobs().toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b))
    expect(await sweep(KNOWN)).toMatchObject({ relayed: 0 })
  })

  test("tries a row that cannot be sent later and the rows behind it now", async () => {
    caught.down = true
    await importDataset()
    await run("update outbox set not_before = now()")
    expect(await sweep(KNOWN)).toMatchObject({ relayed: 0, open: true })
    const rows = await run("select attempts, sent_at from outbox")
    expect(rows).toMatchObject([{ attempts: 1, sent_at: null }])
  })

  test("wakes a job that waits unattended, once a minute", async () => {
    const { id } = await importJob()
    caught.sent.length = 0
    expect(await sweep(KNOWN)).toMatchObject({ woken: 0 })
    await run("update job set run_after = now() - interval '2 minutes', last_sent_at = now() - interval '2 minutes'")
    expect(await sweep(KNOWN)).toMatchObject({ woken: 1 })
    expect(caught.jobs()).toEqual([id])
    expect(await sweep(KNOWN)).toMatchObject({ woken: 0 })
  })

  test("wakes a job whose worker fell silent, and the next worker takes it over", async () => {
    const { id } = await importJob()
    await Job.claim(id, KNOWN)
    await run("update job set lease_until = now() - interval '1 second', last_sent_at = now() - interval '20 seconds'")
    caught.sent.length = 0
    expect(await sweep(KNOWN)).toMatchObject({ woken: 1 })
    expect(caught.jobs()).toEqual([id])
    // What was sent since is under way.
    expect(await sweep(KNOWN)).toMatchObject({ woken: 0 })
    expect((await Job.claim(id, KNOWN))!.job.crashes).toBe(1)
  })

  test("does not touch a job that waits for its time, is worked on, or is of an unknown type", async () => {
    const [waiting, working, foreign] = [await importJob(), await importJob(), await importJob()]
    await Job.claim(working.id, KNOWN)
    await run("update job set last_sent_at = now() - interval '1 hour'")
    await run(`update job set run_after = now() + interval '10 minutes' where id = ${waiting.id}`)
    await run(`update job set job_type = 'newer', run_after = now() - interval '2 days',
      opened_at = now() - interval '2 days' where id = ${foreign.id}`)
    expect(await sweep(KNOWN)).toMatchObject({ woken: 0, overdue: 0 })
    expect(await bury(foreign.id, KNOWN)).toBe(false)
    expect(await bury(working.id, KNOWN)).toBe(false)
  })

  test("ends a job that waited for a day", async () => {
    const { dataset, id } = await importJob()
    await run("update job set opened_at = now() - interval '25 hours'")
    expect(await sweep(KNOWN)).toMatchObject({ overdue: 1 })
    expect(await Job.get(dataset.id, id)).toMatchObject({
      status: "failed",
      state_detail: "dead",
      error_code: "time_limit",
    })
  })

  test("removes the objects of a deleted dataset, and only those", async () => {
    const { dataset } = await importJob()
    objects.set(`results/${dataset.id}/1/x`, new Uint8Array(1))
    objects.set(`results/${dataset.id}0/1/x`, new Uint8Array(1))
    await Dataset.remove(dataset.id)
    expect(objects.size).toBe(2)
    expect(await sweep(KNOWN)).toMatchObject({ relayed: 1, open: false })
    expect([...objects.keys()]).toEqual([`results/${dataset.id}0/1/x`])
  })

  test("forgets keys after a day and sent messages after a week", async () => {
    await importDataset()
    await run("update outbox set sent_at = now() - interval '8 days'")
    await run(`insert into idempotency_key (endpoint, key, fingerprint, running_until, created_at)
      values ('POST /x', 'old', 'f', now(), now() - interval '25 hours'), ('POST /x', 'new', 'f', now(), now())`)
    await sweep(KNOWN)
    expect(await run("select key from idempotency_key")).toMatchObject([{ key: "new" }])
    expect(await run("select id from outbox")).toHaveLength(0)
  })
})

test("a job whose message died is ended, and one that has ended is not touched", async () => {
  const { dataset, id } = await importJob()
  expect(await bury(id, KNOWN)).toBe(true)
  expect(await Job.get(dataset.id, id)).toMatchObject({ state_detail: "dead", error_code: "dead_lettered" })
  expect(await bury(id, KNOWN)).toBe(false)
})

test("looking at open work nudges the sweep once in ten seconds at most", async () => {
  const { dataset } = await importJob()
  await run("update sweep set armed_until = 'epoch'")
  await Dataset.status(dataset.id)
  await run("update sweep set armed_until = 'epoch'")
  await Dataset.status(dataset.id)
  expect(caught.sweeps()).toHaveLength(2)
  forgetNudge()
  await Sweep.nudge()
  expect(caught.sweeps()).toHaveLength(3)
})
