import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Depth, Validation } from "../../../check/schema.ts"
import { builtFiles } from "../builder-files.ts"
import { HUGE_CAMERAS } from "../builder-huge-tables.ts"
import { hugeV2, hugeV3 } from "../builder-huge.ts"
import type { BuiltFile } from "../builder.ts"
import { plan, reduce, run } from "./sharded.ts"
import type { ShardFound, ShardInput } from "./shards.ts"

/**
 * One step of validating the largest datasets there are, run as a process of its own by `huge.test.ts`, so that its memory is
 * its own: `v2.0|v2.1|v3.0 plan|run|reduce folder [depth]`. Steps leave what they found in the folder. Prints what it cost as
 * JSON; without a step nothing but the dataset is made.
 */
const [which, step, folder = "", depth = "metadata"] = process.argv.slice(2)
const TREES: Record<string, () => Promise<ReadonlyMap<string, BuiltFile>> | ReadonlyMap<string, BuiltFile>> = {
  "v2.0": () => hugeV2(),
  "v2.1": () => hugeV2({ version: "v2.1", episodes: 95_658, frames: 27_630_375, tasks: 20_000, cameras: HUGE_CAMERAS }),
  "v3.0": () => hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") }),
}
const tree = await TREES[which!]!()
const opened: ReturnType<typeof builtFiles>[] = []
/** As a worker has it, with files of its own that count what is read. */
function contextOf() {
  const files = builtFiles(tree)
  opened.push(files)
  return {
    repo_id: "huge/set",
    revision: "0".repeat(40),
    files,
    card: { licence: "mit", tags: [] },
    progress() {},
    signal: new AbortController().signal,
  }
}
const options = { depth: depth as Depth, suppress: [] }
const path = (name: string) => join(folder, `${which}-${name}.json`)
const load = <T>(name: string) => JSON.parse(readFileSync(path(name), "utf8")) as T
const save = (name: string, value: unknown) => writeFileSync(path(name), JSON.stringify(value))

const before = process.resourceUsage().maxRSS
const began = performance.now()
const cpu = process.cpuUsage()
const said = step === undefined ? {} : await steps(step)
const { user, system } = process.cpuUsage(cpu)
console.log(
  JSON.stringify({
    ...said,
    seconds: (performance.now() - began) / 1000,
    cpu_seconds: (user + system) / 1e6,
    max_rss_mb: process.resourceUsage().maxRSS / 1024,
    rss_before_mb: before / 1024,
    requests: opened.map(({ usage }) => usage.requests),
    bytes: opened.map(({ usage }) => usage.bytes),
  }),
)

async function steps(name: string): Promise<Record<string, unknown>> {
  if (name === "plan") {
    const planned = await plan(contextOf(), options)
    if ("validation" in planned) return saidOf(planned.validation)
    save("shards", planned.shards)
    const input_bytes = Math.max(...planned.shards.map(({ input }) => Buffer.byteLength(JSON.stringify(input))))
    return { shards: planned.shards.length, files: tree.size, input_bytes }
  }
  const shards = load<{ input: ShardInput }[]>("shards")
  if (name === "run") {
    const found: ShardFound[] = []
    for (const { input } of ofWhich(shards)) found.push(await run(input, contextOf(), options))
    save("found", found)
    const most = Math.max(
      ...found.map(({ files, episodes, values }) => Buffer.byteLength(JSON.stringify([files, episodes, values]))),
    )
    const { broken, isCut } = found[0]!
    return { partial_bytes: Buffer.byteLength(JSON.stringify(found[0])), summary_bytes: most, broken, isCut }
  }
  if (name !== "reduce") throw new Error(`there is no step ${name}`)
  const found = load<ShardFound[]>("found")
  // Each is its own: what came from the database shares nothing.
  const all = found.length === shards.length ? found : shards.map(() => structuredClone(found[0]!))
  return saidOf((await reduce(all, contextOf(), options)).validation)
}

function saidOf({ verdict, reason, coverage, counts, findings, not_run }: Validation) {
  return {
    verdict,
    reason,
    coverage,
    counts,
    findings: findings.map(({ code, message }) => `${code}: ${message}`),
    not_run,
  }
}

/** The files of version 2 are so many and so alike that its first shard stands for all. */
function ofWhich<Each>(shards: Each[]): Each[] {
  return which === "v3.0" ? shards : shards.slice(0, 1)
}
