/** `npm run bench [-- NAME …] [--rounds N] [--write]`: measures and prints; `--write` keeps the figures. `jobs` is all that is about jobs. */
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { coldStarts } from "./cold-start.ts"
import { fanIn } from "./jobs/fan-in.ts"
import { lifecycles } from "./jobs/lifecycles.ts"
import { pickup } from "./jobs/pickup.ts"
import { scaling } from "./jobs/shards.ts"
import { costOfMetadataExtraction } from "./metadata-extraction.ts"
import { keep, table } from "./report.ts"
import { validationOverHttp } from "./validation-http.ts"
import { validationTimes } from "./validation.ts"

interface Bench {
  take(rounds: number): Promise<object[]>
  /** Where a round takes minutes. */
  most?: number
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "11" }, write: { type: "boolean", default: false } },
})
const BENCHES: Record<string, Bench> = {
  "cold-start": { take: coldStarts },
  // One row for each job that costs something of its own.
  validation: { take: validationTimes },
  "validation-http": { take: validationOverHttp, most: 3 },
  "cost-inputs": { take: async (rounds) => [await costOfMetadataExtraction(rounds)] },
  lifecycles: { take: lifecycles },
  pickup: { take: pickup },
  shards: { take: scaling, most: 3 },
  "fan-in": { take: fanIn, most: 3 },
}
const JOBS = ["lifecycles", "pickup", "shards", "fan-in"]
const wanted = positionals.flatMap((name) => (name === "jobs" ? JOBS : [name]))
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`

for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  const bench = BENCHES[name]
  if (!bench) throw new Error(`There is no bench ${name}; there are: jobs, ${Object.keys(BENCHES).join(", ")}.`)
  const rounds = Math.min(Number(values.rounds), bench.most ?? Infinity)
  const rows = await bench.take(rounds)
  console.log(`\n${name}: medians of ${rounds} rounds on ${machine}\n\n${table(rows)}`)
  if (values.write) keep(name, { taken_on: new Date().toISOString().slice(0, 10), machine, rounds, rows })
}
