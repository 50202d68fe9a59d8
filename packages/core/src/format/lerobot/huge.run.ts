import { tmpdir } from "node:os"
import { join } from "node:path"
import type { FileEntry, Files, Usage } from "../../files/files.ts"
import { hugeV2, hugeV3 } from "./builder-huge.ts"
import type { BuiltFile } from "./builder.ts"
import { lerobot } from "./lerobot.ts"

/** Run as a process of its own by `huge.test.ts`, so that its memory is its own. Prints what it saw as JSON. */
const which = process.argv[2]
const tree = which === "v3" ? await hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") }) : hugeV2()

/** Pages of a thousand, as the Hub has them, each counted as a request. */
function filesOf(built: ReadonlyMap<string, BuiltFile>): Files & { ranges: [string, number, number][] } {
  const usage: Usage = { requests: 0, bytes: 0, files: 0 }
  const ranges: [string, number, number][] = []
  const entry = (path: string, size: number): FileEntry => ({
    path,
    size,
    oid: null,
    lfs: /\.(?:parquet|mp4)$/.test(path),
  })
  return {
    usage,
    ranges,
    async *list() {
      let count = 0
      for (const [path, { size }] of built) {
        if (count++ % 1000 === 0) usage.requests++
        yield entry(path, size)
      }
    },
    folder: () => Promise.reject(new Error("not asked for")),
    async stat(paths) {
      usage.requests++
      return new Map(paths.flatMap((path) => (built.has(path) ? [[path, entry(path, built.get(path)!.size)]] : [])))
    },
    open: ({ path, size }) => ({
      path,
      size,
      async read(start, end) {
        usage.requests++
        usage.bytes += end - start
        ranges.push([path, start, end])
        return built.get(path)!.read(start, end)
      },
    }),
  }
}

const files = filesOf(tree)
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
