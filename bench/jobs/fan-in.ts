import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import postgres from "postgres"
import { memoryFiles } from "../../packages/core/src/files/memory.ts"
import { execute } from "../../packages/core/src/job/execute.ts"
import { Job } from "../../packages/core/src/job/job.ts"
import { perform } from "../../packages/core/src/job/perform.ts"
import { catchMessages, importDataset } from "../../packages/core/test/engine.ts"
import { median, round } from "../numbers.ts"
import { registry } from "./waiting-job.ts"
import { withDatabase } from "./with-database.ts"

const SHARDS = 1000
const PROCESSES = 4
/** For the processes to start and to connect, before all of them begin. */
const LEAD_MS = 6000
const SCRIPT = fileURLToPath(new URL("../../packages/core/test/finish-shards.ts", import.meta.url))

export interface FanIn {
  shards: number
  /** Every shard is in the hands of two. */
  deliveries: number
  connections: number
  /** Of which each round must have one. */
  reduces: number
  /** From the moment at which all begin until the last shard is counted. */
  counted_ms: number
  reduce_ms: number
}

/** 1,000 shards that are all finished at the same moment, each twice, over connections of their own: one reduce. */
export const fanIn = (rounds: number): Promise<FanIn[]> =>
  withDatabase(async (database_url) => {
    const all: Pick<FanIn, "counted_ms" | "reduce_ms">[] = []
    for (let at = 0; at < rounds; at++) all.push(await once(database_url))
    return [
      {
        shards: SHARDS,
        deliveries: 2 * SHARDS,
        connections: PROCESSES * 2,
        reduces: 1,
        counted_ms: round(median(all.map((one) => one.counted_ms))),
        reduce_ms: round(median(all.map((one) => one.reduce_ms))),
      },
    ]
  })

async function once(database_url: string) {
  const caught = catchMessages()
  const { id: dataset_id } = await importDataset()
  const { job } = await Job.start(dataset_id, "waiting", { n: SHARDS }, registry)
  const go = () =>
    execute(job.id, {
      registry,
      run: (task, watch, signal) => perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal }),
      time_limit_ms: 60_000,
    })
  await go()
  const claimed: string[] = []
  for (const { shard_id } of caught.shards())
    claimed.push(`${shard_id}=${(await Job.claimShard(shard_id, ["waiting"]))!.token}`)
  const begin = Date.now() + LEAD_MS
  const told = await Promise.all(
    Array.from({ length: PROCESSES }, async (_, number) => {
      const mine = claimed.filter((_, n) => n % 2 === number % 2)
      const env = { ...process.env, DATABASE_URL: database_url }
      const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, String(begin), String(job.id), ...mine], {
        env,
      })
      return JSON.parse(stdout) as { done: number; reduces: number }
    }),
  )
  const sum = (of: (each: (typeof told)[number]) => number) => told.reduce((all, each) => all + of(each), 0)
  if (sum(({ done }) => done) !== SHARDS || sum(({ reduces }) => reduces) !== 1)
    throw new Error(`not every shard was counted once, with one reduce: ${JSON.stringify(told)}`)
  const counted_ms = (await lastCounted(database_url, job.id)) - begin
  const reduced = performance.now()
  if ((await go()) !== "completed") throw new Error("the reduce did not complete")
  return { counted_ms, reduce_ms: performance.now() - reduced }
}

/** Milliseconds since 1970. */
async function lastCounted(database_url: string, job_id: number) {
  const sql = postgres(database_url, { max: 1 })
  const [row] = await sql`select updated_at from job where id = ${job_id}`
  await sql.end()
  return (row!.updated_at as Date).getTime()
}
