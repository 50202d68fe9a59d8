import { join } from "node:path"
import { LocalFunction } from "./lambda/function.ts"
import type { QueueOptions } from "./sqs.ts"

const DAY_S = 86_400

/** As the deployment has them: visibility is six times the timeout of the function that reads the queue. */
export const QUEUES: QueueOptions[] = [
  { name: "jobs-dlq", visibility_s: 180, retention_s: 14 * DAY_S },
  { name: "jobs", visibility_s: 1800, redrive: { to: "jobs-dlq", max_receive_count: 5 } },
  { name: "sweep", visibility_s: 60 },
]

/** Memory, time and how many at once. */
const FUNCTIONS = {
  api: { timeout_s: 30, memory_mb: 512, concurrency: 4 },
  worker: { timeout_s: 300, memory_mb: 1024, concurrency: 2 },
  sweep: { timeout_s: 30, memory_mb: 256, concurrency: 1 },
  "dead-letter": { timeout_s: 30, memory_mb: 256, concurrency: 1 },
  migrate: { timeout_s: 120, memory_mb: 256, concurrency: 1 },
}

/** Which function reads which queue, one message at a time. */
export const MAPPINGS = [
  { queue: "jobs", reader: "worker" },
  { queue: "sweep", reader: "sweep" },
  { queue: "jobs-dlq", reader: "dead-letter" },
] as const

type Name = keyof typeof FUNCTIONS

/** Memory of each function; it decides what a second of it costs. */
export const MEMORY_MB = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, { memory_mb }]) => [name, memory_mb]),
) as Record<Name, number>

type Env = Record<string, string>

/** Every function there is, from the bundles in `folder`, with the same environment. */
export const makeFunctions = (folder: string, env: Env) =>
  Object.fromEntries((Object.keys(FUNCTIONS) as Name[]).map((name) => [name, make(name, folder, env)])) as Record<
    Name,
    LocalFunction
  >

const make = (name: Name, folder: string, env: Env) =>
  new LocalFunction({ name, file: join(folder, `${name}.mjs`), env, ...FUNCTIONS[name] })

export const concurrencyOf = (name: Name) => FUNCTIONS[name].concurrency

/** Brings the database to the newest schema before anything else uses it. */
export async function migrate([folder, database_url]: [folder: string, database_url: string]) {
  // Queues, bucket and Hub are not needed for it and may not be there yet; its settings name them all the same.
  const unused = { JOB_QUEUE_URL: "none", SWEEP_QUEUE_URL: "none", ARTIFACT_BUCKET: "none" }
  const fn = make("migrate", folder, { LOG_LEVEL: "warn", DATABASE_URL: database_url, ...unused })
  try {
    await fn.invoke({})
  } finally {
    await fn.stop()
  }
}
