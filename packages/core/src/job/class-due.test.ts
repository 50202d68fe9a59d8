import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, harnessShards, importDataset, keepObjects, outcome } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { execute, type Runner } from "./execute.ts"
import { Job } from "./job.ts"
import { Outbox } from "./outbox.ts"
import type { Wake } from "./queue.ts"
import type { SizeClass } from "./schema.ts"
import { passOn } from "./slots.ts"
import { sweep } from "./sweep.ts"

useDatabase()
const registry = { single: harnessJob(), parts: harnessShards({ plan: no, run: no, reduce: no }) }
const KNOWN = Object.keys(registry)
const none = { requests: 0, bytes: 0, compute_ms: 0 }
const outOfMemory = new AppError("memory_limit", "More than there is.")

/** The runner below brings back what each test says; no code of a job runs. */
function no(): never {
  throw new Error("not called")
}

let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

const cap = (most?: string) => {
  vi.stubEnv("JOB_RUNNING_CAP", most)
  resetConfig()
}
afterEach(() => cap())

const run = (statement: string) => use().execute<Record<string, unknown>>(sql.raw(statement))
const begin = async (size_class: SizeClass, job_type: keyof typeof registry = "single") => {
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, job_type, { n: 0 }, registry)
  await run("delete from job where job_type = 'metadata_extraction'")
  // As an estimate at the insert leaves it.
  await run(`update job set size_class = '${size_class}' where id = ${job.id}`)
  caught.sent.length = 0
  return { id: job.id, look: () => Job.get(dataset_id, job.id) }
}
/** What a worker of the class does with the message. */
const go = (id: number, size_class: SizeClass, runner: Runner = async () => outcome(), shard_id?: number) =>
  execute(id, { registry, run: runner, time_limit_ms: 10_000, size_class, shard_id })
const crash: Runner = () => Promise.reject(new AppError("worker_crashed", "exit 139"))
const hog: Runner = () => Promise.reject(outOfMemory)
const makeDue = () => run("update job set run_after = now()")
const expire = () => run("update job set lease_until = now() - interval '1 second'")
/** Where what was sent went. */
const queuesOf = (sent: Wake[]) => sent.flatMap((wake) => (wake.to === "sweep" ? [] : [wake.size_class]))

describe("a message", () => {
  test.each(["light", "medium", "heavy"] as const)("of a %s job goes to the queue of its class", async (size_class) => {
    const { id } = await begin(size_class)
    await Outbox.wake(id)
    expect(queuesOf(caught.sent)).toEqual([size_class])
    expect(caught.sent).toMatchObject([{ to: "job", body: { job_id: id, v: 1 } }])
    // The row says it, so the message need not.
    expect(JSON.stringify(caught.sent[0])).not.toMatch(/body.*size_class/)
  })

  test("that could not be sent goes to the same queue when it is relayed", async () => {
    const { id } = await begin("heavy")
    caught.down = true
    await Outbox.wake(id).catch(() => {})
    caught.down = false
    await run("update outbox set not_before = now() where sent_at is null")
    expect(await Outbox.relay(Date.now() + 5000)).toBe(1)
    expect(queuesOf(caught.sent)).toEqual(["heavy"])
  })

  test("written by the release before, which knew no classes, is sent to the light queue", async () => {
    const { id } = await begin("medium")
    await run(`insert into outbox (kind, body) values ('job', '{"job_id": ${id}, "at": 0}'),
      ('job', '{"job_id": ${id}, "shards": [7, 8], "at": 0}')`)
    await Outbox.relay(Date.now() + 5000)
    expect(caught.sent.toSorted((a, b) => (a.to < b.to ? -1 : 1))).toMatchObject([
      { to: "job", size_class: "light", body: { job_id: id, v: 1 } },
      { to: "shards", size_class: "light", bodies: [{ shard_id: 7 }, { shard_id: 8 }] },
    ])
  })

  test("that the sweep repeats goes to the queue of the class", async () => {
    await begin("heavy")
    await run("update job set run_after = now() - interval '1 hour', last_sent_at = now() - interval '1 hour'")
    await sweep(KNOWN)
    expect(queuesOf(caught.sent)).toEqual(["heavy"])
  })

  test("for a place that became free goes to the queue of who waits for it", async () => {
    cap("1")
    await begin("medium")
    await run("update job set waits_for_room = true")
    await passOn()
    expect(queuesOf(caught.sent)).toEqual(["medium"])
  })
})

