import type { Where } from "../../../check/schema.ts"
import type { StatColumn, StatsTable } from "./subjects.ts"

/** Where an entry stands: its file, and its episode if it is one's. */
export function placed({ path, isGlobal, episodes }: StatsTable, entry: number): Where {
  const episode = episodes[entry]!
  return !isGlobal && Number.isSafeInteger(episode) && episode >= 0 ? { path, episode } : { path }
}

/** One number of one entry; NaN where there is none. */
export function numberAt(column: StatColumn | undefined, entry: number, dimension: number): number {
  if (!column) return NaN
  const at = column.starts[entry]! + dimension
  return at < column.starts[entry + 1]! ? column.values[at]! : NaN
}

export const sizeAt = ({ starts }: StatColumn, entry: number) => starts[entry + 1]! - starts[entry]!
