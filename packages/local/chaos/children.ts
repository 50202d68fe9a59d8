import { execFile } from "node:child_process"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Task } from "./simulated.ts"

const SCRIPT = fileURLToPath(new URL("./simulated.ts", import.meta.url))

/** Databases that are worth having: each has a process of its own at it. */
export const CHILDREN = Math.min(4, availableParallelism())

/** Does one share in a process of its own, and gives what it printed. Throws with what it had to say. */
export async function inChild<Seen>(task: Task): Promise<Seen> {
  const env = { ...process.env, DATABASE_URL: task.share.url }
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, JSON.stringify(task)], {
    env,
    maxBuffer: 2 ** 26,
  })
  return JSON.parse(stdout) as Seen
}
