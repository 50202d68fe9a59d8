import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import type { DatasetInfo } from "../../core/src/dataset/schema.ts"
import type { JobListItem } from "../../core/src/job/schema.ts"
import { type SampleHub, startSampleHub } from "../src/hub/server.ts"
import { sampleRepos } from "../src/samples/catalogue.ts"
import { type Product, startProduct, until } from "./product.ts"

const data_dir = mkdtempSync(join(tmpdir(), "robokit-recovery-"))
let hub: SampleHub
let product: Product

// The Hub outlives the product here, and can be made slow so that jobs are caught in the middle.
const start = () =>
  startProduct({ data_dir, env: { HF_ENDPOINT: hub.url, HF_REDIRECT_HOSTS: new URL(hub.cdn_url).origin } })

beforeAll(async () => {
  const quota = { window_s: 300, api: 100_000, resolvers: 100_000, pages: 100_000 }
  hub = await startSampleHub({ repos: sampleRepos(join(data_dir, "hub")), quota })
  product = await start()
}, 120_000)
afterEach(() => hub.faults.clear())
afterAll(async () => {
  if (product) expect(await product.stop()).toBe(0)
  await hub?.close()
  rmSync(data_dir, { recursive: true, force: true })
})

const get = async <T>(path: string) => (await (await fetch(`${product.api}${path}`)).json()) as T
const create = async (repo_id: string) => {
  const response = await fetch(`${product.api}/api/v1/datasets/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: { type: "huggingface", repo_id }, format_type: "auto" }),
  })
  return { status: response.status, body: (await response.json()) as DatasetInfo }
}
const jobsOf = (id: number) => get<JobListItem[]>(`/api/v1/datasets/${id}/jobs`)
const isTerminal = (job: { status: string }) => job.status === "completed" || job.status === "failed"
// What only a job reads: an import stays quick and its job is caught reading.
const slowJobs = () =>
  hub.faults.add({ match: ({ path }) => /meta\/(episodes|tasks)/.test(path), action: { delay_ms: 3000 } })

test("a job whose process is killed with -9 runs again and completes within 120 s", async () => {
  slowJobs()
  const { body } = await create("observabot/so101_die_mat4")
  await until(
    () => jobsOf(body.id),
    ([job]) => job!.status === "running" || isTerminal(job!),
    30,
  )
  const [running] = await jobsOf(body.id)
  expect(running!.status).toBe("running")
  const killed = processesOf(product.child.pid!, /worker/)
  expect(killed.length).toBeGreaterThan(0)
  for (const pid of killed) process.kill(pid, "SIGKILL")
  hub.faults.clear()

  const started = Date.now()
  const [job] = await until(
    () => jobsOf(body.id),
    ([each]) => isTerminal(each!),
    120,
  )
  console.log(`killed -9; completed again after ${((Date.now() - started) / 1000).toFixed(1)} s`)
  expect(job).toMatchObject({ status: "completed", attempt: 2 })
}, 180_000)

test("kill -9 of everything with 25 imports under way loses none and doubles none", async () => {
  const wanted = hub.repos.filter((repo) => !repo.private && !repo.disabled && !repo.gated).map((repo) => repo.id)
  const imported: DatasetInfo[] = []
  slowJobs()
  const attempts = wanted.filter((id) => id !== "observabot/so101_die_mat4").map((id) => create(id))
  // Some samples are refused by design; every import that was acknowledged must end.
  for (const each of attempts)
    void each.then(
      ({ status, body }) => status === 201 && imported.push(body),
      () => {},
    )
  await until(
    async () => imported.length,
    (count) => count >= 25,
    60,
  )
  await product.killAll()
  hub.faults.clear()
  const acknowledged = imported.map((each) => each.id)
  await Promise.allSettled(attempts)
  await until(
    async () => processesOf(product.child.pid!, /./),
    (left) => left.length === 0,
    5,
  )

  product = await start()
  const started = Date.now()
  const all = await until(
    () => get<DatasetInfo[]>("/api/v1/datasets/"),
    (datasets) => datasets.every((each) => isTerminal(each)),
    150,
  )
  console.log(
    `killed with ${acknowledged.length} imports; all ended after ${((Date.now() - started) / 1000).toFixed(1)} s`,
  )
  expect(all.map((each) => each.id)).toEqual(expect.arrayContaining(acknowledged))
  expect(new Set(all.map((each) => each.source.repo_id)).size).toBe(all.length)
  for (const dataset of all) {
    const jobs = await jobsOf(dataset.id)
    const wanted = ["metadata_extraction", ...(dataset.format_type === "lerobot" ? ["indexing"] : [])]
    expect(jobs.map(({ job_type }) => job_type)).toEqual(wanted)
    for (const job of jobs) expect(job).toSatisfy(isTerminal)
    if (jobs[0]!.status === "completed") expect(dataset.dataset_metadata).not.toBeNull()
  }
}, 300_000)

test("an orphaned database is adopted and what it holds is there", async () => {
  const before = await get<DatasetInfo[]>("/api/v1/datasets/")
  const group = product.child.pid!
  process.kill(-group, "SIGKILL")
  await until(
    async () => product.child.signalCode,
    (signal) => signal !== null,
    10,
  )
  product = await start()
  expect((await get<DatasetInfo[]>("/api/v1/datasets/")).map((each) => each.id)).toEqual(before.map((each) => each.id))
}, 120_000)

test("Ctrl-C leaves no process", async () => {
  const pid = product.child.pid!
  expect(await product.stop()).toBe(0)
  await sleep(100)
  expect(processesOf(pid, /./)).toEqual([])
  expect(postgresOf(data_dir)).toEqual([])
  product = await start()
}, 120_000)

/** Members of the product's process group whose command line matches. */
function processesOf(group: number, command: RegExp): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,pgid=,stat=,args="], { encoding: "utf8" }).trim().split("\n")
  return rows.flatMap((row) => {
    const [pid, pgid, stat, ...args] = row.trim().split(/\s+/)
    return Number(pgid) === group && !stat!.startsWith("Z") && command.test(args.join(" ")) ? [Number(pid)] : []
  })
}

function postgresOf(folder: string): number[] {
  return readdirSync("/proc")
    .filter((each) => /^\d+$/.test(each))
    .flatMap((pid) => {
      try {
        const isOurs =
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) ||
          readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        return isOurs && Number(pid) !== process.pid && /postgres/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"))
          ? [Number(pid)]
          : []
      } catch {
        return []
      }
    })
}
