import type { Depth } from "../packages/core/src/check/schema.ts"
import { countedOver } from "./http/count.ts"
import { hugeWithWorkers } from "./http/huge.ts"
import type { Least } from "./http/minimum.ts"
import { UNUSED } from "./jobs/with-database.ts"
import { round } from "./numbers.ts"
import { built, type DatasetName } from "./validation-data.ts"

export interface ValidationOverHttp {
  dataset: DatasetName | "huge"
  depth: Depth
  requests: number
  least_requests: number
  requests_ratio: number
  kb: number
  least_kb: number
  bytes_ratio: number
  /** The last three where it is run by the engine, from a Hub that is far away. */
  workers: number | null
  seconds: number | null
  rss_mb: number | null
}

const CASES: [DatasetName, Depth[]][] = [
  ["small", ["metadata", "columns", "full"]],
  ["v2.1", ["metadata", "columns", "full"]],
  ["several", ["metadata", "columns", "full"]],
  ["converted", ["metadata", "columns", "full"]],
  ["large", ["metadata", "columns", "full"]],
]

/** What validation asks of the Hub beside the least that it could, and the largest dataset with one worker and with two. */
export async function validationOverHttp(rounds: number): Promise<ValidationOverHttp[]> {
  Object.assign(process.env, UNUSED, { DATABASE_URL: "none" })
  const rows: ValidationOverHttp[] = []
  for (const [dataset, depths] of CASES) {
    const files = await built(dataset)
    for (const depth of depths) {
      const { made, least } = await countedOver(files, depth)
      rows.push({ dataset, depth, ...beside(made, least), workers: null, seconds: null, rss_mb: null })
    }
  }
  for (const { made, least, workers, seconds, rss_mb } of await hugeWithWorkers(rounds)) {
    const measured = { workers, seconds: round(seconds, 1), rss_mb: rss_mb === null ? null : round(rss_mb) }
    rows.push({ dataset: "huge", depth: "metadata", ...beside(made, least), ...measured })
  }
  return rows
}

const beside = (made: Least, least: Least) => ({
  requests: made.requests,
  least_requests: least.requests,
  requests_ratio: round(made.requests / least.requests, 2),
  kb: round(made.bytes / 1024),
  least_kb: round(least.bytes / 1024),
  bytes_ratio: round(made.bytes / least.bytes, 2),
})
