/** `npm run chaos [-- kill|pause|… --short --seconds N --runs N --seeds N --seed N]`: breaks things on purpose, and exits with 1 unless everything held. */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
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
  crowd: () => import("./crowd.ts"),
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

const wanted = positionals.length > 0 ? positionals : Object.keys(HARNESSES)
const unknown = wanted.find((name) => !HARNESSES[name])
if (unknown) throw new Error(`There is no harness ${unknown}; there are: ${Object.keys(HARNESSES).join(", ")}.`)
process.exit(wanted.length === 1 ? await runHere(wanted[0]!) : await runEach(wanted))

async function runHere(name: string): Promise<number> {
  const started = performance.now()
  const { figures, violations } = await (await HARNESSES[name]!()).run(scale)
  console.log(`\n${name} (${((performance.now() - started) / 1000).toFixed(0)} s)\n\n${table(figures)}`)
  for (const each of violations) console.log(`  VIOLATED: ${each}`)
  return violations.length === 0 ? 0 : 1
}

/** One after the other, each in a process of its own: settings and connections of one are not for the next. */
async function runEach(names: string[]): Promise<number> {
  const failed: string[] = []
  const flags = process.argv.slice(2).filter((each) => !names.includes(each))
  for (const name of names) {
    const child = fork(fileURLToPath(import.meta.url), [name, ...flags])
    process.once("exit", () => child.kill())
    const code = await new Promise((resolve) => child.once("exit", resolve))
    if (code !== 0) failed.push(name)
  }
  console.log(failed.length === 0 ? "\nEverything held." : `\nDid not hold: ${failed.join(", ")}.`)
  return failed.length === 0 ? 0 : 1
}
