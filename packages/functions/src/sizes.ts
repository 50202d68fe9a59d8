import type { SizeClass } from "@robokit/core/job/schema"

/**
 * How large, how long and how many: plain data that the laptop (packages/local) and AWS (infra) both read, so that what
 * runs here is what deploys.
 */

const DAY_S = 86_400

/**
 * Time in seconds, memory and disk (`/tmp`) in MB; `handler` is `<bundle>.<export>`. One bundle is the worker of every
 * size class. A larger class has more of everything: processor, too, which on AWS comes with the memory. Medium has the
 * most that a new account is given; heavy needs the quota (docs/operations.md), and the longest time there is, since
 * what it does could not be cut.
 */
export const FUNCTIONS = {
  api: { handler: "api.handler", timeout_s: 30, memory_mb: 512, disk_mb: 512 },
  "worker-light": { handler: "worker.light", timeout_s: 300, memory_mb: 1024, disk_mb: 512 },
  "worker-medium": { handler: "worker.medium", timeout_s: 300, memory_mb: 3008, disk_mb: 2048 },
  "worker-heavy": { handler: "worker.heavy", timeout_s: 900, memory_mb: 8192, disk_mb: 8192 },
  sweep: { handler: "sweep.handler", timeout_s: 30, memory_mb: 256, disk_mb: 512 },
  "dead-letter": { handler: "dead-letter.handler", timeout_s: 30, memory_mb: 256, disk_mb: 512 },
  migrate: { handler: "migrate.handler", timeout_s: 120, memory_mb: 256, disk_mb: 512 },
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

const JOBS = { retention_s: 4 * DAY_S, redrive: { to: "jobs-dlq", max_receive_count: 5 } } as const

/** Dead letters first: the others name them. They outlive their source, whose clock they inherit. */
export const QUEUES = [
  { name: "jobs-dlq", visibility_s: 180, retention_s: 14 * DAY_S },
  { name: "jobs-light", visibility_s: 1800, ...JOBS },
  { name: "jobs-medium", visibility_s: 1800, ...JOBS },
  { name: "jobs-heavy", visibility_s: 5400, ...JOBS },
  // A chain of sweeps outlives five hours without a database; then it is reported like any other dead message.
  { name: "sweep", visibility_s: 180, retention_s: 4 * DAY_S, redrive: { to: "jobs-dlq", max_receive_count: 100 } },
] as const satisfies readonly QueueSize[]

export type QueueName = (typeof QUEUES)[number]["name"]

/** What each size class of jobs is run by, and where it waits for it. */
export const CLASSES = {
  light: { queue: "jobs-light", worker: "worker-light" },
  medium: { queue: "jobs-medium", worker: "worker-medium" },
  heavy: { queue: "jobs-heavy", worker: "worker-heavy" },
} as const satisfies Record<SizeClass, { queue: QueueName; worker: FunctionName }>

/** The queues that something is sent to, by the setting of core/config.ts that holds their address. */
export const QUEUE_SETTINGS = {
  JOB_QUEUE_URL_LIGHT: CLASSES.light.queue,
  JOB_QUEUE_URL_MEDIUM: CLASSES.medium.queue,
  JOB_QUEUE_URL_HEAVY: CLASSES.heavy.queue,
  SWEEP_QUEUE_URL: "sweep",
} as const satisfies Record<string, QueueName>

/** Every setting that holds the address of a queue, given where each queue is. */
export const queueSettings = <Address>(addressOf: (queue: QueueName) => Address) =>
  Object.fromEntries(Object.entries(QUEUE_SETTINGS).map(([setting, queue]) => [setting, addressOf(queue)])) as Record<
    keyof typeof QUEUE_SETTINGS,
    Address
  >

/** Which function reads which queue, one message at a time. */
export const MAPPINGS = [
  ...Object.values(CLASSES).map(({ queue, worker }) => ({ queue, reader: worker })),
  { queue: "sweep", reader: "sweep" },
  { queue: "jobs-dlq", reader: "dead-letter" },
] as const satisfies readonly { queue: QueueName; reader: FunctionName }[]

/**
 * Most at once on AWS. Together with the connections each may hold (`POOL` of core/db/database.ts) they stay below
 * `MOST_CONNECTIONS`, because the 101st client of a Postgres with its default settings is refused. Two is the least that
 * SQS takes.
 */
export const MOST_AT_ONCE = {
  api: 20,
  "worker-light": 12,
  "worker-medium": 5,
  "worker-heavy": 3,
  sweep: 2,
  "dead-letter": 2,
} as const

/** Of the 100 that Postgres allows unless told otherwise; the rest is for the migration and for people. */
export const MOST_CONNECTIONS = 90
