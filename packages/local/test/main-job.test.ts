import { rmSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DatasetInfo } from "../../core/src/dataset/schema.ts"
import type { Frames } from "../../core/src/episode/frames.ts"
import type { Episode, IndexSearch } from "../../core/src/episode/schema.ts"
import type { JobInfo } from "../../core/src/job/schema.ts"
import { type Product, startProduct, until } from "./product.ts"
import { useBackendDatasets, useHuggingFaceSearch, useJobMonitoring } from "./seed-client.ts"

const SAMPLE = "observabot/so101_die_mat4"

let product: Product
beforeAll(async () => {
  product = await startProduct()
}, 120_000)
afterAll(async () => {
  if (!product) return
  expect(await product.stop()).toBe(0)
  rmSync(product.data_dir, { recursive: true, force: true })
})

const get = async <T>(path: string) => (await (await fetch(`${product.portal}${path}`)).json()) as T
const dataset = (id: number) => get<DatasetInfo>(`/api/v1/datasets/${id}`)
const jobs = (id: number) => get<JobInfo[]>(`/api/v1/datasets/${id}/jobs`)
const artifacts = (id: number, job: number) =>
  get<{ name: string; url: string; bytes: number; sha256: string }[]>(`/api/v1/datasets/${id}/jobs/${job}/artifacts`)
const create = (repo_id: string, revision = "main", format_type = "auto") =>
  fetch(`${product.portal}/api/v1/datasets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: { type: "huggingface", repo_id, revision }, format_type }),
  })

test("the portal, the API, the document and both health pages answer on one origin", async () => {
  for (const path of ["/", "/health", "/ready", "/openapi.json", "/docs"]) {
    expect((await fetch(`${product.portal}${path}`)).status, path).toBe(200)
  }
  expect((await fetch(`${product.api}/health`)).status).toBe(200)
})

test("the start says where everything is, one line each", () => {
  for (const name of ["Portal", "API", "Sample Hub", "Postgres", "SQS", "S3"]) {
    expect(product.output()).toMatch(new RegExp(`^\\s*${name}\\s+\\S+://127\\.0\\.0\\.1:\\d+`, "m"))
  }
})

