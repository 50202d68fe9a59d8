import { setTimeout as sleep } from "node:timers/promises"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { statementsOf, useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects, outcome } from "../../test/engine.ts"
import { resetConfig } from "../config.ts"
import { Dataset } from "../dataset/dataset.ts"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { execute, type Runner } from "./execute.ts"
import { Job } from "./job.ts"
import { Storage } from "./storage.ts"
import { sweep } from "./sweep.ts"

useDatabase()
const registry = { metadata_extraction: harnessJob() }

let caught: ReturnType<typeof catchMessages>
let objects: ReturnType<typeof keepObjects>
beforeAll(() => {
  process.env.JOB_LEASE_SECONDS = "1"
  resetConfig()
})
afterAll(() => {
  delete process.env.JOB_LEASE_SECONDS
  resetConfig()
})
beforeEach(() => {
  caught = catchMessages()
  objects = keepObjects()
})

const importJob = async () => {
  const dataset = await importDataset()
  const id = (await Job.list(dataset.id)).rows[0]!.id
  return { dataset, id, look: () => Job.get(dataset.id, id) }
}
const go = (id: number, run: Runner, more: { time_limit_ms?: number; shutdown?: AbortSignal } = {}) =>
  execute(id, { registry, run, time_limit_ms: 60_000, ...more })
/** Ends only when it is told to. */
const untilAborted: Runner = (_task, _watch, signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))

describe("a job that succeeds", () => {
  test("puts its artefacts in place before the row names them, and signs their addresses", async () => {
    const { dataset, id, look } = await importJob()
    expect(await Job.artifacts(dataset.id, id)).toEqual([])
    expect(await go(id, async () => outcome({ episode_count: 2 }))).toBe("completed")
    expect(await look()).toMatchObject({
      status: "completed",
      progress: 100,
      result: { episode_count: 2 },
      result_summary: { ok: true },
      attempt: 1,
    })
    const [artifact] = await Job.artifacts(dataset.id, id)
    expect(artifact).toMatchObject({ name: "out.json", media_type: "application/json", bytes: 19 })
    const [key] = objects.keys()
    expect(key).toMatch(new RegExp(`^results/${dataset.id}/${id}/1-[0-9a-f-]{36}/out\\.json$`))
    expect(artifact!.url).toBe(`https://signed.test/${key}?seconds=300`)
    expect(artifact).not.toHaveProperty("key")
  })

  test("takes five statements: a look, its row, its message's mark, the claim and the result", async () => {
    const { id } = await importDataset()
    const noop = { noop: harnessJob() }
    const statements = await statementsOf(async () => {
      const { job } = await Job.start(id, "noop", {}, noop)
      expect(await execute(job.id, { registry: noop, run: async () => outcome(), time_limit_ms: 60_000 })).toBe(
        "completed",
      )
    })
    expect(statements.map((each) => each.slice(0, 6))).toEqual(["select", 'with "', "update", "update", 'with "'])
  })

  test("runs once, however often its message comes", async () => {
    const { id } = await importJob()
    let runs = 0
    const run: Runner = async () => (runs++, outcome())
    const ends = await Promise.all(Array.from({ length: 50 }, () => go(id, run)))
    expect(runs).toBe(1)
    expect(ends.filter((each) => each === "completed")).toHaveLength(1)
    expect(await go(id, run)).toBe("not_ours")
  })

  test("is told what to do by the row, and its cost adds up over attempts", async () => {
    const { dataset, id, look } = await importJob()
    await go(id, async (_, watch) => {
      watch.usage({ requests: 2, bytes: 10 })
      throw new AppError("hub_unavailable", "Down.")
    })
    await use().execute(sql`update job set run_after = now()`)
    await go(id, async (task, watch) => {
      expect(task).toMatchObject({
        job_id: id,
        job_type: "metadata_extraction",
        params: {},
        dataset: { id: dataset.id, repo_id: "acme/arm", import_usage: { requests: 3, paths: ["meta/info.json"] } },
      })
      watch.usage({ requests: 5, bytes: 100 })
      return outcome()
    })
    expect((await look()).usage).toMatchObject({ requests: 7, bytes: 110 })
  })

  test("shows its progress while it runs, at most every two seconds", async () => {
    const { id, look } = await importJob()
    const running = go(id, async (_, watch) => {
      watch.progress({ percent: 10, message: "begun" })
      await sleep(300)
      for (let percent = 11; percent < 60; percent++) watch.progress({ percent })
      await sleep(1000)
      return outcome()
    })
    await sleep(250)
    const first = await look()
    expect(first).toMatchObject({ status: "running", progress: 10, message: "begun" })
    await sleep(700)
    expect((await look()).progress).toBe(10)
    await running
  })
})

