/** `npm run bench [-- cold-start|validation|cost-inputs] [--rounds N] [--write]`: measures and prints; `--write` keeps the figures. */
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { coldStarts } from "./cold-start.ts"
import { costOfMetadataExtraction } from "./metadata-extraction.ts"
import { keep, table } from "./report.ts"
import { validationTimes } from "./validation.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "11" }, write: { type: "boolean", default: false } },
})
const rounds = Number(values.rounds)
const BENCHES = {
  "cold-start": () => coldStarts(rounds),
  // One row for each job that costs something of its own.
  validation: () => validationTimes(rounds),
  "cost-inputs": async () => [await costOfMetadataExtraction(rounds)],
}
const wanted = positionals.length > 0 ? positionals : Object.keys(BENCHES)
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`

for (const name of wanted) {
  const bench = BENCHES[name as keyof typeof BENCHES]
  if (!bench) throw new Error(`There is no bench ${name}; there are: ${Object.keys(BENCHES).join(", ")}.`)
  const rows = await bench()
  console.log(`\n${name}: medians of ${rounds} rounds on ${machine}\n\n${table(rows)}`)
  if (values.write) keep(name, { taken_on: new Date().toISOString().slice(0, 10), machine, rounds, rows })
}
