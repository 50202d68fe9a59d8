import { isWithinRanges, type Range } from "../../../check/ranges.ts"
import type { Depth } from "../../../check/schema.ts"
import type { FileList } from "../../../files/file-table.ts"
import type { FileEntry } from "../../../files/files.ts"
import { plural } from "../notes.ts"
import { sampleOf } from "./sample.ts"
import { type Sequence, sequence } from "./sequence.ts"
import type { DatasetFacts } from "./subjects.ts"

/** More files than this in a layout of one file an episode, and headers are looked at of a sample. */
const MANY = 1000

/** Files that are looked at one by one, of those there are. */
export interface Scope {
  data: Sequence<FileEntry>
  videos: Sequence<{ camera: string; entry: FileEntry }>
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
  const of = { data: data.length, videos: countOf(videos) }
  const all = (keep: (files: FileList) => FileList): Scope => ({
    data: keep(data),
    videos: videosOf(new Map([...videos].map(([camera, files]) => [camera, keep(files)]))),
    of,
    sampled: null,
  })
  if (ranges !== null) return { ...ofEpisodes(facts, ranges, all), of }
  const isMany = [data, ...videos.values()].some(({ length }) => length > MANY)
  if (facts.version.major === 3 || depth !== "metadata" || !isMany) return all((files) => files)
  const sample = all((files) => (files.length > MANY ? files.pick(sampleOf(files.length, facts.revision)) : files))
  return { ...sample, sampled: `Sampled: ${looked(sample)}.` }
}

const countOf = (videos: ReadonlyMap<string, FileList>) =>
  [...videos.values()].reduce((sum, { length }) => sum + length, 0)

const videosOf = (videos: ReadonlyMap<string, FileList>): Scope["videos"] =>
  sequence(countOf(videos), function* () {
    for (const [camera, files] of videos) for (const entry of files) yield { camera, entry }
  })

function ofEpisodes(
  facts: DatasetFacts,
  ranges: readonly Range[],
  all: (keep: (files: FileList) => FileList) => Scope,
): Scope {
  if (!facts.has("episodes")) return all((files) => files)
  const { episodes, listing } = facts
  const isTheirs = new Uint8Array(listing.files.length)
  const add = (path: string | undefined) => {
    const row = path === undefined ? -1 : listing.files.rowOf(path)
    if (row >= 0) isTheirs[row] = 1
  }
  let wanted = 0
  for (let row = 0; row < episodes.rows; row++) {
    if (!isWithinRanges(ranges, episodes.episode_index[row]!)) continue
    wanted++
    add(episodes.dataPath(row))
    for (const camera of listing.videos.keys()) add(episodes.videoPath(row, camera))
  }
  const scope = all((files) => files.filter((row) => isTheirs[row] === 1))
  const asked = `${wanted.toLocaleString("en")} of ${plural(episodes.rows, "episode")}`
  return { ...scope, sampled: `As asked, only the files of ${asked} were looked at: ${looked(scope)}.` }
}

function looked({ data, videos, of }: Scope): string {
  const files = `${data.length.toLocaleString("en")} of ${plural(of.data, "data file")}`
  return of.videos ? `${files} and ${videos.length.toLocaleString("en")} of ${plural(of.videos, "video")}` : files
}

/** The paths that are looked at one by one. */
export const pathsOf = ({ data, videos }: Pick<Scope, "data" | "videos">): ReadonlySet<string> =>
  new Set([...data, ...Iterator.from(videos).map(({ entry }) => entry)].map(({ path }) => path))
