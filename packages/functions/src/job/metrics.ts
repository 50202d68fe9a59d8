import { log } from "@robokit/core/log"
import { Metric } from "@robokit/core/metric"
import type { Metrics } from "@aws-lambda-powertools/metrics"

const NAMESPACE = "RoboKit"
/** A line of EMF takes 100 values of a metric. */
const LINE = 99

const heard: Metric.Measure[] = []
let metrics: Metrics | undefined

/**
 * Writes what the engine tells of itself while `handle` runs, as lines of CloudWatch's embedded metric format on stdout:
 * CloudWatch makes metrics of them, and nobody waits for it. They are lines at level `info`: where the log is quieter,
 * as in the terminal of `npm start`, nothing is measured either.
 */
export const withMetrics =
  <Args extends unknown[], Result>(handle: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    Metric.tellTo(log().isLevelEnabled("info") ? (measure) => void heard.push(measure) : undefined)
    try {
      return await handle(...args)
    } finally {
      await flush()
    }
  }

/** One line for each set of dimensions. Never throws: the work is done. */
async function flush() {
  const measures = heard.splice(0)
  if (measures.length === 0) return
  try {
    const emf = (metrics ??= await open())
    for (const alike of Map.groupBy(measures, ({ dimensions }) => JSON.stringify(dimensions)).values())
      for (let from = 0; from < alike.length; from += LINE) write(emf, alike.slice(from, from + LINE))
  } catch (error) {
    log().warn({ err: error }, "metrics could not be written")
  }
}

function write(emf: Metrics, measures: Metric.Measure[]) {
  for (const [name, value] of Object.entries(measures[0]!.dimensions)) emf.addDimension(name, value)
  for (const { name, value } of measures) emf.addMetric(name, Metric.METRICS[name], value)
  emf.publishStoredMetrics()
}

/** Imported with the first metric: a cold start need not wait for it. `service` is the deployment, by its name and stage. */
async function open() {
  const { Metrics } = await import("@aws-lambda-powertools/metrics")
  return new Metrics({ namespace: NAMESPACE, serviceName: process.env.POWERTOOLS_SERVICE_NAME ?? "robokit" })
}
