import { readFileSync } from "node:fs"
import { Metric } from "@robokit/core/metric"
import { useDatabase } from "@robokit/core/test/database"
import { Ajv } from "ajv"
import { beforeAll, expect, test } from "vitest"
import { type Line, linesOf } from "../../test/in-child.ts"

const database = useDatabase()

/** The embedded metric format, as far as CloudWatch insists on it: its own specification's schema, units of ours only. */
const EMF = new Ajv().compile({
  type: "object",
  required: ["_aws"],
  properties: {
    _aws: {
      type: "object",
      required: ["Timestamp", "CloudWatchMetrics"],
      properties: {
        Timestamp: { type: "integer" },
        CloudWatchMetrics: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            required: ["Namespace", "Dimensions", "Metrics"],
            properties: {
              Namespace: { const: "RoboKit" },
              Dimensions: { type: "array", items: { type: "array", items: { type: "string" }, maxItems: 30 } },
              Metrics: {
                type: "array",
                minItems: 1,
                maxItems: 100,
                items: {
                  type: "object",
                  required: ["Name", "Unit"],
                  properties: {
                    Name: { enum: Object.keys(Metric.METRICS) },
                    Unit: { enum: [...new Set(Object.values(Metric.METRICS))] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
})

interface Emf extends Line {
  _aws: { CloudWatchMetrics: [{ Dimensions: [string[]]; Metrics: { Name: Metric.Name; Unit: string }[] }] }
}

let lines: Emf[]
beforeAll(async () => {
  lines = (await linesOf("harness-metrics.ts")).filter((line): line is Emf => "_aws" in line)
})

const values = (name: string, dimensions: Line) =>
  lines
    .filter((line) => Object.entries(dimensions).every(([key, value]) => line[key] === value))
    .flatMap((line) => (line[name] === undefined ? [] : [line[name]].flat())) as number[]

test("every line is EMF: what it declares it holds, under dimensions that it holds", () => {
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) {
    expect(EMF(line), JSON.stringify(EMF.errors)).toBe(true)
    const [{ Dimensions, Metrics }] = line._aws.CloudWatchMetrics
    for (const name of Dimensions.flat()) expect(line[name], name).toEqual(expect.any(String))
    for (const { Name, Unit } of Metrics) {
      expect(Unit).toBe(Metric.METRICS[Name])
      for (const value of [line[Name]].flat()) expect(value, Name).toSatisfy(Number.isFinite)
    }
  }
})

test("every metric there is was told, and none has dimensions that grow with the work", () => {
  const told = new Set(lines.flatMap((line) => line._aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name)))
  expect([...told].sort()).toEqual(Object.keys(Metric.METRICS).sort())
  const dimensions = new Set(lines.flatMap((line) => line._aws.CloudWatchMetrics[0].Dimensions.flat()))
  expect([...dimensions].sort()).toEqual(["code", "job_type", "service"])
})

test("a job that succeeds tells how long it waited and ran, what it read and what a gigabyte of that cost", () => {
  const of = { job_type: "plain" }
  expect(values("QueueTimeMs", of)).toEqual([expect.any(Number)])
  expect(values("QueueTimeMs", of)[0]).toBeLessThan(30_000)
  expect(values("RunTimeMs", of)).toHaveLength(1)
  expect(values("BytesRead", of)).toEqual([5_000_000_000])
  expect(values("Attempts", of)).toEqual([1])
  expect(values("CostPerGB", of)).toEqual([expect.closeTo(0.0005)])
  for (const name of ["LeaseExpiries", "FencedWrites", "RetriesByCode", "DeadLetters"])
    expect(values(name, of), name).toEqual([])
})

test("a retry is told under the code of what failed, and is no end", () => {
  expect(values("RetriesByCode", { job_type: "storm", code: "hub_unavailable" })).toEqual([1])
  expect(values("Attempts", { job_type: "storm" })).toEqual([])
})

test("a lease that ran out is told by who takes over, whose wait was no queue's", () => {
  expect(values("LeaseExpiries", { job_type: "slow" })).toEqual([1])
  // Of the first claim alone.
  expect(values("QueueTimeMs", { job_type: "slow" })).toHaveLength(1)
  expect(values("Attempts", { job_type: "slow" })).toEqual([2])
})

test("a write that was fenced off is told, and its job has not ended", () => {
  expect(values("FencedWrites", { job_type: "stolen" })).toEqual([1])
  expect(values("Attempts", { job_type: "stolen" })).toEqual([])
})

test("a sweep tells how old the oldest unsent message and the oldest waiting work are; a burial tells itself", () => {
  const of = { job_type: "metadata_extraction" }
  expect(values("OutboxLagMs", {})[0]).toBeGreaterThanOrEqual(90_000)
  expect(values("OldestPendingAgeMs", of)[0]).toBeGreaterThanOrEqual(40_000)
  expect(values("DeadLetters", of)).toEqual([1])
})

test("where the log is quiet, as in the terminal of npm start, no metric is written", async () => {
  await database.admin`truncate dataset, job, outbox, sweep restart identity cascade`
  const quiet = await linesOf("harness-metrics.ts", "error")
  expect(quiet.filter((line) => "_aws" in line)).toEqual([])
})

test("each is explained in the book of operations", () => {
  const page = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8")
  for (const name of Object.keys(Metric.METRICS)) expect(page, name).toContain(`| \`${name}\` |`)
})
