import { readdirSync, readFileSync } from "node:fs"

/** `/proc` counts in hundredths of a second. */
const TICK_MS = 10

/** Processor time so far of a PostgreSQL server, its processes included that have ended, in ms. Linux only. */
export function cpuOfServer(pid: number): number {
  const { own, ended } = timesOf(pid)
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const each = timesOf(Number(name))
        return each.parent === pid ? [each.own] : []
      } catch (error) {
        // It has ended since the folder was read, and is counted with its parent.
        if (/ENOENT|ESRCH/.test((error as NodeJS.ErrnoException).code ?? "")) return []
        throw error
      }
    })
  return children.reduce((sum, each) => sum + each, own + ended)
}

/** Fields 4 and 14 to 17 of proc_pid_stat(5), after the name, which may hold anything. */
function timesOf(pid: number) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  const ticks = (at: number) => Number(fields[at]) * TICK_MS
  return { parent: Number(fields[1]), own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) }
}
