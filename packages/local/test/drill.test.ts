import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs"
import postgres from "postgres"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { DatasetInfo } from "../../core/src/dataset/schema.ts"
import type { Artifact } from "../../core/src/job/schema.ts"
import { concurrencyOf } from "../src/functions.ts"
import { type SampleHub, startSampleHub } from "../src/hub/server.ts"
import { sampleRepos } from "../src/samples/catalogue.ts"
import { REGION } from "../src/sqs.ts"
import { type Product, startProduct, until } from "./product.ts"

// The drill of docs/operations.md: an earlier state comes back, first as a whole, then of the database alone.

const scratch = mkdtempSync(join(tmpdir(), "robokit-drill-"))
// So that the database lies where it seems to, also under root.
chmodSync(scratch, 0o755)
const data_dir = join(scratch, "data")
const backup = join(scratch, "backup")
const WORKERS = concurrencyOf("worker-light")
const LEROBOT = /^(observabot|kitchen-lab|shelf-robotics|tabletop-robotics|robokit-samples|humanoid-house)\//
let hub: SampleHub
let product: Product
/** What can be imported and made slow, and is not imported. */
let names: string[]

const start = async () => {
  const HF_REDIRECT_HOSTS = new URL(hub.cdn_url).origin
  const env = { HF_ENDPOINT: hub.url, HF_REDIRECT_HOSTS, JOB_LEASE_SECONDS: "5" }
  product = await startProduct({ data_dir, env })
}
// As the page says it: with owners and times, and what a link points to instead of the link.
const copy = (from: string, to: string) => {
  rmSync(to, { recursive: true, force: true })
  execFileSync("cp", ["-aL", from, to])
}

beforeAll(async () => {
  const quota = { window_s: 300, api: 100_000, resolvers: 100_000, pages: 100_000 }
  hub = await startSampleHub({ repos: sampleRepos(join(scratch, "hub")), quota })
  const open = hub.repos.filter((repo) => !repo.private && !repo.disabled && !repo.gated)
  names = open.map((repo) => repo.id).filter((id) => LEROBOT.test(id))
  await start()
}, 120_000)
afterAll(async () => {
  await product?.stop()
  await hub?.close()
  rmSync(scratch, { recursive: true, force: true })
})

const get = async <T>(path: string) => (await (await fetch(`${product.api}${path}`)).json()) as T
const slowJobs = () =>
  hub.faults.add({ match: ({ path }) => /meta\/(episodes|tasks)/.test(path), action: { delay_ms: 3000 } })

/** Imports `count` more, at once. */
async function importSome(count: number): Promise<string[]> {
  const wanted = names.splice(0, count)
  const answers = await Promise.all(wanted.map(create))
  expect(answers).toEqual(wanted.map(() => 201))
  return wanted
}

async function create(repo_id: string): Promise<number> {
  const response = await fetch(`${product.api}/api/v1/datasets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: { type: "huggingface", repo_id }, format_type: "auto" }),
  })
  return response.status
}

const imported = async () => (await get<DatasetInfo[]>("/api/v1/datasets/")).map((each) => each.source.repo_id)

async function withDatabase<T>(ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const url = new URL(/^\s*Postgres\s+(postgres\S+)/m.exec(product.output())![1]!)
  url.username = "robokit"
  const sql = postgres(url.href, { max: 1 })
  try {
    return await ask(sql)
  } finally {
    await sql.end()
  }
}

const openJobs = () =>
  withDatabase(async (sql) => (await sql`select id, status from job where status in ('pending', 'running')`).slice())

async function messagesOf(queue: string) {
  const endpoint = /^\s*SQS\s+(http\S+)/m.exec(product.output())![1]!
  const client = new SQSClient({ region: REGION, endpoint, credentials: { accessKeyId: "x", secretAccessKey: "x" } })
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/000000000000/${queue}`, AttributeNames: ["All"] }),
    )
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes!
    return { waiting: Number(ApproximateNumberOfMessages), taken: Number(ApproximateNumberOfMessagesNotVisible) }
  } finally {
    client.destroy()
  }
}

