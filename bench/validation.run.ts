/** `node validation.run.ts <decode|columns|metadata|full> <folder> <rounds>`: one measurement in a process of its own, as JSON. */
import { readColumns } from "../packages/core/src/parquet/columns.ts"
import { readFooter } from "../packages/core/src/parquet/footer.ts"
import { leavesOf } from "../packages/core/src/parquet/leaves.ts"
import { rememberTail } from "../packages/core/src/parquet/tail.ts"
import { folderFiles } from "../packages/core/src/files/folder.ts"
import { validate } from "../packages/core/src/format/lerobot/check/validate.ts"
import type { Depth } from "../packages/core/src/check/schema.ts"
import { median } from "./numbers.ts"

const [mode = "full", root = ".", rounds = "1"] = process.argv.slice(2)
const { signal } = new AbortController()
const files = await folderFiles(root)

/** Every column of every table, as validation reads them, and nothing done with them. */
async function decode() {
  let values = 0
  for await (const entry of files.list("", signal)) {
    if (!entry.path.endsWith(".parquet")) continue
    const bytes = rememberTail(files.open(entry))
    const footer = await readFooter(bytes, { signal })
    const paths = leavesOf(footer.schema).map(({ path }) => path)
    for await (const { columns } of readColumns(bytes, footer, paths, { signal })) {
      for (const column of columns) values += column?.values.length ?? 0
    }
  }
  return `${values} values`
}

async function full(depth: Depth) {
  const { verdict, counts } = await validate(
    { repo_id: "a/b", revision: "0".repeat(40), files, card: { licence: null, tags: [] }, signal, progress: () => {} },
    { depth, fail_on: "error", suppress: [] },
  )
  return `${verdict}, ${counts.error} errors, ${counts.warning} warnings`
}

const cpu: number[] = []
let said = ""
for (let round = 0; round < Number(rounds); round++) {
  const before = process.cpuUsage()
  said = await (mode === "decode" ? decode() : full(mode as Depth))
  const { user, system } = process.cpuUsage(before)
  cpu.push((user + system) / 1000)
}
console.log(
  JSON.stringify({
    first_cpu_ms: cpu[0],
    cpu_ms: median(cpu),
    process_cpu_ms: process.resourceUsage().userCPUTime / 1000 + process.resourceUsage().systemCPUTime / 1000,
    rss_mb: process.resourceUsage().maxRSS / 1024,
    said,
  }),
)