describe("the lease", () => {
  test("is renewed for as long as the job runs, so nobody takes it over", async () => {
    const { id } = await importJob()
    const running = go(id, async () => (await sleep(3000), outcome()))
    await sleep(2500)
    expect(await Job.claim(id, Object.keys(registry))).toBeUndefined()
    expect(await running).toBe("completed")
  })

  test("that is lost ends the run, and leaves nothing in the bucket", async () => {
    const { id, look } = await importJob()
    const running = go(id, async (task, watch, signal) => {
      await Promise.race([sleep(5000), untilAborted(task, watch, signal)])
      return outcome()
    })
    await sleep(50)
    await use().execute(sql`update job set lease_until = now() - interval '1 second'`)
    const other = (await Job.claim(id, Object.keys(registry)))!
    expect(await running).toBe("not_ours")
    expect(objects.size).toBe(0)
    expect(await look()).toMatchObject({ status: "running", attempt: 2 })
    expect(other.job.crashes).toBe(1)
  })

  test("lost in the moment of publishing changes nothing and cleans up", async () => {
    const { id, look } = await importJob()
    Storage.storeWith({
      put: async (key, body) => {
        objects.set(key, body)
        await use().execute(sql`update job set lease_token = gen_random_uuid()`)
      },
      removeAll: async (prefix) => {
        for (const key of objects.keys()) if (key.startsWith(prefix)) objects.delete(key)
      },
      sign: async () => "",
    })
    expect(await go(id, async () => outcome())).toBe("not_ours")
    expect(objects.size).toBe(0)
    expect(await look()).toMatchObject({ status: "running", result: null })
  })

  test("of one that died before it could publish is taken over, and its files go", async () => {
    const { id } = await importJob()
    await Job.claim(id, Object.keys(registry))
    const [job] = await use().execute<{ dataset_id: number; lease_token: string }>(sql`select * from job`)
    objects.set(`results/${job!.dataset_id}/${id}/1-${job!.lease_token}/out.json`, new Uint8Array())
    await use().execute(sql`update job set lease_until = now() - interval '1 second'`)
    expect(await go(id, async () => outcome())).toBe("completed")
    await sweep(Object.keys(registry))
    expect([...objects.keys()]).toEqual([expect.stringMatching(`/${id}/2-`)])
  })

  test("of a deleted dataset is lost with it, within a beat", async () => {
    const { dataset, id } = await importJob()
    const running = go(id, untilAborted)
    await sleep(50)
    const start = performance.now()
    await Dataset.remove(dataset.id)
    expect(await running).toBe("not_ours")
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe("a job that does not succeed", () => {
  test("is out of time as a verdict", async () => {
    const { id, look } = await importJob()
    expect(await go(id, untilAborted, { time_limit_ms: 100 })).toBe("failed")
    expect(await look()).toMatchObject({ status: "failed", error_code: "time_limit" })
  })

  test("goes back to the queue uncounted when its process is asked to leave", async () => {
    const { id, look } = await importJob()
    const shutdown = new AbortController()
    const running = go(id, untilAborted, { shutdown: shutdown.signal })
    await sleep(50)
    caught.sent.length = 0
    shutdown.abort()
    expect(await running).toBe("handed_back")
    expect(await look()).toMatchObject({ status: "pending", state_detail: "queued" })
    expect(caught.sent).toMatchObject([{ to: "job", body: { job_id: id } }])
  })

  test("keeps the text of a bug to itself", async () => {
    const { id, look } = await importJob()
    for (let attempt = 0; attempt < 4; attempt++) {
      await use().execute(sql`update job set run_after = now()`)
      await go(id, () => Promise.reject(new Error("password=hunter2 at postgres://host")))
    }
    const job = await look()
    expect(job).toMatchObject({ status: "failed", error_code: "unexpected", attempt: 4 })
    expect(JSON.stringify(job)).not.toMatch(/hunter2|postgres:/)
  })

  test("dies three times and is then given up", async () => {
    const { id, look } = await importJob()
    for (let death = 0; death < 3; death++) {
      await use().execute(sql`update job set run_after = now()`)
      await go(id, () => Promise.reject(new AppError("worker_crashed", "exit 139")))
    }
    expect(await look()).toMatchObject({ status: "failed", state_detail: "dead", error_code: "worker_crashed" })
  })

  test("waits when the bucket is down, since that is not the dataset's fault", async () => {
    const { id, look } = await importJob()
    const broken = () => Promise.reject(new Error("503"))
    Storage.storeWith({ put: broken, removeAll: broken, sign: broken })
    await go(id, async () => outcome())
    expect(await look()).toMatchObject({ status: "pending", state_detail: "retry_wait", result: null })
  })
})

test("a message of a job type that a newer release knows goes back to the queue", async () => {
  const { id } = await importJob()
  await use().execute(sql`update job set job_type = 'newer'`)
  await expect(go(id, async () => outcome())).rejects.toThrow("does not know")
})

test("a message of no job is no error", async () => {
  expect(await go(12345, async () => outcome())).toBe("not_ours")
})