describe("the main job", () => {
  let id: number

  test("an import of the seed's example ends with 217 episodes, 3 cameras and 3 sensors", async () => {
    const created = await create(SAMPLE)
    expect(created.status).toBe(201)
    const body = (await created.json()) as DatasetInfo
    id = body.id
    expect(created.headers.get("location")).toBe(`/api/v1/datasets/${id}`)
    expect(body.source.revision).toMatch(/^[0-9a-f]{40}$/)

    const done = await until(
      () => dataset(id),
      (each) => /completed|failed/.test(each.status),
      60,
    )
    expect(done).toMatchObject({ status: "completed", progress: 100, format_type: "lerobot" })
    expect(done.dataset_metadata).toMatchObject({ format_version: "v3.0", episode_count: 217 })
    expect(done.dataset_metadata!.cameras).toHaveLength(3)
    expect(done.dataset_metadata!.sensors).toHaveLength(3)
  })

  test("it read no video body, less than 2 % of the repository, and took at most 13 requests, one of them for branches and tags", async () => {
    const metadata = (await dataset(id)).dataset_metadata!
    console.log("217 episodes read with", metadata.read, "of", metadata.files.bytes, "bytes")
    expect(metadata.read.requests).toBeLessThanOrEqual(13)
    expect(metadata.read.bytes).toBeLessThan(0.02 * metadata.files.bytes!)
    expect(metadata.files.by_kind.video!.bytes).toBeGreaterThan(10 * metadata.read.bytes)
  })

  test("its episodes can be listed, searched and looked into", async () => {
    const ask = async <T>(path: string) => (await (await fetch(`${product.portal}/api/v1/${path}`)).json()) as T
    const episodes = await ask<Episode[]>(`datasets/${id}/episodes?sort=-length&limit=2`)
    expect(episodes).toHaveLength(2)
    const { episode_index, length, videos } = episodes[0]!
    expect(videos).toHaveLength(3)
    const frames = await ask<Frames>(`datasets/${id}/episodes/${episode_index}/frames?points=50`)
    expect(frames).toMatchObject({ rows: length, flags: [], notes: [] })
    expect(frames.series.length).toBeGreaterThan(10)
    const { tasks } = await ask<IndexSearch>("search?q=die&kind=tasks")
    expect(tasks[0]!.dataset).toMatchObject({ id, repo_id: SAMPLE })
  })

  test("the import also led to a verdict, within seconds, with what was read, in each tool's form, and to a badge", async () => {
    const job = await until(
      async () => (await jobs(id)).find(({ job_type }) => job_type === "validation")!,
      ({ status }) => /completed|failed/.test(status),
      60,
    )
    const { source, created_at } = await dataset(id)
    const seconds = (Date.parse(job.completed_at!) - Date.parse(created_at)) / 1000
    console.log("import to verdict:", seconds, "s;", job.usage)
    expect(seconds).toBeLessThan(30)
    expect(job).toMatchObject({
      status: "completed",
      params: { depth: "metadata" },
      result_summary: { verdict: "pass" },
    })
    expect(job.result_summary!["coverage"]).toMatchObject({ episodes: { read: 217, total: 217 } })
    const reports = await artifacts(id, job.id)
    expect(reports.map(({ name }) => name)).toEqual([
      "validation.json",
      "report.md",
      "report.sarif",
      "junit.xml",
      "annotations.txt",
    ])
    const sarif = await fetch(`${product.portal}/api/v1/datasets/${id}/jobs/${job.id}/report.sarif`)
    expect(sarif.headers.get("content-type")).toBe("application/sarif+json; charset=utf-8")
    expect(await sarif.text()).toBe(await (await fetch(reports[2]!.url)).text())
    const badge = await get<{ message: string }>(`/badge/${SAMPLE}.json`)
    expect(badge.message).toBe(`passed · metadata · ${source.revision.slice(0, 7)}`)
    expect((await fetch(`${product.portal}/schemas/validation.json`)).status).toBe(200)
  })

  test("its full result is an artefact in S3 that the address given fetches", async () => {
    const [job] = await jobs(id)
    expect(job!.result).toBeUndefined()
    const [artifact] = await artifacts(id, job!.id)
    const body = await (await fetch(artifact!.url)).arrayBuffer()
    expect(body.byteLength).toBe(artifact!.bytes)
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", body)).toString("hex")
    expect(digest).toBe(artifact!.sha256)
    expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ episode_count: 217 })
  })

  test("the same again is the same dataset", async () => {
    const again = await create(SAMPLE)
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ existing_id: id, code: "dataset_exists" })
  })

  test("a deleted dataset is gone, and its artefacts with it", async () => {
    const [job] = await jobs(id)
    const [artifact] = await artifacts(id, job!.id)
    expect((await fetch(`${product.portal}/api/v1/datasets/${id}`, { method: "DELETE" })).status).toBe(204)
    expect((await fetch(`${product.portal}/api/v1/datasets/${id}`)).status).toBe(404)
    await until(
      async () => (await fetch(artifact!.url)).status,
      (status) => status === 404,
      60,
    )
  })
})

describe("the seed's own client, unchanged", () => {
  test("creates, lists, and polls until every job is done", async () => {
    const { createDataset, listDatasets, getDatasetStatus } = useBackendDatasets(product.api)
    const search = useHuggingFaceSearch(product.portal)
    const { datasets } = await search.searchDatasets({ query: "so101_die", limit: 8, offset: 0, sort: "downloads" })
    expect(datasets.map((each) => each.repo_id)).toContain(SAMPLE)

    const created = await createDataset(SAMPLE, "main")
    expect((await listDatasets()).map((each) => each.id)).toContain(created.id)
    let updates = 0
    const { startMonitoring } = useJobMonitoring(getDatasetStatus, 200)
    const final = await startMonitoring(created.id, () => updates++)
    expect(updates).toBeGreaterThan(0)
    expect(final).toMatchObject({ dataset_id: created.id, status: "completed", progress: 100 })
    expect(final.jobs[0]).toMatchObject({ job_type: "metadata_extraction" })
    for (const job of final.jobs) expect(job).toMatchObject({ status: "completed", progress: 100 })
  })

  test("search pages from the first page to the last with nothing twice", async () => {
    const { searchWithPagination } = useHuggingFaceSearch(product.portal)
    const seen: string[] = []
    for (let page = 0; ; page++) {
      const results = await searchWithPagination("", page)
      seen.push(...results.datasets.map((each) => each.repo_id))
      if (!results.hasMore) {
        expect(results.total).toBe(seen.length)
        break
      }
      expect(results.datasets).toHaveLength(8)
    }
    expect(seen.length).toBeGreaterThan(30)
    expect(new Set(seen).size).toBe(seen.length)
  })
})

test("100 parallel identical imports make one dataset", async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => create("robokit-samples/no-such-repository")))
  expect(new Set(answers.map((each) => each.status))).toEqual(new Set([404]))
  const { datasets } = await useHuggingFaceSearch(product.portal).searchWithPagination("", 1)
  const repo_id = datasets.find((each) => each.repo_id !== SAMPLE)!.repo_id
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await create(repo_id)).status))
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status === 409)).toHaveLength(99)
})
