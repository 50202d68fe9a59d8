import { tmpdir } from "node:os"
import { join } from "node:path"
import { resetConfig } from "../../packages/core/src/config.ts"
import { Dataset } from "../../packages/core/src/dataset/dataset.ts"
import { detect, pin } from "../../packages/core/src/dataset/inspect.ts"
import { hugeV3 } from "../../packages/core/src/format/lerobot/builder-huge.ts"
import { Job } from "../../packages/core/src/job/job.ts"
import { Queue } from "../../packages/core/src/job/queue.ts"
import { type SampleHub, startSampleHub } from "../../packages/local/src/hub/server.ts"
import { commitOf, repoOf } from "../../packages/local/src/hub/test-repos.ts"
import { buildFunctions } from "../../packages/functions/build.ts"
import { startS3 } from "../../packages/local/src/s3/server.ts"
import { KEY, secondsOf, withFleet } from "../jobs/fleet.ts"
import { withDatabase } from "../jobs/with-database.ts"
import { median } from "../numbers.ts"
import { QUOTA, totalOf } from "./count.ts"
import { type Least, leastFor } from "./minimum.ts"

const LATENCY_MS = 50
const CREWS = [1, 2]

export interface Huge {
  workers: number
  made: Least
  least: Least
  seconds: number
  /** Of the largest worker. */
  rss_mb: number | null
}

/** 95,658 episodes of 27.6 million frames at metadata depth, through the engine, from a Hub that is 50 ms away. Medians. */
export async function hugeWithWorkers(rounds: number): Promise<Huge[]> {
  const files = await hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") })
  // A commit for each run: the result of one is an answer to the next.
  const commits = Array.from({ length: rounds * CREWS.length }, (_, at) => commitOf(at, Object.fromEntries(files)))
  const repos = commits.map((commit, at) => repoOf(`bench/huge-${at}`, [commit]))
  const file = join(await buildFunctions(), "worker.mjs")
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
        all.get(workers)!.push(await once({ file, hub, repo_id: repos[run]!.id, workers, database_url, data_dir }))
      }
    })
    return CREWS.map((workers) => {
      const runs = all.get(workers)!
      const middle = (of: (one: Omit<Huge, "least">) => number) => median(runs.map(of))
      const peaks = runs.flatMap(({ rss_mb }) => rss_mb ?? [])
      const made = { requests: middle((one) => one.made.requests), bytes: middle((one) => one.made.bytes) }
      return {
        workers,
        made,
        least,
        seconds: middle((one) => one.seconds),
        rss_mb: peaks.length ? median(peaks) : null,
      }
    })
  } finally {
    await hub.close()
  }
}

interface Run {
  /** The bundle of the worker. */
  file: string
  hub: SampleHub
  repo_id: string
  workers: number
  database_url: string
  data_dir: string
}

async function once({ file, hub, repo_id, workers, database_url, data_dir }: Run): Promise<Omit<Huge, "least">> {
  const s3 = await startS3({ data_dir: join(data_dir, "s3"), credentials: KEY, buckets: ["artifacts"] })
  try {
    // An import as any other, but for the jobs that it begins with.
    Queue.deliverWith(async () => {})
    const source = { type: "huggingface", repo_id, revision: "main" } as const
    const usage = { requests: 0, bytes: 0, files: 0 }
    const pinned = await pin({ source, format_type: "auto" }, usage)
    const { id } = await Dataset.register(pinned, await detect(pinned, usage), {})
    const env = {
      HF_ENDPOINT: hub.url,
      HF_REDIRECT_HOSTS: hub.cdn_url,
      ARTIFACT_BUCKET: "artifacts",
      AWS_ENDPOINT_URL_S3: s3.url,
    }
    const before = totalOf(hub)
    const fleet = { workers, size_class: "medium", file, handler: "medium", database_url, data_dir, env } as const
    const { job, rss_mb } = await withFleet(fleet, async ({ completed, peak_mb }) => {
      const { job: begun } = await Job.start(id, "validation", { depth: "metadata" })
      return { job: await completed(id, begun.id), rss_mb: peak_mb() }
    })
    const after = totalOf(hub)
    return {
      workers,
      made: { requests: after.requests - before.requests, bytes: after.bytes - before.bytes },
      seconds: secondsOf(job),
      rss_mb,
    }
  } finally {
    Queue.deliverWith()
    await s3.stop()
  }
}
