import { isWithinRanges, type Range } from "../../../check/ranges.ts"
import type { Depth } from "../../../check/schema.ts"
import type { FileEntry } from "../../../files/files.ts"
import { plural } from "../notes.ts"
import { sampleOf } from "./sample.ts"
import type { DatasetFacts } from "./subjects.ts"

/** More files than this in a layout of one file an episode, and headers are looked at of a sample. */
const MANY = 1000

/** Files that are looked at one by one, of those there are. */
export interface Scope {
  data: readonly FileEntry[]
  videos: readonly { camera: string; entry: FileEntry }[]
  of: { data: number; videos: number }
  /** Why these are not all; null when they are. */
  sampled: string | null
}

/**
 * Every data file and every file of a declared video camera. In version 2 that is one an episode: of more than a thousand a
 * sample, at metadata depth. When episodes are named, the files that the table says they lie in.
 */
export function scopeOf(facts: DatasetFacts, depth: Depth, ranges: readonly Range[] | null): Scope {
  if (!facts.has("info")) return { data: [], videos: [], of: { data: 0, videos: 0 }, sampled: null }
  const { data, videos } = facts.listing
  const perCamera = [...videos].map(([camera, entries]) => ({ camera, entries }))
  const of = { data: data.length, videos: perCamera.reduce((sum, { entries }) => sum + entries.length, 0) }
  const all = (keep: (entries: readonly FileEntry[]) => readonly FileEntry[]): Scope => ({
    data: keep(data),
    videos: perCamera.flatMap(({ camera, entries }) => keep(entries).map((entry) => ({ camera, entry }))),
    of,
    sampled: null,
  })
  if (ranges !== null) return { ...ofEpisodes(facts, ranges, all), of }
  const isMany = [data, ...videos.values()].some(({ length }) => length > MANY)
  if (facts.version.major === 3 || depth !== "metadata" || !isMany) return all((entries) => entries)
  const sample = all((entries) =>
    entries.length > MANY ? sampleOf(entries.length, facts.revision).map((at) => entries[at]!) : entries,
  )
  return { ...sample, sampled: `Sampled: ${looked(sample)}.` }
}

function ofEpisodes(
  facts: DatasetFacts,
  ranges: readonly Range[],
  all: (keep: (entries: readonly FileEntry[]) => readonly FileEntry[]) => Scope,
): Scope {
  if (!facts.has("episodes")) return all((entries) => entries)
  const { episodes, listing } = facts
  const paths = new Set<string | undefined>()
  let wanted = 0
  for (let row = 0; row < episodes.rows; row++) {
    if (!isWithinRanges(ranges, episodes.episode_index[row]!)) continue
    wanted++
    paths.add(episodes.dataPath(row))
    for (const camera of listing.videos.keys()) paths.add(episodes.videoPath(row, camera))
  }
  const scope = all((entries) => entries.filter(({ path }) => paths.has(path)))
  const asked = `${wanted.toLocaleString("en")} of ${plural(episodes.rows, "episode")}`
  return { ...scope, sampled: `As asked, only the files of ${asked} were looked at: ${looked(scope)}.` }
}

function looked({ data, videos, of }: Scope): string {
  const files = `${data.length.toLocaleString("en")} of ${plural(of.data, "data file")}`
  return of.videos ? `${files} and ${videos.length.toLocaleString("en")} of ${plural(of.videos, "video")}` : files
}

/** The paths that are looked at one by one. */
export const pathsOf = ({ data, videos }: Pick<Scope, "data" | "videos">): ReadonlySet<string> =>
  new Set([...data, ...videos.map(({ entry }) => entry)].map(({ path }) => path))
