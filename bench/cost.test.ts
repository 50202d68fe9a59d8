import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import type { Graph } from "../infra/rules/graph.ts"
import { MOST_AT_ONCE, QUEUES } from "../packages/functions/src/sizes.ts"
import { type Assumptions, billedMs, idleLines, type JobInputs, jobLines, usd, usdBeyondFree } from "./cost-model.ts"
import { costTable } from "./cost-table.ts"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")
const sources = {
  prices: JSON.parse(read("../packages/core/src/usage/prices.json")),
  assumptions: JSON.parse(read("assumptions.json")),
  inputs: JSON.parse(read("cost-inputs.json")),
}

const job: JobInputs = {
  job: "example",
  sample: "a/b",
  api_requests: 2,
  api_wall_ms: 30,
  api_cpu_ms: 10,
  api_init_cpu_ms: 100,
  worker_wall_ms: 100,
  worker_cpu_ms: 150,
  worker_init_cpu_ms: 100,
  sweep_wall_ms: 4,
  sweep_cpu_ms: 2,
  hub_requests_api: 1,
  hub_requests_worker: 3,
  sqs_messages: 2,
  s3_puts: 1,
  answer_bytes: 1000,
  log_bytes: 600,
}
const assume: Assumptions = {
  vcpu_mb: 2048,
  hub_ms_per_request: 10,
  platform_log_bytes: 100,
  database_cu: 0.5,
  database_rest_s: 300,
  receives_per_queue_a_month: 100,
  alarms: 7,
  stored_gb: 1,
  database_gb: 2,
}
const quantities = (cold: boolean) =>
  Object.fromEntries(jobLines(job, assume, { runs: 1000, cold }).map((line) => [line.item, line.quantity]))

test("processor time stretches by the share of a processor that the memory buys, waiting does not", () => {
  expect(billedMs(100, 40, 512, 2048)).toBe(60 + 4 * 40)
  expect(billedMs(100, 40, 4096, 2048)).toBe(100)
  // Two threads at once here take turns there.
  expect(billedMs(100, 150, 1024, 2048)).toBe(300)
})

test("a job costs what its inputs say, reckoned by hand", () => {
  const api_ms = 20 + 4 * 10 + 1 * 10
  const worker_ms = 2 * 150 + 3 * 10
  const sweep_ms = 2 + 8 * 2
  const lines = quantities(false)
  expect(lines.lambda_gb_s).toBeCloseTo(api_ms * 0.5 + worker_ms * 1 + sweep_ms * 0.25, 9)
  expect(lines.lambda_requests).toBe(4000)
  expect(lines.sqs_requests).toBe(6000)
  expect(lines.s3_puts).toBe(1000)
  expect(lines.cloudfront_requests).toBe(2000)
  expect(lines.cloudfront_gb).toBeCloseTo(0.001, 9)
  expect(lines.log_gb).toBeCloseTo((1000 * (600 + 4 * 100)) / 1e9, 12)
  expect(lines.database_cu_hours).toBeCloseTo(((worker_ms / MOST_AT_ONCE["worker-light"] + 300) / 3600) * 0.5, 9)
})

test("cold, every call pays for its start as well", () => {
  const starts = 2 * (100 * 4) * 0.5 + 100 * 2 * 1 + 100 * 8 * 0.25
  expect(quantities(true).lambda_gb_s! - quantities(false).lambda_gb_s!).toBeCloseTo(starts, 9)
})

test("idle, no function runs and the database sleeps", () => {
  expect(idleLines(assume).map(({ item, quantity }) => [item, quantity])).toEqual([
    ["sqs_requests", QUEUES.length * 100],
    ["alarm_months", 7],
    ["s3_gb_months", 1],
    ["database_gb_months", 2],
  ])
})

test("the free part of a month is taken off, never more", () => {
  const price = { usd: 0.4, per: 1000, unit: "request", free_a_month: 5000, seen: "" }
  expect(usd(price, 6000)).toBeCloseTo(2.4, 9)
  expect(usdBeyondFree(price, 6000)).toBeCloseTo(0.4, 9)
  expect(usdBeyondFree(price, 4000)).toBe(0)
})

test("every figure of a formula is one that was measured, assumed or configured", () => {
  const [row] = sources.inputs.rows
  const names = new Set([...Object.keys(row), ...Object.keys(sources.assumptions)])
  for (const name of Object.keys(job)) expect(names, name).toContain(name)
  for (const name of Object.keys(assume)) expect(names, name).toContain(name)
})

test("the alarms and the polled queues that cost when idle are those that deploy", () => {
  const program = fileURLToPath(new URL("../infra/rules/record.ts", import.meta.url))
  const { resources } = JSON.parse(
    execFileSync(process.execPath, [program, "production"], { encoding: "utf8" }),
  ) as Graph
  const count = (type: string) => resources.filter((each) => each.type === type).length
  expect(sources.assumptions.alarms.value).toBe(count("aws:cloudwatch/metricAlarm:MetricAlarm"))
  expect(QUEUES.length).toBe(count("aws:lambda/eventSourceMapping:EventSourceMapping"))
})

test("docs/operations.md holds the table that `npm run cost` prints", () => {
  expect(read("../docs/operations.md")).toContain(costTable(sources))
})
