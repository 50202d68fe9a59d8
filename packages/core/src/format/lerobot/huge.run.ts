import { tmpdir } from "node:os"
import { join } from "node:path"
import { builtFiles } from "./builder-files.ts"
import { hugeV2, hugeV3 } from "./builder-huge.ts"
import { lerobot } from "./lerobot.ts"

/** Run as a process of its own by `huge.test.ts`, so that its memory is its own. Prints what it saw as JSON. */
const which = process.argv[2]
const tree = which === "v3" ? await hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") }) : hugeV2()

const files = builtFiles(tree)
const before = process.resourceUsage().maxRSS
const began = performance.now()
let cpu = process.cpuUsage()
const metadata = await lerobot.extract!({
  repo_id: "huge/set",
  revision: "0".repeat(40),
  files,
  card: { licence: "mit", tags: [] },
  progress() {},
  signal: new AbortController().signal,
})
cpu = process.cpuUsage(cpu)
console.log(
  JSON.stringify({
    metadata,
    json_bytes: Buffer.byteLength(JSON.stringify(metadata)),
    seconds: (performance.now() - began) / 1000,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    max_rss_mb: process.resourceUsage().maxRSS / 1024,
    rss_before_mb: before / 1024,
    usage: files.usage,
    listed_requests: Math.ceil(tree.size / 1000),
    mp4_ranges: files.ranges.filter(([path]) => path.endsWith(".mp4")).length,
    data_ranges: files.ranges.filter(([path]) => path.startsWith("data/")).length,
  }),
)
