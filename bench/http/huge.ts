import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { eq } from "drizzle-orm"
import { resetConfig } from "../../packages/core/src/config.ts"
import { Dataset } from "../../packages/core/src/dataset/dataset.ts"
import { use } from "../../packages/core/src/db/database.ts"
import { hugeV3 } from "../../packages/core/src/format/lerobot/builder-huge.ts"
import { jobTable } from "../../packages/core/src/job/job.sql.ts"
import { Job } from "../../packages/core/src/job/job.ts"
import { Queue } from "../../packages/core/src/job/queue.ts"
import { type SampleHub, startSampleHub } from "../../packages/local/src/hub/server.ts"
import { commitOf, repoOf } from "../../packages/local/src/hub/test-repos.ts"
import { startS3 } from "../../packages/local/src/s3/server.ts"
import { KEY, secondsOf, withFleet } from "../jobs/fleet.ts"
import { withDatabase } from "../jobs/with-database.ts"
import { median } from "../numbers.ts"
import { QUOTA, totalOf } from "./count.ts"
import { type Least, leastFor } from "./minimum.ts"

const WORKER = fileURLToPath(new URL("measured-worker.ts", import.meta.url))
const LATENCY_MS = 50
const CREWS = [1, 2]

export interface Huge {
  workers: number
  made: Least
  least: Least
  seconds: number
  /** Of the largest worker. */
  rss_mb: number
}

/** 95,658 episodes of 27.6 million frames at metadata depth, through the engine, from a Hub that is 50 ms away. Medians. */
export async function hugeWithWorkers(rounds: number): Promise<Huge[]> {
  const files = await hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") })
  // A commit for each run: the result of one is an answer to the next.
  const commits = Array.from({ length: rounds * CREWS.length }, (_, at) => commitOf(at, Object.fromEntries(files)))
  const repos = commits.map((commit, at) => repoOf(`bench/huge-${at}`, [commit]))
  const hub = await startSampleHub({ repos, quota: QUOTA })
  try {
    Object.assign(process.env, { HF_ENDPOINT: hub.url, HF_REDIRECT_HOSTS: hub.cdn_url })
    const listing = `${hub.url}/api/datasets/${repos[0]!.id}/tree/${commits[0]!.id}?recursive=true`
    const least = await leastFor({ files, listing }, "metadata")
    hub.faults.add({ match: () => true, action: { delay_ms: LATENCY_MS } })
    const all = new Map<number, Omit<Huge, "least">[]>(CREWS.map((workers) => [workers, []]))
    await withDatabase(async (database_url, scratch) => {
      resetConfig()
      for (let run = 0; run < commits.length; run++) {
        const workers = CREWS[run % CREWS.length]!
        const data_dir = join(scratch, String(run))
        all.get(workers)!.push(await once({ hub, repo_id: repos[run]!.id, workers, database_url, data_dir }))
      }
    })
    return CREWS.map((workers) => {
      const middle = (of: (one: Omit<Huge, "least">) => number) => median(all.get(workers)!.map(of))
      const made = { requests: middle((one) => one.made.requests), bytes: middle((one) => one.made.bytes) }
      return { workers, made, least, seconds: middle((one) => one.seconds), rss_mb: middle((one) => one.rss_mb) }
    })
  } finally {
    await hub.close()
  }
}

interface Run {
  hub: SampleHub
  repo_id: string
  workers: number
  database_url: string
  data_dir: string
}

async function once({ hub, repo_id, workers, database_url, data_dir }: Run): Promise<Omit<Huge, "least">> {
  const peaks = join(data_dir, "peaks")
  mkdirSync(peaks, { recursive: true })
  const s3 = await startS3({ data_dir: join(data_dir, "s3"), credentials: KEY, buckets: ["artifacts"] })
  try {
    // The jobs of the import are not what is measured.
    Queue.deliverWith(async () => {})
    const source = { type: "huggingface", repo_id, revision: "main" } as const
    const { id } = await Dataset.create({ source, format_type: "auto" })
    await use().delete(jobTable).where(eq(jobTable.dataset_id, id))
    const env = {
      HF_ENDPOINT: hub.url,
      HF_REDIRECT_HOSTS: hub.cdn_url,
      ARTIFACT_BUCKET: "artifacts",
      AWS_ENDPOINT_URL_S3: s3.url,
      PEAKS: peaks,
    }
    const before = totalOf(hub)
    const fleet = { workers, size_class: "medium", file: WORKER, database_url, data_dir, env } as const
    const job = await withFleet(fleet, async ({ completed }) => {
      const { job: begun } = await Job.start(id, "validation", { depth: "metadata" })
      return completed(id, begun.id)
    })
    const after = totalOf(hub)
    const sizes = readdirSync(peaks).map((pid) => Number(readFileSync(join(peaks, pid), "utf8")))
    return {
      workers,
      made: { requests: after.requests - before.requests, bytes: after.bytes - before.bytes },
      seconds: secondsOf(job),
      rss_mb: Math.max(...sizes) / 1024,
    }
  } finally {
    Queue.deliverWith()
    await s3.stop()
  }
}
