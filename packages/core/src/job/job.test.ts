import { readdirSync } from "node:fs"
import { sql } from "drizzle-orm"
import { beforeEach, describe, expect, test } from "vitest"
import { useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects } from "../../test/engine.ts"
import { use } from "../db/database.ts"
import { FORMAT_TYPES } from "../format/schema.ts"
import { execute } from "./execute.ts"
import { hashOf, Job } from "./job.ts"
import { jobs } from "./registry.ts"
import { JobInfo, JobListItem } from "./schema.ts"
import { TITLES } from "./verdict.ts"

const database = useDatabase()
const registry = { ...jobs, harness: harnessJob() }

let caught: ReturnType<typeof catchMessages>
beforeEach(() => {
  caught = catchMessages()
  keepObjects()
})

const start = (dataset_id: number, n = 0) => Job.start(dataset_id, "harness", { n }, registry)
const finish = (id: number) =>
  execute(id, {
    registry,
    time_limit_ms: 10_000,
    run: async () => ({ result: { big: "x".repeat(1000) }, summary: { n: 1 } }),
  })

describe("starting", () => {
  test("100 at once give one job, and everybody is told which", async () => {
    const { id } = await importDataset()
    caught.sent.length = 0
    const all = await Promise.all(Array.from({ length: 100 }, () => start(id)))
    expect(all.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(all.map(({ job }) => job.id)).size).toBe(1)
    expect(caught.jobs()).toHaveLength(1)
  })

  test("the same again returns what was computed; other parameters are another job", async () => {
    const { id } = await importDataset()
    const { job } = await start(id)
    await finish(job.id)
    const again = await start(id)
    expect(again).toMatchObject({
      created: false,
      job: { id: job.id, status: "completed", result: { big: "x".repeat(1000) } },
    })
    expect((await start(id, 1)).created).toBe(true)
  })

  test("a connection that was cut a moment ago costs nobody their job", async () => {
    const { id } = await importDataset()
    for (let n = 0; n < 20; n++) {
      await database.admin`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'robokit' and datname = current_database()`
      expect((await start(id, n)).created).toBe(true)
    }
  })

  test("a newer version of the job runs again", async () => {
    const { id } = await importDataset()
    const { job } = await start(id)
    await finish(job.id)
    const newer = { harness: { ...registry.harness, version: 2 } }
    expect((await Job.start(id, "harness", { n: 0 }, newer)).created).toBe(true)
  })

  test("a job that failed may be started again", async () => {
    const { id } = await importDataset()
    const { job } = await start(id)
    const run = () => Promise.reject(Object.assign(new Error("x")))
    await use().execute(sql`update job set tries = 3 where id = ${job.id}`)
    await execute(job.id, { registry, run, time_limit_ms: 1000 })
    expect((await Job.get(id, job.id)).status).toBe("failed")
    expect(await start(id)).toMatchObject({ created: true })
  })

  test("is refused for a format with the reason that the schemas give, and for what does not exist", async () => {
    const { id } = await importDataset({ format_type: "rosbag" })
    await expect(start(id)).rejects.toMatchObject({ code: "job_unsupported", message: "Not this one." })
    await expect(start(999)).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.start(id, "toString", {})).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.start(id, "conversion", {})).rejects.toMatchObject({ code: "not_found" })
  })

  test("sends nothing that was not committed", async () => {
    const { id } = await importDataset()
    caught.sent.length = 0
    await use().execute(sql`alter table outbox add constraint no_more check (false) not valid`)
    try {
      await expect(start(id)).rejects.toThrow()
      expect(caught.jobs()).toEqual([])
      expect((await Job.list(id)).total).toBe(1)
    } finally {
      await use().execute(sql`alter table outbox drop constraint no_more`)
    }
  })
})

describe("reading", () => {
  test("lists leave the result out and page by offset and by cursor", async () => {
    const { id } = await importDataset()
    for (let n = 0; n < 5; n++) await start(id, n)
    await finish(2)
    const all = await Job.list(id)
    expect(all).toMatchObject({ total: 6, next_cursor: null })
    for (const row of all.rows) JobListItem.strict().parse(row)
    JobInfo.strict().parse(await Job.get(id, 2))
    const ids = all.rows.map((row) => row.id)
    expect((await Job.list(id, { skip: 2, limit: 2 })).rows.map((row) => row.id)).toEqual(ids.slice(2, 4))

    const walked: number[] = []
    for (let cursor: string | undefined; ;) {
      const page = await Job.list(id, { skip: 0, limit: 4, cursor })
      walked.push(...page.rows.map((row) => row.id))
      if (!page.next_cursor) break
      cursor = page.next_cursor
    }
    expect(walked).toEqual(ids)
    await expect(Job.list(id, { skip: 0, limit: 4, cursor: "1 or 1" })).rejects.toMatchObject({
      code: "invalid_params",
    })
  })

  test("a job of another dataset is not found", async () => {
    const [one, two] = [await importDataset(), await importDataset()]
    const [job] = (await Job.list(one.id)).rows
    await expect(Job.get(two.id, job!.id)).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.version(two.id, job!.id)).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.artifacts(two.id, job!.id)).rejects.toMatchObject({ code: "not_found" })
    await expect(Job.list(99)).rejects.toMatchObject({ code: "not_found" })
  })

  test("the older an open job, the later to ask again", async () => {
    const { id } = await importDataset()
    const pauses = []
    for (const age of ["0 seconds", "1 minute", "10 minutes"]) {
      await use().execute(sql`update job set opened_at = now() - ${age}::interval`)
      pauses.push((await Job.get(id, 1)).poll_after_ms, await Job.version(id, 1))
    }
    const version = (pause: number) => expect.stringMatching(`^1\\.0\\.${pause}\\.`)
    expect(pauses).toEqual([2000, version(2000), 5000, version(5000), 10_000, version(10_000)])
  })
})

describe("the registry", () => {
  test("has every file of types/, under the name of the file", () => {
    const files = readdirSync(new URL("./types/", import.meta.url)).filter((name) => !name.endsWith(".test.ts"))
    const names = files.map((name) => name.replace(".ts", "").replaceAll("-", "_"))
    expect(Object.keys(jobs).toSorted()).toEqual(names.toSorted())
  })

  test("gives forms: JSON Schema, title, description, and for each format whether or why not", () => {
    const schemas = Job.schemas(registry)
    expect(schemas.harness).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      title: "Harness",
      properties: { n: { type: "integer", default: 0 } },
      additionalProperties: false,
    })
    for (const schema of Object.values(schemas)) {
      expect(Object.keys(schema["x-formats"] as object).toSorted()).toEqual([...FORMAT_TYPES].toSorted())
    }
  })

  test("every title is a title", () => {
    for (const title of Object.values(TITLES)) expect(title).toMatch(/^[A-Z][^.]+$/)
  })
})

test("parameters are the same in any order of their keys, and only then", () => {
  expect(hashOf({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(hashOf({ b: { d: 2, c: [1, 2] }, a: 1 }))
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }))
})
