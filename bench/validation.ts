import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { median, round } from "./numbers.ts"
import { write } from "./validation-data.ts"

const RUN = fileURLToPath(new URL("validation.run.ts", import.meta.url))
/** The compiler still works on the first ten, in threads that count. */
const WARM_ROUNDS = 31

export interface ValidationTime {
  what: string
  dataset: "large" | "small"
  /** Of the first time in a new process, and of one that has done it before; processor time. Null for other people's tools. */
  first_cpu_ms: number | null
  warm_cpu_ms: number | null
  /** Processor time of the whole process, its start included. */
  process_cpu_ms: number
  rss_mb: number
}

const OURS = [
  ["decode", "large"],
  ["metadata", "large"],
  ["columns", "large"],
  ["full", "large"],
  ["metadata", "small"],
  ["full", "small"],
] as const

/** Other people's, by the command that grades a folder. Each is left out where it is not on the PATH. */
const PEERS: Record<string, (folder: string) => string[]> = {
  "pyarrow, every column": (folder) => ["python3", "-c", READ_ALL, folder],
  "lerobot-doctor": (folder) => ["lerobot-doctor", "check", folder],
  robovet: (folder) => ["robovet", "doctor", folder],
  "deepen-grade": (folder) => ["deepen", "grade", folder],
}
const READ_ALL = `
import glob, sys
import pyarrow.parquet as pq
for path in glob.glob(sys.argv[1] + "/**/*.parquet", recursive=True): pq.read_table(path, use_threads=False)
`
const MEASURE = `
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"cpu": (used.ru_utime + used.ru_stime) * 1000, "rss": used.ru_maxrss / 1024, "code": done.returncode}))
`

/**
 * What validation takes beside only decoding the same columns with the same reader, each in a process of its own: a dataset of
 * 1,000 episodes, 251,000 rows of 28 values, and one of 12 episodes with three cameras. Files are local and in the page cache.
 */
export async function validationTimes(rounds: number): Promise<ValidationTime[]> {
  const scratch = mkdtempSync(join(tmpdir(), "robokit-bench-"))
  try {
    const folders = { large: join(scratch, "large"), small: join(scratch, "small") }
    await write("large", folders.large)
    await write("small", folders.small)
    const ours = OURS.map(([mode, dataset]) => ourTime(mode, dataset, folders[dataset], rounds))
    const theirs = Object.entries(PEERS).flatMap(([name, command]) =>
      (["large", "small"] as const).flatMap((dataset) => theirTime(name, dataset, command(folders[dataset])) ?? []),
    )
    return [...ours, ...theirs]
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface Measured {
  first_cpu_ms: number
  cpu_ms: number
  process_cpu_ms: number
  rss_mb: number
}

function ourTime(mode: string, dataset: "large" | "small", folder: string, rounds: number): ValidationTime {
  const once = (times: number) =>
    JSON.parse(execFileSync(process.execPath, [RUN, mode, folder, String(times)], { encoding: "utf8" })) as Measured
  const cold = Array.from({ length: rounds }, () => once(1))
  const middle = (of: keyof Measured) => round(median(cold.map((each) => each[of])))
  return {
    what: mode === "decode" ? "only decoding" : `validation, ${mode}`,
    dataset,
    first_cpu_ms: middle("first_cpu_ms"),
    warm_cpu_ms: round(once(WARM_ROUNDS).cpu_ms),
    process_cpu_ms: middle("process_cpu_ms"),
    rss_mb: middle("rss_mb"),
  }
}

function theirTime(name: string, dataset: "large" | "small", command: string[]): ValidationTime | undefined {
  const isThere =
    command[0] === "python3"
      ? spawnSync("python3", ["-c", "import pyarrow"]).status === 0
      : spawnSync(command[0]!, ["--version"]).status === 0
  if (!isThere) {
    console.error(`${name} is not on the PATH: its row is left out.`)
    return undefined
  }
  const { stdout } = spawnSync("python3", ["-c", MEASURE, ...command], { encoding: "utf8" })
  const { cpu, rss } = JSON.parse(stdout) as { cpu: number; rss: number }
  return {
    what: name,
    dataset,
    first_cpu_ms: null,
    warm_cpu_ms: null,
    process_cpu_ms: round(cpu),
    rss_mb: round(rss),
  }
}
