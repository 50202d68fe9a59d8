import { noRows, type EpisodeRow, type StatsRow } from "../../episode/rows.ts"
import type { IndexContext } from "../adapter.ts"
import { counted, episodeRow } from "./index-row.ts"
import { type Declared, videoKeys } from "./index-source.ts"
import { keptStats, statsOfLine } from "./index-stats.ts"
import { readLines } from "./jsonl.ts"
import { episodeValues } from "./listing.ts"
import { isRecord } from "./text.ts"

/** Bytes of `meta/episodes.jsonl`, or of the statistics beside it. */
export interface LinesPart extends Record<string, unknown> {
  kind: "lines" | "stats"
  path: string
  size: number
  from: number
  to: number
  /** The statistics of these episodes, where both are small. */
  stats?: { path: string; size: number }
}

type Reading = Pick<IndexContext, "files" | "signal">

/** Reads episodes of version 2. Files lie where the templates say: whether they do, only a listing would tell. */
export async function readLinesPart(part: LinesPart, declared: Declared, { files, signal }: Reading) {
  const { info } = declared
  const stats = part.stats
    ? await readStatsPart({ ...part.stats, kind: "stats", from: 0, to: part.stats.size }, declared, { files, signal })
    : undefined
  const statsOf = new Map(stats?.rows.stats.map((each) => [each.episode_index, each.stats]))
  const cameras = videoKeys(info)
  const episodes: EpisodeRow[] = []
  let unusable = 0
  for await (const { at, value } of readLines(opened(part, files), signal, part)) {
    const episode_index = isRecord(value) ? naturalOf(value["episode_index"]) : null
    if (!isRecord(value) || episode_index === null) {
      unusable++
      continue
    }
    const length = naturalOf(value["length"])
    const values = episodeValues(episode_index, declared.chunksSize)
    const to_s = length === null || info.fps === null ? null : length / info.fps
    const found = {
      episode_index,
      place: at,
      length,
      tasks: textsOf(value["tasks"]),
      data_path: declared.data.fill(values) ?? null,
      rows_from: null,
      rows_to: null,
      // A file of its own for each episode and camera.
      videos: cameras.map((camera) => ({
        camera,
        path: declared.video.fill({ ...values, video_key: camera }) ?? null,
        from_s: 0,
        to_s,
      })),
      stats: statsOf.get(episode_index) ?? null,
    }
    episodes.push(episodeRow(found, info.fps))
  }
  const { rows, counts } = counted(episodes, unusable)
  return { rows: { ...noRows(), episodes: rows }, counts }
}

/** Reads statistics of version 2.1, which lie in a file of their own. */
export async function readStatsPart(part: LinesPart, { info }: Declared, { files, signal }: Reading) {
  const kept = keptStats(info)
  const stats: StatsRow[] = []
  for await (const { value } of readLines(opened(part, files), signal, part)) {
    if (!isRecord(value)) continue
    const episode_index = naturalOf(value["episode_index"])
    const summary = statsOfLine(value["stats"], kept)
    if (episode_index !== null && summary) stats.push({ episode_index, stats: summary })
  }
  return { rows: { ...noRows(), stats }, counts: { kind: "stats", rows: stats.length } }
}

const opened = ({ path, size }: LinesPart, files: IndexContext["files"]) =>
  files.open({ path, size, oid: null, lfs: false })

/** A whole number, also written as text. */
function naturalOf(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value]
  return Array.isArray(value) ? (value as unknown[]).filter((each): each is string => typeof each === "string") : []
}