/** `stops` is how often the queue lost its readers in the middle of their work. */
async function expectSoundness(stops: number) {
  await until(openJobs, (open) => open.length === 0, 150)
  // Those that a reader took with it come again after the visibility timeout, and so would any that is refused: longer than
  // is waited for here. One that is being worked off goes in a moment.
  await until(
    () => messagesOf("jobs-light"),
    ({ waiting, taken }) => waiting === 0 && taken <= stops * WORKERS,
    30,
  )
  expect(await messagesOf("jobs-dlq")).toEqual({ waiting: 0, taken: 0 })
  await withDatabase(async (sql) => {
    expect(await sql`select 1 from dataset group by repo_id, revision, format_type having count(*) > 1`).toHaveLength(0)
    const doubled = sql`select 1 from job where status = 'completed'
      group by dataset_id, job_type, params_hash, job_version having count(*) > 1`
    expect(await doubled).toHaveLength(0)
    expect(await sql`select 1 from job where (status = 'completed') <> (result is not null)`).toHaveLength(0)
    expect(await sql`select 1 from job where completed_at is null or lease_token is not null`).toHaveLength(0)
    const unindexed = sql`select 1 from job where status = 'completed' and job_type = 'indexing'
      and (result->>'episodes')::int <> (select count(*) from episode where job_id = job.id)`
    expect(await unindexed).toHaveLength(0)
    const without = sql`select 1 from dataset where id not in (select dataset_id from job)`
    expect(await without).toHaveLength(0)
  })
  await expectArtifactsThere()
}

/** What the rows promise is in the bucket, byte for byte. */
async function expectArtifactsThere() {
  // An index has rows and no files.
  const written = (sql: postgres.Sql) =>
    sql`select id, dataset_id from job where status = 'completed' and job_type = 'metadata_extraction'`
  const jobs = await withDatabase(written)
  expect(jobs.length).toBeGreaterThan(0)
  for (const { id, dataset_id } of jobs) {
    const artifacts = await get<Artifact[]>(`/api/v1/datasets/${dataset_id}/jobs/${id}/artifacts`)
    expect(artifacts.length).toBeGreaterThan(0)
    for (const { url, sha256 } of artifacts) {
      const body = Buffer.from(await (await fetch(url)).arrayBuffer())
      expect(createHash("sha256").update(body).digest("hex")).toBe(sha256)
    }
  }
}

/** Work after the copy: two jobs in the middle and the messages of others in the queue when everything is killed. */
async function workAndDie() {
  slowJobs()
  const lost = await importSome(6)
  const count = (open: { status?: string }[], status: string) => open.filter((each) => each.status === status).length
  await until(openJobs, (open) => count(open, "running") >= WORKERS && count(open, "pending") >= 3, 30)
  await product.killAll()
  hub.faults.clear()
  return lost
}

let kept: string[]

test("a copy is taken of the stopped product, with jobs under way", async () => {
  await importSome(3)
  await until(openJobs, (open) => open.length === 0, 60)
  slowJobs()
  await importSome(3)
  await until(openJobs, (open) => open.some((each) => each.status === "running"), 30)
  kept = await imported()
  expect(await product.stop()).toBe(0)
  hub.faults.clear()
  copy(data_dir, backup)
}, 120_000)

test("the whole folder comes back: what was under way ends, what came later is gone, nothing is doubled", async () => {
  await start()
  const lost = await workAndDie()

  copy(backup, data_dir)
  await start()
  expect(await imported()).toEqual(kept)
  await expectSoundness(1)
  names.unshift(...lost)
  await importSome(2)
  await expectSoundness(1)
}, 300_000)

test("the database alone comes back: messages and objects of jobs it does not know do no harm", async () => {
  const lost = await workAndDie()

  copy(join(backup, "pg"), join(data_dir, "pg"))
  await start()
  expect(await imported()).toEqual(kept)
  // They get the numbers that the lost ones had, whose messages and objects are still about.
  names.unshift(...lost)
  await importSome(lost.length)
  await expectSoundness(2)
  expect(new Set(await imported())).toEqual(new Set([...kept, ...lost]))
}, 300_000)
