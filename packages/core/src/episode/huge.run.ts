// Run as a process of its own by `huge.test.ts`, so that its memory is its own. Prints what it saw as JSON.
import { tmpdir } from "node:os"
import { join } from "node:path"
import { importDataset, keepObjects } from "../../test/engine.ts"
import { indexDataset } from "../../test/indexing.ts"
import { Database } from "../db/database.ts"
import type { Files } from "../files/files.ts"
import { builtFiles } from "../format/lerobot/builder-files.ts"
import { hugeV2, hugeV3 } from "../format/lerobot/builder-huge.ts"
import { listingOf } from "../format/listing.ts"
import { Job } from "../job/job.ts"
import { Queue } from "../job/queue.ts"
import { Episode } from "./episode.ts"

const tree = process.argv[2] === "v3" ? await hugeV3({ cacheDir: join(tmpdir(), "robokit-huge") }) : hugeV2()
keepObjects()
Queue.deliverWith(async () => {})
const opened: Files[] = []
// Each step opens its own, whose bytes count for it.
const open = () => {
  const files = builtFiles(tree)
  opened.push(files)
  return files
}
const total = (kind: "requests" | "bytes") => opened.reduce((sum, { usage }) => sum + usage[kind], 0)
// As the import knew it: beyond twice what is estimated from it a job is stopped.
const listing = listingOf(
  [...tree].map(([path, { size }]) => ({ path, size })),
  true,
)
const { id } = await importDataset({ listing })
const rss_before_mb = process.resourceUsage().maxRSS / 1024
const began = performance.now()
let cpu = process.cpuUsage()
const { job_id, ends } = await indexDataset(id, open)
cpu = process.cpuUsage(cpu)
const seconds = (performance.now() - began) / 1000
const timed = async (work: () => Promise<unknown>) => {
  const from = performance.now()
  await work()
  return Math.round(performance.now() - from)
}
const { result, error, usage } = await Job.get(id, job_id)
const page = (sort: "episode_index" | "-length", skip: number) => Episode.list(id, { skip, limit: 100 }, { sort })
console.log(
  JSON.stringify({
    result,
    error,
    usage,
    seconds,
    cpu_seconds: (cpu.user + cpu.system) / 1e6,
    rss_before_mb,
    max_rss_mb: process.resourceUsage().maxRSS / 1024,
    read: { requests: total("requests"), bytes: total("bytes") },
    steps: ends.length,
    list_ms: await timed(() => page("episode_index", 0)),
    deep_ms: await timed(() => page("-length", 90_000)),
    search_ms: await timed(() => Episode.search("cube", { limit: 20 })),
  }),
)
await Database.close()
