import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import type { DatasetInfo } from "../../core/src/dataset/schema.ts"
import type { JobListItem } from "../../core/src/job/schema.ts"
import type { FaultAction } from "../src/hub/faults.ts"
import { type SampleHub, startSampleHub } from "../src/hub/server.ts"
import { commitOf, memoryFile, repoOf } from "../src/hub/test-repos.ts"
import { type Product, startProduct, until } from "./product.ts"

const INFO = {
  codebase_version: "v2.1",
  robot_type: "so101",
  fps: 30,
  total_episodes: 3,
  total_frames: 60,
  total_tasks: 1,
  chunks_size: 1000,
  data_path: "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
  video_path: null,
  features: {
    action: { dtype: "float32", shape: [6], names: null },
    "observation.state": { dtype: "float32", shape: [6], names: null },
  },
}
// Longer than a Git LFS pointer, which an import looks into.
const episodes = (lengths: number[]) =>
  lengths
    .map(
      (length, episode_index) =>
        `${JSON.stringify({ episode_index, tasks: ["Lift"], length, operator: "somebody".repeat(20) })}\n`,
    )
    .join("")
const commit = (n: number, lengths: number[]) =>
  commitOf(n, {
    "README.md": memoryFile("# An arm"),
    "meta/info.json": memoryFile(JSON.stringify({ ...INFO, total_episodes: lengths.length })),
    "meta/episodes.jsonl": memoryFile(episodes(lengths)),
    "meta/tasks.jsonl": memoryFile('{"task_index":0,"task":"Lift"}\n'),
  })
const first = commit(1, [10, 20, 30])
const second = commit(2, [1, 2, 3, 4])

const data_dir = mkdtempSync(join(tmpdir(), "robokit-faults-"))
const repos = Array.from({ length: 20 }, (_, at) =>
  repoOf(`acme/arm-${at}`, [first, second], { branches: { main: first.id } }),
)
let hub: SampleHub
let product: Product
let next = 0

beforeAll(async () => {
  hub = await startSampleHub({ repos })
  product = await startProduct({ data_dir, env: { HF_ENDPOINT: hub.url, HF_REDIRECT_HOSTS: hub.cdn_url } })
}, 120_000)
afterEach(() => hub.faults.clear())
afterAll(async () => {
  if (product) expect(await product.stop()).toBe(0)
  await hub?.close()
  rmSync(data_dir, { recursive: true, force: true })
})

const get = async <T>(path: string) => (await (await fetch(`${product.api}${path}`)).json()) as T
const post = (repo_id: string) =>
  fetch(`${product.api}/api/v1/datasets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: { type: "huggingface", repo_id } }),
  })
/** Imports a repository nobody imported before. */
async function imported(): Promise<DatasetInfo> {
  const response = await post(repos[next++]!.id)
  expect(response.status).toBe(201)
  return (await response.json()) as DatasetInfo
}
const jobOf = async (id: number) => (await get<JobListItem[]>(`/api/v1/datasets/${id}/jobs`))[0]!
const isTerminal = (job: JobListItem) => job.status === "completed" || job.status === "failed"
// Only a job reads the episodes; the import is not hit.
const isJobs = ({ path }: { path: string }) => path === "meta/episodes.jsonl"

describe("the Hub's weather during a job", () => {
  test.each([
    "429",
    "500",
    "503",
    "reset",
    "truncate",
    "html",
    "wrong_range",
    "whole_200",
    { delay_ms: 1500 },
  ] as FaultAction[])(
    "%o for two answers is sat out within the read",
    async (action) => {
      hub.faults.add({ match: isJobs, times: 2, action })
      const { id } = await imported()
      const job = await until(() => jobOf(id), isTerminal, 40)
      expect(job).toMatchObject({ status: "completed", attempt: 1, error_code: null })
      expect((await get<DatasetInfo>(`/api/v1/datasets/${id}`)).dataset_metadata).toMatchObject({
        episode_count: 3,
        frame_count: 60,
      })
    },
    60_000,
  )

  test("an outage longer than a read's patience is waited for by the engine, and is never the dataset's fault", async () => {
    hub.faults.add({ match: isJobs, action: "503" })
    const { id } = await imported()
    const waiting = await until(
      () => jobOf(id),
      (job) => job.state_detail === "retry_wait" || isTerminal(job),
      60,
    )
    expect(waiting).toMatchObject({ status: "pending", state_detail: "retry_wait" })
    hub.faults.clear()
    const job = await until(() => jobOf(id), isTerminal, 90)
    expect(job).toMatchObject({ status: "completed" })
    expect(job.attempt).toBeGreaterThan(1)
  }, 180_000)

  test("a branch that moves during a job changes nothing: the commit is pinned", async () => {
    const repo = repos[next]!.id
    hub.faults.add({ match: isJobs, times: 1, action: { run: () => hub.setBranch(repo, "main", second.id) } })
    const { id, source } = await imported()
    expect(source).toMatchObject({ revision: first.id, requested_revision: "main" })
    await until(() => jobOf(id), isTerminal, 30)
    expect((await get<DatasetInfo>(`/api/v1/datasets/${id}`)).dataset_metadata).toMatchObject({ episode_count: 3 })
    // The branch's new commit is another dataset.
    const again = await post(repo)
    expect(again.status).toBe(201)
    const moved = (await again.json()) as DatasetInfo
    expect(moved.source.revision).toBe(second.id)
    await until(() => jobOf(moved.id), isTerminal, 30)
    expect((await get<DatasetInfo>(`/api/v1/datasets/${moved.id}`)).dataset_metadata).toMatchObject({
      episode_count: 4,
    })
  }, 90_000)
})

test("an import while the Hub is down is refused with 503 and when to come back, and nothing is stored", async () => {
  const before = (await get<DatasetInfo[]>("/api/v1/datasets/")).length
  hub.faults.add({ match: ({ kind }) => kind === "info", action: "503" })
  const response = await post(repos[next]!.id)
  expect(response.status).toBe(503)
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0)
  expect(await response.json()).toMatchObject({ code: "hub_unavailable" })
  expect(await get<DatasetInfo[]>("/api/v1/datasets/")).toHaveLength(before)
}, 60_000)
