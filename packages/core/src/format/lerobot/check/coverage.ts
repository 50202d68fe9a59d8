import type { Coverage, Depth } from "../../../check/schema.ts"
import { isWhole } from "./episodes.ts"
import { SETTINGS } from "../../../check/settings.ts"
import type { Scope } from "./scope.ts"
import type { Sequence } from "./sequence.ts"
import type { DatasetFacts, EpisodeSummary, FileSummary } from "./subjects.ts"

/** What was looked at, of all shards together. */
export interface Looked {
  files: Sequence<FileSummary>
  episodes: Sequence<EpisodeSummary>
  /** Files of `isOwn` of which something was read. */
  filesRead: number
  rowsRead: number
  /** Bytes that came in. */
  bytes: number
}

/** The files a dataset consists of: what else is in the repository no reader of it looks at. */
export const isOwn = (path: string) => path.startsWith("meta/") || path === "README.md" || path === SETTINGS

export function coverageOf(facts: DatasetFacts, depth: Depth, { of }: Scope, looked: Looked): Coverage {
  const { files } = facts.listing
  let [own, bytes] = [0, 0]
  for (const { path, size } of files) {
    bytes += size
    if (isOwn(path)) own++
  }
  const known = facts.has("episodes") ? facts.episodes.rows : 0
  const total = episodesOf(facts)
  const inRows = () => new Set(Iterator.from(looked.episodes).map(({ episode }) => episode)).size
  return {
    episodes: { read: depth === "metadata" ? known : inRows(), total },
    files: { read: looked.filesRead, total: own + of.data + of.videos },
    rows: { read: looked.rowsRead, total: rowsOf(facts, of.data, looked.files) },
    bytes: { read: looked.bytes, total: bytes },
  }
}

/** Counted where the table is whole; else as declared; else not known. */
function episodesOf(facts: DatasetFacts): number | null {
  if (facts.has("episodes") && isWhole(facts.episodes)) return facts.episodes.rows
  return facts.has("info") ? facts.info.parsed.total_episodes : null
}

/** By the footers where each was read; else by the lengths of the episodes; else not known. */
function rowsOf(facts: DatasetFacts, count: number, files: Sequence<FileSummary>): number | null {
  let [data, rows] = [0, 0]
  for (const file of files) {
    if (file.kind !== "data") continue
    data++
    rows += file.rows
  }
  if (data === count && count > 0) return rows
  if (!facts.has("episodes") || !isWhole(facts.episodes)) return null
  const sum = facts.episodes.length.reduce((all, length) => all + length, 0)
  return Number.isSafeInteger(sum) && sum >= 0 ? sum : null
}
