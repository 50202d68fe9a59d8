import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export type Line = Record<string, unknown>

/** What a process of `file` in this folder wrote to stdout, line by line, each of which is JSON. */
export async function linesOf(file: string, level: "info" | "error" = "info"): Promise<Line[]> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  // Its database and settings are those of the test.
  const { stdout } = await promisify(execFile)(process.execPath, [path], {
    env: { ...process.env, LOG_LEVEL: level },
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
}
