/**
 * How large, how long and how many: plain data that the laptop (packages/local) and AWS (infra) both read, so that what
 * runs here is what deploys. Names are those of the bundles; `<name>.mjs` exports `handler`.
 */

const DAY_S = 86_400

/** Time in seconds, memory in MB. What is not read from a queue says how many may run at once on AWS. */
export const FUNCTIONS = {
  api: { timeout_s: 30, memory_mb: 512 },
  worker: { timeout_s: 300, memory_mb: 1024 },
  sweep: { timeout_s: 30, memory_mb: 256 },
  "dead-letter": { timeout_s: 30, memory_mb: 256 },
  migrate: { timeout_s: 120, memory_mb: 256 },
} as const

export type FunctionName = keyof typeof FUNCTIONS
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[]

export interface QueueSize {
  name: string
  /** Six times the timeout of the function that reads the queue, as AWS advises: a throttled reader loses no message. */
  visibility_s: number
  /** Four days, SQS's own, unless said. */
  retention_s?: number
  redrive?: { to: string; max_receive_count: number }
}

/** Dead letters first: the others name them. They outlive their source, whose clock they inherit. */
export const QUEUES = [
  { name: "jobs-dlq", visibility_s: 180, retention_s: 14 * DAY_S },
  { name: "jobs", visibility_s: 1800, retention_s: 4 * DAY_S, redrive: { to: "jobs-dlq", max_receive_count: 5 } },
  // A chain of sweeps outlives five hours without a database; then it is reported like any other dead message.
  { name: "sweep", visibility_s: 180, retention_s: 4 * DAY_S, redrive: { to: "jobs-dlq", max_receive_count: 100 } },
] as const satisfies readonly QueueSize[]

export type QueueName = (typeof QUEUES)[number]["name"]

/** Which function reads which queue, one message at a time. */
export const MAPPINGS = [
  { queue: "jobs", reader: "worker" },
  { queue: "sweep", reader: "sweep" },
  { queue: "jobs-dlq", reader: "dead-letter" },
] as const satisfies readonly { queue: QueueName; reader: FunctionName }[]

/**
 * Most at once on AWS. Together with the connections each may hold (`POOL` of core/db/database.ts) they stay below
 * `MOST_CONNECTIONS`, because the 101st client of a Postgres with its default settings is refused. Two is the least that
 * SQS takes.
 */
export const MOST_AT_ONCE = { api: 20, worker: 20, sweep: 2, "dead-letter": 2 } as const

/** Of the 100 that Postgres allows unless told otherwise; the rest is for the migration and for people. */
export const MOST_CONNECTIONS = 90
