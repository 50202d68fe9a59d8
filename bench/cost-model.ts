import { CLASSES, FUNCTIONS, MOST_AT_ONCE, QUEUES } from "../packages/functions/src/sizes.ts"

/** One kind of thing that is paid for, by its name in `prices.json`. */
export type Item =
  | "lambda_gb_s"
  | "lambda_requests"
  | "sqs_requests"
  | "s3_puts"
  | "s3_gb_months"
  | "cloudfront_requests"
  | "cloudfront_gb"
  | "log_gb"
  | "alarm_months"
  | "database_cu_hours"
  | "database_gb_months"

export interface Price {
  usd: number
  /** That many units cost `usd`. */
  per: number
  unit: string
  /** Units an account has for nothing, every month. */
  free_a_month: number
  seen: string
}
export type Prices = Record<Item, Price>

/** What one run of a job takes, measured (`cost-inputs.json`). Times in ms: of the clock, and of the processor. */
export interface JobInputs {
  job: string
  sample: string
  api_requests: number
  api_wall_ms: number
  api_cpu_ms: number
  api_init_cpu_ms: number
  worker_wall_ms: number
  worker_cpu_ms: number
  worker_init_cpu_ms: number
  sweep_wall_ms: number
  sweep_cpu_ms: number
  hub_requests_api: number
  hub_requests_worker: number
  sqs_messages: number
  s3_puts: number
  answer_bytes: number
  log_bytes: number
}

/** What cannot be measured here, by its name in `assumptions.json`. */
export interface Assumptions {
  vcpu_mb: number
  hub_ms_per_request: number
  platform_log_bytes: number
  database_cu: number
  database_rest_s: number
  receives_per_queue_a_month: number
  alarms: number
  stored_gb: number
  database_gb: number
}

export interface Line {
  item: Item
  quantity: number
  /** The formula with its names. */
  formula: string
  /** The same with the figures. */
  figures: string
}

const GB = 1e9
const MB_PER_GB = 1024

/** Waiting stays as long as it was; the processor's part stretches by the share of a processor that the memory buys. */
export const billedMs = (wall_ms: number, cpu_ms: number, memory_mb: number, vcpu_mb: number) =>
  Math.max(0, wall_ms - cpu_ms) + cpu_ms * Math.max(1, vcpu_mb / memory_mb)

export const usd = (price: Price, quantity: number) => (quantity * price.usd) / price.per

/** What is still to be paid when the account uses its free part for this alone. */
export const usdBeyondFree = (price: Price, quantity: number) => usd(price, Math.max(0, quantity - price.free_a_month))

/** The rows measured so far are of light jobs. */
const worker = CLASSES.light.worker

/** `runs` runs of one job in one go. `cold`: every call of a function starts a new environment, the most it can cost. */
export function jobLines(job: JobInputs, assume: Assumptions, { runs, cold }: { runs: number; cold: boolean }): Line[] {
  const memory = { api: FUNCTIONS.api.memory_mb, worker: FUNCTIONS[worker].memory_mb, sweep: FUNCTIONS.sweep.memory_mb }
  const gb = (name: keyof typeof memory) => memory[name] / MB_PER_GB
  const spent = (name: keyof typeof memory, hub_requests: number) =>
    billedMs(job[`${name}_wall_ms`], job[`${name}_cpu_ms`], memory[name], assume.vcpu_mb) +
    hub_requests * assume.hub_ms_per_request
  const start = (cpu_ms: number, memory_mb: number) => (cold ? billedMs(0, cpu_ms, memory_mb, assume.vcpu_mb) : 0)

  const api_ms = spent("api", job.hub_requests_api) + job.api_requests * start(job.api_init_cpu_ms, memory.api)
  const worker_ms = spent("worker", job.hub_requests_worker) + start(job.worker_init_cpu_ms, memory.worker)
  // The sweep loads what the worker does.
  const sweep_ms = spent("sweep", 0) + start(job.worker_init_cpu_ms, memory.sweep)
  const gb_s = (api_ms * gb("api") + worker_ms * gb("worker") + sweep_ms * gb("sweep")) / 1000

  const invocations = job.api_requests + 2
  const log_bytes = job.log_bytes + invocations * assume.platform_log_bytes
  const awake_s = (runs * worker_ms) / 1000 / MOST_AT_ONCE[worker] + assume.database_rest_s
  const show = (value: number) => Number(value.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 6 })
  return [
    {
      item: "lambda_gb_s",
      quantity: runs * gb_s,
      formula: "runs × (api_ms × api_GB + worker_ms × worker_GB + sweep_ms × sweep_GB) ÷ 1000",
      figures: `${show(runs)} × (${show(api_ms)} × ${gb("api")} + ${show(worker_ms)} × ${gb("worker")} + ${show(sweep_ms)} × ${gb("sweep")}) ÷ 1000`,
    },
    {
      item: "lambda_requests",
      quantity: runs * invocations,
      formula: "runs × (api_requests + worker + sweep)",
      figures: `${show(runs)} × (${job.api_requests} + 1 + 1)`,
    },
    {
      item: "sqs_requests",
      quantity: runs * job.sqs_messages * 3,
      formula: "runs × sqs_messages × (send, receive, delete)",
      figures: `${show(runs)} × ${job.sqs_messages} × 3`,
    },
    {
      item: "s3_puts",
      quantity: runs * job.s3_puts,
      formula: "runs × s3_puts",
      figures: `${show(runs)} × ${job.s3_puts}`,
    },
    {
      item: "cloudfront_requests",
      quantity: runs * job.api_requests,
      formula: "runs × api_requests",
      figures: `${show(runs)} × ${job.api_requests}`,
    },
    {
      item: "cloudfront_gb",
      quantity: (runs * job.answer_bytes) / GB,
      formula: "runs × answer_bytes ÷ 10⁹",
      figures: `${show(runs)} × ${show(job.answer_bytes)} ÷ 10⁹`,
    },
    {
      item: "log_gb",
      quantity: (runs * log_bytes) / GB,
      formula: "runs × (log_bytes + invocations × platform_log_bytes) ÷ 10⁹",
      figures: `${show(runs)} × (${show(job.log_bytes)} + ${invocations} × ${assume.platform_log_bytes}) ÷ 10⁹`,
    },
    {
      item: "database_cu_hours",
      quantity: (awake_s / 3600) * assume.database_cu,
      formula: "(runs × worker_ms ÷ 1000 ÷ workers_at_once + database_rest_s) ÷ 3600 × database_cu",
      figures: `(${show(runs)} × ${show(worker_ms)} ÷ 1000 ÷ ${MOST_AT_ONCE[worker]} + ${assume.database_rest_s}) ÷ 3600 × ${assume.database_cu}`,
    },
  ]
}

/** A month in which nobody asks for anything. The database sleeps, and no function runs. */
export const idleLines = (assume: Assumptions): Line[] => [
  {
    item: "sqs_requests",
    quantity: QUEUES.length * assume.receives_per_queue_a_month,
    formula: "queues × receives_per_queue_a_month",
    figures: `${QUEUES.length} × ${assume.receives_per_queue_a_month.toLocaleString("en-US")}`,
  },
  { item: "alarm_months", quantity: assume.alarms, formula: "alarms", figures: String(assume.alarms) },
  { item: "s3_gb_months", quantity: assume.stored_gb, formula: "stored_gb", figures: String(assume.stored_gb) },
  {
    item: "database_gb_months",
    quantity: assume.database_gb,
    formula: "database_gb",
    figures: String(assume.database_gb),
  },
]
