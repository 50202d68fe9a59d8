import { Database } from "@robokit/core/db/database"
import { memoryFiles } from "@robokit/core/files/memory"
import { execute, type Runner } from "@robokit/core/job/execute"
import { insert } from "@robokit/core/job/insert"
import { wantedOf } from "@robokit/core/job/job"
import { perform } from "@robokit/core/job/perform"
import { Queue } from "@robokit/core/job/queue"
import { jobs, type Registry } from "@robokit/core/job/registry"
import type { JobMessage } from "@robokit/core/job/schema"
import { sweep } from "@robokit/core/job/sweep"
import { harnessJob, harnessShards, importDataset, keepObjects, outcome } from "@robokit/core/test/engine"
import postgres from "postgres"
import { violations } from "../invariants.ts"
import { LATER } from "../later.ts"
import { strayObjects } from "../objects-kept.ts"
import { faultsOf } from "./faults.ts"
import { lossyQueue, randomOf } from "./lossy-queue.ts"

const WORKERS = 16
const MOST_ROUNDS = 100
const MOST_PARTS = 6

/** `n` parts that are numbered; with an even `n` their sum goes through one stage more. */
const sumOf = (n: number) => (n * (n - 1)) / 2
const registry = {
  // An import starts it.
  metadata_extraction: { ...harnessJob(), version: jobs.metadata_extraction.version },
  quick: harnessJob(async ({ n }) => outcome({ n })),
  parts: harnessShards({
    plan: async ({ n }) =>
      Array.from({ length: 1 + (Number(n) % MOST_PARTS) }, (_, at) => ({ weight: at + 1, input: { at } })),
    run: async ({ at }) => ({ at }),
    reduce: async (partials, { params, stage }) => {
      const sum = partials.reduce((all, { at }) => all + Number(at), 0)
      if (stage === 1 && Number(params.n) % 2 === 0) return { shards: [{ weight: 1, input: { at: sum } }] }
      return outcome({ sum })
    },
  }),
} satisfies Registry
const KNOWN = Object.keys(registry)
const inPlace: Runner = (task, watch, signal) =>
  perform(task, { registry, openFiles: () => memoryFiles({}), watch, signal })

export interface Torture {
  url: string
  seed: number
  /** One in ten is in parts. */
  jobs: number
}
export interface Tortured {
  seed: number
  rounds: number
  counts: Record<string, number>
  wrong: string[]
}

/** Runs so many jobs over a queue that cannot be trusted, by workers that cannot, in the connected database. */
export async function torture({ url, seed, jobs: count }: Torture): Promise<Tortured> {
  const random = randomOf(seed)
  const queue = lossyQueue(random)
  const faults = faultsOf(random, KNOWN)
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const objects = keepObjects()
  Queue.deliverWith(queue.deliver)
  const ends = new Map<string, number>()
  const late: Promise<unknown>[] = []

  async function handle(message: JobMessage) {
    if (await faults.dies(message)) return
    const { job_id, shard_id } = message
    // A worker that falls asleep leaves its place to another.
    await new Promise<void>((done, broke) => {
      const run = faults.around(message, inPlace, done)
      const all = execute(job_id, { shard_id, registry, run, time_limit_ms: 600_000 })
      const counted = all.then((ended) => void ends.set(ended, (ends.get(ended) ?? 0) + 1))
      late.push(counted)
      counted.then(done, broke)
    })
  }
  const drain = () =>
    Promise.all(
      Array.from({ length: WORKERS }, async () => {
        for (let message = queue.take(); message; message = queue.take()) await handle(message)
      }),
    )

  try {
    await sql.unsafe("delete from dataset; delete from outbox; delete from sweep")
    await sql.unsafe("truncate chaos.terminal, chaos.effect, chaos.claim, chaos.beat")
    await create(count)
    let rounds = 0
    for (; rounds < MOST_ROUNDS; rounds++) {
      await drain()
      faults.wakeSome(0.5)
      const [row] = await sql`select exists(select from job where status in ('pending', 'running')) as open`
      if (!row!.open) break
      await sql.unsafe(LATER)
      queue.timePasses()
      await sweep(KNOWN)
    }
    // Whoever still sleeps, and whatever still comes, comes too late.
    faults.wakeSome(1)
    queue.timePasses()
    await drain()
    await Promise.all(late)
    await sql.unsafe(LATER)
    for (let relays = 0; relays < 3; relays++) await sweep(KNOWN)
    const wrong = [...(await violations(sql, { ended: true })), ...(await strayObjects(sql, objects))]
    const completed = ends.get("completed") ?? 0
    if (completed !== count + 1) wrong.push(`${completed} ends for ${count + 1} jobs`)
    wrong.push(...(await wrongResults(sql)))
    return { seed, rounds, counts: { ...queue.counts, ...faults.counts, ...Object.fromEntries(ends) }, wrong }
  } finally {
    Queue.deliverWith()
    await sql.end({ timeout: 2 })
  }
}

/** All of one dataset, whose own job is one more. */
async function create(count: number) {
  const { id } = await importDataset()
  const dataset = { id, tenant_id: 1, format_type: "lerobot" as const, listing: null }
  for (let from = 0; from < count; from += 100) {
    await Database.transaction(async () => {
      for (let n = from; n < Math.min(count, from + 100); n++) {
        const job_type = n % 10 === 0 ? "parts" : "quick"
        const params = { n: n % 10 === 0 ? n / 10 : n }
        await insert(dataset, wantedOf(job_type, registry[job_type], params), registry[job_type])
      }
    })
  }
}

/** Every part counted once, whatever happened to it. */
async function wrongResults(sql: postgres.Sql) {
  const rows = await sql<
    { id: number; job_type: string; state_detail: string; n: number; result: { sum?: number; n?: number } | null }[]
  >`
    select id, job_type, state_detail, (params ->> 'n')::int as n, result from job where job_type <> 'metadata_extraction'`
  return rows.flatMap(({ id, job_type, state_detail, n, result }) => {
    if (state_detail !== "completed") return [`job ${id} is ${state_detail}`]
    const isRight = job_type === "quick" ? result?.n === n : result?.sum === sumOf(1 + (n % MOST_PARTS))
    return isRight ? [] : [`job ${id} lost or doubled a part: ${JSON.stringify(result)}`]
  })
}