describe("a worker that is too small", () => {
  test("changes nothing and passes the message on, once and upwards", async () => {
    const { id, look } = await begin("heavy")
    const before = await look()
    expect(await go(id, "light")).toBe("passed_up")
    expect(await go(id, "medium")).toBe("passed_up")
    expect(await look()).toEqual(before)
    expect(queuesOf(caught.sent)).toEqual(["heavy", "heavy"])
    caught.sent.length = 0
    expect(await go(id, "heavy")).toBe("completed")
    expect(queuesOf(caught.sent)).toEqual([])
  })

  test("says so by failing when the queue is down, so that the message comes again", async () => {
    const { id } = await begin("heavy")
    caught.down = true
    await expect(go(id, "light")).rejects.toThrow("the queue is down")
  })

  test("lets a message go whose job has ended or is in good hands", async () => {
    const { id } = await begin("medium")
    await Job.claim(id, KNOWN)
    await run("update job set crashes = 1")
    caught.sent.length = 0
    expect(await go(id, "light")).toBe("not_ours")
    await run(`update job set status = 'failed', state_detail = 'failed', lease_token = null, lease_until = null,
      error_code = 'unexpected', error = '{}', completed_at = now()`)
    expect(await go(id, "light")).toBe("not_ours")
    expect(caught.sent).toEqual([])
  })

  test("leaves no mark of waiting on a job that it could not have run", async () => {
    cap("1")
    const { id } = await begin("heavy")
    expect(await go(id, "light")).toBe("passed_up")
    expect([...(await run(`select waits_for_room from job where id = ${id}`))]).toEqual([{ waits_for_room: false }])
  })
})

test("a larger worker runs what came to it by mistake", async () => {
  const { id, look } = await begin("light")
  expect(await go(id, "heavy")).toBe("completed")
  expect(await look()).toMatchObject({ size_class: "light" })
})

describe("the second death", () => {
  test("that somebody saw moves the job to the next larger class, where the third ends it", async () => {
    const { id, look } = await begin("light")
    await go(id, "light", crash)
    expect(await look()).toMatchObject({ status: "pending", size_class: "light" })
    await makeDue()
    caught.sent.length = 0
    await go(id, "light", crash)
    expect(await look()).toMatchObject({ status: "pending", size_class: "medium" })
    expect(queuesOf(caught.sent)).toEqual(["medium"])
    await makeDue()
    await go(id, "medium", crash)
    expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", error_code: "worker_crashed" })
  })

  test("that nobody saw does so too: a worker of the old class no longer takes it", async () => {
    const { id, look } = await begin("light")
    await Job.claim(id, KNOWN, "light")
    await expire()
    // The first death: the same class again.
    expect(await Job.claim(id, KNOWN, "light")).toBeDefined()
    await expire()
    caught.sent.length = 0
    expect(await go(id, "light")).toBe("passed_up")
    expect(queuesOf(caught.sent)).toEqual(["medium"])
    expect((await Job.claim(id, KNOWN, "medium"))?.job).toMatchObject({ size_class: "medium", crashes: 2 })
    await expire()
    expect(await go(id, "medium")).toBe("not_ours")
    expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", size_class: "medium" })
  })

  test("is told to the right queue by the sweep, though nobody wrote the class down", async () => {
    const { id } = await begin("light")
    await Job.claim(id, KNOWN, "light")
    await run(`update job set crashes = 1, last_sent_at = now() - interval '1 minute' where id = ${id}`)
    await expire()
    await sweep(KNOWN)
    expect(queuesOf(caught.sent)).toEqual(["medium"])
  })

  test("of a heavy job leaves it there for its last try", async () => {
    const { id, look } = await begin("heavy")
    for (let death = 0; death < 2; death++) {
      await makeDue()
      await go(id, "heavy", crash)
    }
    expect(await look()).toMatchObject({ status: "pending", size_class: "heavy" })
    await makeDue()
    expect(await go(id, "heavy")).toBe("completed")
  })
})

