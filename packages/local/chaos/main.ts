/** `npm run chaos [-- kill|pause|… --short --seconds N --runs N --seeds N --seed N]`: breaks things on purpose, and exits with 1 unless everything held. */
import { parseArgs } from "node:util"
import "./mended.ts"
import { type Figures, type Scale, table } from "./figures.ts"

// Loaded when it runs: one that is wanted alone needs the others' code as little as their processes.
const HARNESSES: Record<string, () => Promise<{ run(scale: Scale): Promise<Figures> }>> = {
  kill: () => import("./kill.ts"),
  pause: () => import("./pause.ts"),
  outage: () => import("./outage.ts"),
  poison: () => import("./poison.ts"),
  idle: () => import("./idle.ts"),
  delivery: () => import("./delivery.ts"),
  model: () => import("./model.ts"),
  crash: () => import("./crash.ts"),
}

const count = { type: "string" } as const
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean", default: false }, seconds: count, runs: count, seeds: count, seed: count },
})
const number = (name: "seconds" | "runs" | "seeds" | "seed") => {
  const given = values[name]
  if (given === undefined) return {}
  if (!/^[1-9]\d*$/.test(given)) throw new Error(`--${name} takes a number, not "${given}".`)
  return { [name]: Number(given) }
}
const scale: Scale = {
  isShort: values.short,
  ...number("seconds"),
  ...number("runs"),
  ...number("seeds"),
  ...number("seed"),
}

// By leaving in good order what is broken off takes its processes with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130))

let violated = 0
for (const name of positionals.length > 0 ? positionals : Object.keys(HARNESSES)) {
  const load = HARNESSES[name]
  if (!load) throw new Error(`There is no harness ${name}; there are: ${Object.keys(HARNESSES).join(", ")}.`)
  const started = performance.now()
  const { figures, violations } = await (await load()).run(scale)
  violated += violations.length
  console.log(`\n${name} (${((performance.now() - started) / 1000).toFixed(0)} s)\n\n${table(figures)}`)
  for (const each of violations) console.log(`  VIOLATED: ${each}`)
}
console.log(violated === 0 ? "\nEverything held." : `\n${violated} violations.`)
process.exit(violated === 0 ? 0 : 1)
