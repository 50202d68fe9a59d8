import { readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Validation } from "../../../check/schema.ts"
import { builtFiles } from "../builder-files.ts"
import { hugeV2, hugeV3 } from "../builder-huge.ts"
import { plan, reduce, run } from "./sharded.ts"
import type { ShardFound, ShardInput } from "./shards.ts"

/**
 * One step of validating the largest datasets there are, run as a process of its own by `huge.test.ts`, so that its memory is
 * its own: `v2|v3 plan|run|reduce folder`. Steps leave what they found in the folder. Prints what it cost as JSON.
 */
const [which, step, folder = ""] = process.argv.slice(2)
const tree = which === "v3" ? await hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") }) : hugeV2()
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
const options = { depth: "metadata", suppress: [] } as const
const path = (name: string) => join(folder, `${name}.json`)
const load = <T>(name: string) => JSON.parse(readFileSync(path(name), "utf8")) as T
const save = (name: string, value: unknown) => writeFileSync(path(name), JSON.stringify(value))

const before = process.resourceUsage().maxRSS
const began = performance.now()
const cpu = process.cpuUsage()
const said = await steps(step!)
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
    return { shards: planned.shards.length, files: tree.size }
  }
  if (name === "run") {
    const found: ShardFound[] = []
    for (const { input } of load<{ input: ShardInput }[]>("shards")) found.push(await run(input, contextOf(), options))
    save("found", found)
    return { partial_bytes: found.map((each) => Buffer.byteLength(JSON.stringify(each))) }
  }
  return saidOf((await reduce(load<ShardFound[]>("found"), contextOf(), options)).validation)
}

function saidOf({ verdict, reason, coverage, counts, findings }: Validation) {
  return { verdict, reason, coverage, counts, findings: findings.map(({ code, message }) => `${code}: ${message}`) }
}