describe("out of memory", () => {
  test("a job has one try more, at once and in the next larger class", async () => {
    const { id, look } = await begin("light")
    await go(id, "light", hog)
    expect(await look()).toMatchObject({
      status: "pending",
      state_detail: "retry_wait",
      size_class: "medium",
      message: "Out of memory. Trying again with more of it.",
    })
    expect(queuesOf(caught.sent)).toEqual(["medium"])
    await go(id, "medium", hog)
    expect(await look()).toMatchObject({ status: "failed", error_code: "memory_limit", size_class: "medium" })
  })

  test("a heavy job fails", async () => {
    const { id, look } = await begin("heavy")
    await go(id, "heavy", hog)
    expect(await look()).toMatchObject({ status: "failed", error_code: "memory_limit", attempt: 1 })
  })

  test("a job that deaths have moved fails", async () => {
    const { id, look } = await begin("light")
    for (const size_class of ["light", "light"] as const) {
      await makeDue()
      await go(id, size_class, crash)
    }
    await makeDue()
    await go(id, "medium", hog)
    expect(await look()).toMatchObject({ status: "failed", error_code: "memory_limit", size_class: "medium" })
  })

  test("a stale worker moves nothing", async () => {
    const { id, look } = await begin("light")
    const late = (await Job.claim(id, KNOWN, "light"))!
    await expire()
    await Job.claim(id, KNOWN, "light")
    const before = await look()
    expect(await Job.fail(late, outOfMemory, none)).toBe(false)
    expect(await look()).toEqual(before)
  })
})

describe("shards", () => {
  const plan: Runner = async () => ({
    shards: [
      { weight: 1, input: {} },
      { weight: 1, input: {}, size_class: "heavy" },
      { weight: 1, input: {} },
    ],
  })
  const opened = async () => {
    const job = await begin("medium", "parts")
    expect(await go(job.id, "medium", plan)).toBe("planned")
    const shards = await run(`select id, size_class from shard order by ordinal`)
    return { ...job, shards: shards.map(({ id, size_class }) => ({ id: Number(id), size_class })) }
  }

  test("have their job's class unless their plan says another, and go to its queue", async () => {
    const { shards } = await opened()
    expect(shards.map((each) => each.size_class)).toEqual(["medium", "heavy", "medium"])
    const sent = caught.sent.flatMap((wake) =>
      wake.to === "shards" ? [[wake.size_class, wake.bodies.map((body) => body.shard_id)]] : [],
    )
    expect(sent).toEqual([
      ["medium", [shards[0]!.id, shards[2]!.id]],
      ["heavy", [shards[1]!.id]],
    ])
  })

  test("are passed up by a worker that is too small, and repeated to their class by the sweep", async () => {
    const { id, shards } = await opened()
    caught.sent.length = 0
    expect(await go(id, "medium", undefined, shards[1]!.id)).toBe("passed_up")
    expect(caught.sent).toMatchObject([{ to: "job", size_class: "heavy", body: { shard_id: shards[1]!.id } }])
    caught.sent.length = 0
    await run("update shard set run_after = now() - interval '1 hour', last_sent_at = now() - interval '1 hour'")
    await sweep(KNOWN)
    expect(queuesOf(caught.sent).toSorted()).toEqual(["heavy", "medium"])
  })

  test("move alone: out of memory or dead twice, the others and the job stay", async () => {
    const { id, shards, look } = await opened()
    const [first, , third] = shards
    caught.sent.length = 0
    await go(id, "medium", hog, first!.id)
    expect(queuesOf(caught.sent)).toEqual(["heavy"])
    for (let death = 0; death < 2; death++) {
      await run("update shard set run_after = now()")
      await go(id, "medium", crash, third!.id)
    }
    const classes = await run("select size_class from shard order by ordinal")
    expect(classes.map((each) => each.size_class)).toEqual(["heavy", "heavy", "heavy"])
    expect(await look()).toMatchObject({ status: "running", size_class: "medium" })
    await go(id, "heavy", hog, first!.id)
    expect(await look()).toMatchObject({ status: "failed", error_code: "memory_limit" })
  })
})
