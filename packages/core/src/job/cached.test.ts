import { eq, sql } from "drizzle-orm"
import { beforeEach, describe, expect, test } from "vitest"
import { statementsOf, useDatabase } from "../../test/database.ts"
import { catchMessages, harnessJob, importDataset, keepObjects, newSha, outcome } from "../../test/engine.ts"
import { Dataset } from "../dataset/dataset.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { transaction, use } from "../db/database.ts"
import { Cached } from "./cached.ts"
import { execute } from "./execute.ts"
import { hashOf, Job } from "./job.ts"
import { jobs } from "./registry.ts"
import { sweep } from "./sweep.ts"

const database = useDatabase()
const registry = { ...jobs, harness: harnessJob() }
const KNOWN = Object.keys(registry)
const PRIVATE = { private: true, gated: false }
const GATED = { private: false, gated: true }

let caught: ReturnType<typeof catchMessages>
let objects: ReturnType<typeof keepObjects>
let revision: string
beforeEach(() => {
  caught = catchMessages()
  objects = keepObjects()
  revision = newSha()
})

/** Accounts do not exist yet: what is imported is handed to another tenant afterwards. */
async function importAs(tenant: number, options: Parameters<typeof importDataset>[0] = {}) {
  const dataset = await importDataset({ revision, ...options })
  await use().execute(sql`update dataset set tenant_id = ${tenant} where id = ${dataset.id}`)
  await use().execute(sql`update job set tenant_id = ${tenant} where dataset_id = ${dataset.id}`)
  return dataset
}
const start = (dataset_id: number, n = 0, with_registry: typeof registry = registry) =>
  Job.start(dataset_id, "harness", { n }, with_registry)
const finish = (id: number) =>
  execute(id, { registry, time_limit_ms: 10_000, run: async () => outcome({ by: id, episode_count: 7 }) })
/** A dataset of tenant 2 whose metadata is job 1 and whose harness job is job 2, both done. */
async function origin(options = {}) {
  const dataset = await importAs(2, options)
  await start(dataset.id)
  expect([await finish(1), await finish(2)]).toEqual(["completed", "completed"])
  caught.sent.length = 0
  return dataset
}
const NOTHING = { requests: 0, bytes: 0, compute_ms: 0 }
const COPY = { status: "completed", progress: 100, attempt: 0, usage: NOTHING, price_usd: 0, started_at: null }

describe("a result of the same commit", () => {
  test("is shown at once by an import: no work, no cost, no message", async () => {
    const first = await origin()
    const stored = [...objects.keys()]
    const second = await importDataset({ revision })
    expect(second).toMatchObject({ status: "completed", progress: 100, dataset_metadata: { by: 1, episode_count: 7 } })
    expect(await Dataset.get(second.id)).toEqual({ ...second, updated_at: expect.any(String) })
    const [job] = (await Job.list(second.id)).rows
    expect(job).toMatchObject({
      ...COPY,
      job_type: "metadata_extraction",
      cached_from: 1,
      result_summary: { ok: true },
    })
    expect(await Job.artifacts(second.id, job!.id)).toEqual(await Job.artifacts(first.id, 1))
    expect(caught.jobs()).toEqual([])
    expect([...objects.keys()]).toEqual(stored)
    const [row] = await use().execute(sql`select tenant_id from job where id = ${job!.id}`)
    expect(row).toEqual({ tenant_id: 1 })
  })

  test("is shown at once by a start, which is then the job there is", async () => {
    await origin()
    const { id } = await importDataset({ revision })
    const { job, created } = await start(id)
    expect({ job, created }).toMatchObject({ created: false, job: { ...COPY, cached_from: 2, result: { by: 2 } } })
    expect(await start(id)).toEqual({ job, created: false })
    expect(caught.jobs()).toEqual([])
  })

  test("is one job, however many start it at once", async () => {
    await origin()
    const { id } = await importDataset({ revision })
    const all = await Promise.all(Array.from({ length: 20 }, () => start(id)))
    expect(new Set(all.map(({ job }) => job.id)).size).toBe(1)
    expect((await Job.list(id)).total).toBe(2)
  })

  test("takes ten statements, whatever it took to make", async () => {
    await origin()
    const { id } = await importDataset({ revision })
    const statements = await statementsOf(() => start(id))
    expect(statements.length).toBeGreaterThan(3)
    expect(statements.length).toBeLessThanOrEqual(10)
  })

  test("names the job that did the work, also as a copy of a copy", async () => {
    const first = await origin()
    await importAs(3)
    await Dataset.remove(first.id)
    const third = await importDataset({ revision })
    expect((await Job.list(third.id)).rows).toMatchObject([{ ...COPY, cached_from: 1 }])
  })

  test.each([
    ["another access", GATED, undefined, ""],
    ["less access", undefined, PRIVATE, ""],
    ["no access for others", PRIVATE, PRIVATE, ""],
    ["no access without asking", GATED, GATED, ""],
    ["another commit", undefined, undefined, "update dataset set revision = repeat('a', 40) where id = 1"],
    ["another repository", undefined, undefined, "update dataset set repo_id = 'acme/leg' where id = 1"],
    ["another format", undefined, undefined, "update dataset set format_type = 'parquet' where id = 1"],
    ["other parameters", undefined, undefined, "update job set params_hash = repeat('a', 64) where id < 3"],
    ["an older version", undefined, undefined, "update job set job_version = 0 where id < 3"],
    ["a part only", undefined, undefined, `update job set partial = '{"reason": "budget"}' where id < 3`],
    ["another type", undefined, undefined, "update job set job_type = 'other' || id where id < 3"],
  ])("is not shown for %s", async (_, theirs, ours, change) => {
    await origin({ ...(theirs && { access: theirs }) })
    if (change) await use().execute(sql.raw(change))
    const { id, status } = await importDataset({ revision, ...(ours && { access: ours }) })
    expect(status).toBe("pending")
    expect(await start(id)).toMatchObject({ created: true, job: { status: "pending", cached_from: null } })
    expect(caught.jobs()).toEqual([3, 4])
  })

  test("that is a part only is no answer to the same question again", async () => {
    const { id } = await origin()
    await use().execute(sql`update job set partial = '{"reason": "budget"}' where id = 2`)
    expect(await start(id)).toMatchObject({ created: true })
  })
})

