import type { IndexSummary } from "../adapter.ts"
import type { EpisodeCounts } from "./index-row.ts"
import { plural } from "./notes.ts"

const MAX_NOTES = 20
const MAX_NOTE = 300

/** Sums up what the parts counted. An index that several parts have is one episode. */
export function summaryOf(counts: Record<string, unknown>[]): IndexSummary {
  const of = (kind: string) => counts.filter((each) => each["kind"] === kind)
  const tables = of("episodes") as EpisodeCounts[]
  const rowsOf = (kind: string) => of(kind).reduce((sum, each) => sum + Number(each["rows"]), 0)
  const broken = of("broken")
  const isBroken = (...kinds: string[]) => broken.some((each) => kinds.includes(String(each["of"])))
  const notes = counts.flatMap((each) => (each["notes"] as string[] | undefined) ?? [])

  const flags: Record<string, number> = {}
  for (const each of tables) {
    for (const [flag, count] of Object.entries(each.flags)) flags[flag] = (flags[flag] ?? 0) + count
  }
  const listed = tables.reduce((sum, { rows }) => sum + rows, 0)
  const episodes = distinct(tables.flatMap(({ runs }) => runs))
  const unusable = tables.reduce((sum, each) => sum + each.unusable, 0)
  if (unusable > 0)
    notes.push(`${plural(unusable, "row")} of the table of the episodes hold no episode; they were left out.`)
  if (listed > episodes)
    notes.push(`${plural(listed - episodes, "episode")} are listed more than once; the first counts.`)

  const isPart = isBroken("table", "lines") || tables.length === 0
  const frames = tables.reduce<number | null>(
    (sum, each) => (sum === null || each.frames === null ? null : sum + each.frames),
    0,
  )
  if (frames === null) notes.push("Not every episode has a length, so the frames are not counted.")
  return {
    episodes: tables.length === 0 ? null : episodes,
    // Of two lengths of one episode in two parts nobody knows here which one counts.
    frames: isPart || listed > episodes ? null : frames,
    tasks: isBroken("tasks") || of("tasks").length === 0 ? null : rowsOf("tasks"),
    features: rowsOf("features"),
    flags,
    notes: [...new Set(notes)].slice(0, MAX_NOTES).map((note) => note.slice(0, MAX_NOTE)),
  }
}

/** How many numbers the runs cover together. */
function distinct(runs: [number, number][]): number {
  let count = 0
  let end = -1
  for (const [first, last] of runs.toSorted(([a], [b]) => a - b)) {
    count += Math.max(0, last - Math.max(first, end + 1) + 1)
    end = Math.max(end, last)
  }
  return count
}
