import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Job } from "../../packages/core/src/job/job.ts"
import { Queue } from "../../packages/core/src/job/queue.ts"
import { importDataset } from "../../packages/core/test/engine.ts"
import { median, round } from "../numbers.ts"
import { secondsOf, withFleet } from "./fleet.ts"
import { farHub, registry } from "./waiting-job.ts"
import { withDatabase } from "./with-database.ts"

const FILE = fileURLToPath(new URL("shard-worker.ts", import.meta.url))
const LATENCY_MS = 50

export interface Scaling {
  workers: number
  shards: number
  seconds: number
  /** How many times sooner than one worker. */
  times: number
}

/** 1,000 shards that each wait once for a Hub that is 50 ms away, with one worker and with two. */
export const scaling = (rounds: number): Promise<Scaling[]> =>
  withDatabase(async (database_url, data_dir) => {
    const shards = 1000
    const all: Record<number, number[]> = { 1: [], 2: [] }
    for (let at = 0; at < rounds; at++)
      for (const workers of [1, 2])
        all[workers]!.push(
          await secondsWith({
            workers,
            shards,
            requests: 1,
            database_url,
            data_dir: join(data_dir, `${at}-${workers}`),
          }),
        )
    const one = median(all[1]!)
    return [1, 2].map((workers) => {
      const seconds = median(all[workers]!)
      return { workers, shards, seconds: round(seconds, 1), times: round(one / seconds, 2) }
    })
  })

export interface ScalingOptions {
  workers: number
  shards: number
  /** Of each shard, one after the other. */
  requests: number
  database_url: string
  data_dir: string
}

/** From the claim of the plan until the result is there, with as many worker processes, each warmed up, behind a queue. */
export async function secondsWith({ workers, shards, requests, database_url, data_dir }: ScalingOptions) {
  const hub = await farHub(LATENCY_MS)
  try {
    // The job of the import is nobody's here.
    Queue.deliverWith(async () => {})
    const { id } = await importDataset()
    const env = { FAR_HUB: hub.url, FAR_REQUESTS: String(requests) }
    const fleet = { workers, size_class: "light", file: FILE, database_url, data_dir, env } as const
    return await withFleet(fleet, async ({ completed, started }) => {
      const run = async (n: number) => {
        const { job } = await Job.start(id, "waiting", { n }, registry)
        return secondsOf(await completed(id, job.id))
      }
      await run(4 * workers)
      if (started() !== workers) throw new Error(`${started()} workers instead of ${workers}`)
      return run(shards)
    })
  } finally {
    hub.stop()
  }
}
