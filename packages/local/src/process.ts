import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

/** Whether the process still runs. One that ended and was not yet fetched by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
  return statOf(pid)?.state !== "Z"
}

/** The name of its program; `undefined` where the system does not tell (it has no `/proc`). */
export const programOf = (pid: number) => statOf(pid)?.program

/** Whether the process was gone in time. */
export async function waitForExit(pid: number, ms: number): Promise<boolean> {
  const end = Date.now() + ms
  while (isAlive(pid)) {
    if (Date.now() > end) return false
    await sleep(10)
  }
  return true
}

function statOf(pid: number): { program: string; state: string } | undefined {
  try {
    // `pid (program) state …`; the program's name may hold brackets and spaces itself.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const end = stat.lastIndexOf(")")
    return { program: stat.slice(stat.indexOf("(") + 1, end), state: stat.charAt(end + 2) }
  } catch {
    return undefined
  }
}
