import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildFunctions } from "../packages/functions/build.ts"
import { type Chunk, bundleFunctions, loadedAtOnce } from "../packages/functions/bundles.ts"
import { type FunctionName, FUNCTIONS } from "../packages/functions/src/sizes.ts"
import { functionUrlEvent } from "./events.ts"
import { median, round } from "./numbers.ts"
import { type Probe, startProbe } from "./probe.ts"

export interface ColdStart {
  name: string
  /** Read before the first event, in MB; null for the empty function. */
  loaded_mb: number | null
  init_ms: number
  init_cpu_ms: number
  ready_ms: number
  /** `GET /health`, which asks no database; the API only. */
  first_request_ms: number | null
  rss_mb: number
}

const EMPTY = "(empty function)"
/** Each bundle once, as the function of it that starts most often. */
const BUNDLES = {
  api: "api",
  worker: "worker-light",
  sweep: "sweep",
  "dead-letter": "dead-letter",
  migrate: "migrate",
} as const satisfies Record<string, FunctionName>

/** Medians of `rounds` starts of each bundle, one after the other in turns, so that a busy moment falls on all of them. */
export async function coldStarts(rounds: number): Promise<ColdStart[]> {
  const folder = await buildFunctions()
  const { chunks } = await bundleFunctions()
  const scratch = mkdtempSync(join(tmpdir(), "robokit-bench-"))
  writeFileSync(join(scratch, "empty.mjs"), "export const handler = () => null\n")
  const probes: Record<string, Start> = {
    [EMPTY]: { folder: scratch, handler: "empty.handler", memory_mb: FUNCTIONS.api.memory_mb },
  }
  for (const [name, fn] of Object.entries(BUNDLES)) probes[name] = { folder, ...FUNCTIONS[fn] }
  const starts: Record<string, Omit<ColdStart, "name" | "loaded_mb">[]> = {}
  try {
    for (let at = 0; at < rounds; at++)
      for (const [name, each] of Object.entries(probes)) (starts[name] ??= []).push(await startOnce(name, each))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return Object.entries(starts).map(([name, all]) => ({
    name,
    loaded_mb: name === EMPTY ? null : round(bytesAtOnce(chunks, `${name}.mjs`) / 1e6, 2),
    init_ms: round(median(all.map((each) => each.init_ms))),
    init_cpu_ms: round(median(all.map((each) => each.init_cpu_ms))),
    ready_ms: round(median(all.map((each) => each.ready_ms))),
    first_request_ms: name === "api" ? round(median(all.map((each) => each.first_request_ms!))) : null,
    rss_mb: round(median(all.map((each) => each.rss_mb))),
  }))
}

interface Start {
  folder: string
  handler: string
  memory_mb: number
}

async function startOnce(name: string, { folder, handler, memory_mb }: Start) {
  const probe: Probe = await startProbe(folder, handler, { LOG_LEVEL: "silent" }, memory_mb)
  try {
    const { wall_ms: init_ms, cpu_ms: init_cpu_ms, rss_mb } = probe.init
    const first = name === "api" ? await probe.invoke(functionUrlEvent("GET", "/health")) : undefined
    return { init_ms, init_cpu_ms, ready_ms: probe.ready_ms, first_request_ms: first?.wall_ms ?? null, rss_mb }
  } finally {
    await probe.stop()
  }
}

const bytesAtOnce = (chunks: Record<string, Chunk>, entry: string) =>
  loadedAtOnce(chunks, entry).reduce((sum, name) => sum + chunks[name]!.bytes, 0)
