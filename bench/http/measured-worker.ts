/** A worker as it deploys that writes down, after each event, the most memory its process has had: in KB, into a file of its own in `PEAKS`. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { medium } from "../../packages/functions/src/job/worker.ts"

export const handler: typeof medium = async (event, context) => {
  try {
    return await medium(event, context)
  } finally {
    writeFileSync(join(process.env.PEAKS!, String(process.pid)), String(peak()))
  }
}

/** What the system counts may begin with the process this one was forked from; Linux also knows that of the program alone. */
function peak(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))![1])
}