describe("the files of a result", () => {
  const shows = async (dataset_id: number) => {
    const { rows } = await Job.list(dataset_id)
    const files = await Promise.all(rows.map(({ id }) => Job.artifacts(dataset_id, id)))
    return files.flat().map(({ url }) => objects.has(url.replace("https://signed.test/", "").replace(/\?.*/, "")))
  }

  test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    "stay for as long as anybody shows them, deleted in the order %j, and none is left at the end",
    async (order) => {
      const [first, second, third] = [await origin(), await importAs(3), await importAs(4)]
      for (const { id } of [second, third]) await start(id)
      // One that was not lent: it goes with its dataset.
      objects.set(`results/${first.id}/9/1-x/own.json`, new Uint8Array(1))
      const all = [first, second, third]
      for (const [at, which] of order.entries()) {
        await Dataset.remove(all[which]!.id)
        await sweep(KNOWN)
        for (const left of order.slice(at + 1)) expect(await shows(all[left]!.id)).toEqual([true, true])
        expect(objects.has(`results/${first.id}/9/1-x/own.json`)).toBe(order.indexOf(0) > at)
      }
      expect([...objects.keys()]).toEqual([])
      const [unsent] = await use().execute(sql`select count(*)::int as n from outbox where sent_at is null`)
      expect(unsent).toEqual({ n: 0 })
    },
  )

  test("cannot be deleted while somebody is about to show them", async () => {
    const first = await origin()
    const { id } = await importDataset({ revision })
    const [scope] = await use().select(Cached.scopeColumns).from(datasetTable).where(eq(datasetTable.id, id))
    const wanted = { job_type: "harness", job_version: 1, params: { n: 0 }, params_hash: hashOf({ n: 0 }) }
    await transaction(async () => {
      expect(await Cached.copy(scope!, wanted)).toMatchObject({ cached_from: 2 })
      const deletion = database.admin.begin(async (tx) => {
        await tx`set local lock_timeout = '100ms'`
        await tx`delete from dataset where id = ${first.id}`
      })
      await expect(deletion).rejects.toMatchObject({ code: "55P03" })
    })
    await Dataset.remove(first.id)
    await sweep(KNOWN)
    expect(await shows(id)).toEqual([true, true])
  })

  test("that are just being deleted are not waited for: who asks then does the work", async () => {
    const first = await origin()
    const { id } = await importDataset({ revision })
    await database.admin.begin(async (tx) => {
      await tx`delete from dataset where id = ${first.id}`
      expect(await start(id)).toMatchObject({ created: true, job: { status: "pending" } })
    })
  })

  test("are there for whoever copied while their dataset was deleted, and for nobody else", async () => {
    for (let round = 0; round < 15; round++) {
      revision = newSha()
      const first = await importAs(2)
      const made = await start(first.id)
      await finish(made.job.id)
      const second = await importDataset({ revision })
      const [{ job }] = await Promise.all([start(second.id), Dataset.remove(first.id)])
      await sweep(KNOWN)
      if (job.status === "completed") expect(await shows(second.id)).toEqual([true])
      else expect(objects.size).toBe(0)
      await Dataset.remove(second.id)
      await sweep(KNOWN)
      expect(objects.size).toBe(0)
    }
  })
})
