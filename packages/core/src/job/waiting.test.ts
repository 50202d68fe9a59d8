import { sql } from "drizzle-orm"
import { beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, importDataset, keepObjects } from "../../test/engine.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { Job } from "./job.ts"

useDatabase()
const KNOWN = ["metadata_extraction"]
const none = { requests: 0, bytes: 0, compute_ms: 0 }
beforeEach(() => {
  catchMessages()
  keepObjects()
})

const run = (statement: string) => use().execute(sql.raw(statement))
/** The nth import: dataset and job have one number. */
const look = async (id: number) => (await Job.get(id, id)).waiting
const versions = async (id: number) => [await Job.version(id, id), await Dataset.version(id)]
const changed = (before: string[], after: string[]) => after.map((each, at) => each !== before[at])
const BOTH = [true, true]
const NEITHER = [false, false]

describe("a job in the queue", () => {
  beforeEach(async () => {
    for (let n = 0; n < 4; n++) await importDataset()
  })

  test("has its place in it, the same wherever it is shown", async () => {
    expect(await look(1)).toEqual({ reason: "queue", position: 1, detail: "It is next." })
    expect(await look(2)).toEqual({ reason: "queue", position: 2, detail: "One job is before it." })
    expect(await look(3)).toEqual({ reason: "queue", position: 3, detail: "2 jobs are before it." })
    expect((await Job.list(3)).rows[0]!.waiting).toEqual(await look(3))
    expect((await Dataset.status(3)).jobs[0]!.waiting).toEqual(await look(3))
    expect((await Job.start(3, "metadata_extraction", {})).job.waiting).toEqual(await look(3))
    expect((await Job.find(3)).waiting).toEqual(await look(3))
  })

  test("moves up when one before it goes; those of another size are not before it", async () => {
    await run("update job set size_class = 'heavy' where id = 2")
    const seen = [await versions(2), await versions(3)]
    expect([await look(2), await look(3)]).toMatchObject([{ position: 1 }, { position: 2 }])
    await Job.claim(1, KNOWN)
    expect([await look(1), await look(2), await look(3)]).toMatchObject([null, { position: 1 }, { position: 1 }])
    expect([changed(seen[0]!, await versions(2)), changed(seen[1]!, await versions(3))]).toEqual([NEITHER, BOTH])
  })

  test("is the same answer for as long as the queue stands still", async () => {
    const before = await versions(4)
    await Job.heartbeat((await Job.claim(1, KNOWN))!)
    const moved = await versions(4)
    expect(changed(before, moved)).toEqual(BOTH)
    expect(changed(moved, await versions(4))).toEqual(NEITHER)
  })

  test("far back counts in steps, so that a moving queue is not another answer at every look", async () => {
    const fill = (from: number, to: number) =>
      run(`insert into job (dataset_id, job_type, job_version, params, params_hash, run_after)
        select 1, 'metadata_extraction', 1, '{}', lpad(to_hex(n), 64, '0'), now() - interval '1 hour'
        from generate_series(${from}, ${to}) as n`)
    await fill(1, 38)
    expect(await look(4)).toEqual({ reason: "queue", position: 40, detail: "About 40 jobs are before it." })
    const before = await versions(4)
    await fill(39, 45)
    expect(changed(before, await versions(4))).toEqual(NEITHER)
    await fill(46, 200)
    expect(await look(4)).toMatchObject({ position: 200 })
    await fill(201, 1200)
    expect(await look(4)).toEqual({ reason: "queue", position: null, detail: "More than 1,000 jobs are before it." })
  })
})

describe("a job that does not run for another reason", () => {
  beforeEach(() => importDataset())

  test("waits for another try until then, and is in the queue from then on", async () => {
    await Job.fail((await Job.claim(1, KNOWN))!, new AppError("hub_timeout", "Slow.", { retry_after_ms: 60_000 }), none)
    const waiting = (await look(1))!
    expect(waiting).toMatchObject({ reason: "retry", position: null })
    const at = Date.parse(/tried again at (\S+)\.$/.exec(waiting.detail)![1]!)
    expect(at - Date.now()).toBeGreaterThan(30_000)
    const before = await versions(1)
    await run("update job set run_after = now()")
    expect(await look(1)).toMatchObject({ reason: "queue", position: 1 })
    expect(changed(before, await versions(1))).toEqual(BOTH)
  })

  test("waits for room, or because the operator paused everything, and says why", async () => {
    const before = await versions(1)
    await run("update job set waits_for_room = true")
    expect(await look(1)).toMatchObject({ reason: "room", position: null })
    const later = await versions(1)
    expect(changed(before, later)).toEqual(BOTH)
    await run("insert into halt (reason) values ('The bill.')")
    expect(await look(1)).toEqual({
      reason: "halted",
      position: null,
      detail: "The operator has paused all work: The bill.",
    })
    expect(changed(later, await versions(1))).toEqual(BOTH)
  })

  test("runs, or has ended: then nothing is said", async () => {
    const lease = (await Job.claim(1, KNOWN))!
    await run("insert into halt (reason) values ('The bill.')")
    expect(await look(1)).toBeNull()
    await Job.fail(lease, new AppError("dataset_malformed", "No."), none)
    expect(await look(1)).toBeNull()
  })
})

test("a sign of life counts by the minute", async () => {
  await importDataset()
  const lease = (await Job.claim(1, KNOWN))!
  const before = await versions(1)
  await run("update job set heartbeat_at = heartbeat_at - interval '2 minutes'")
  const old = await versions(1)
  expect(changed(before, old)).toEqual(BOTH)
  await Job.heartbeat(lease)
  expect(changed(old, await versions(1))).toEqual(BOTH)
  expect(Date.now() - Date.parse((await Job.get(1, 1)).heartbeat_at!)).toBeLessThan(30_000)
})
