import type { Bytes } from "../../files/files.ts"
import { EpisodeTable, type Episodes } from "./episode-table.ts"
import { readLines } from "./jsonl.ts"
import { plural, type Notes } from "./notes.ts"
import { isRecord } from "./text.ts"

/** Reads `meta/episodes.jsonl`, line by line. Lines that are no episode are counted and named in a note. */
export async function readEpisodesJsonl(
  bytes: Bytes,
  notes: Notes,
  { signal, onProgress }: { signal: AbortSignal; onProgress(count: number): void },
): Promise<Episodes> {
  const table = new EpisodeTable()
  const broken: number[] = []
  let brokenCount = 0
  for await (const { number, value } of readLines(bytes, signal)) {
    const before = table.rows
    if (isRecord(value)) table.add(numberOf(value["episode_index"]), numberOf(value["length"]), bytes.path)
    if (table.rows === before) {
      brokenCount++
      if (broken.length < 3) broken.push(number)
    } else if (table.rows % 20_000 === 0) {
      onProgress(table.rows)
    }
  }
  const episodes = table.finish()
  if (brokenCount) {
    notes.add(
      `${bytes.path}: ${plural(brokenCount, "line")} hold no episode (first: line ${broken.join(", ")}); they were left out.`,
    )
  }
  noteTable(bytes.path, table, episodes, notes)
  return episodes
}

/** What is wrong with a table of episodes, in either version. */
export function noteTable(path: string, table: EpisodeTable, episodes: Episodes, notes: Notes) {
  if (episodes.duplicates) {
    notes.add(`${path} lists ${plural(episodes.duplicates, "episode")} more than once; the first mention counts.`)
  }
  if (table.withoutLength) {
    notes.add(
      `${path} states no usable length for ${plural(table.withoutLength, "episode")}, so frames cannot be counted from it.`,
    )
  }
}

/** Numbers, also written as text; anything else is no number. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : NaN
}
