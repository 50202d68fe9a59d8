import type { DatasetMetadata } from "../schema.ts"
import type { DeclaredCamera } from "./declared-camera.ts"
import type { EpisodesRead } from "./episodes.ts"
import type { Info } from "./info.ts"
import type { Listing } from "./listing.ts"
import { isRecord } from "./text.ts"

/** Bytes of JSON a result may take: 256 KB, less what the notes about cuts add. */
const MAX_RESULT = 240 * 1024
const MAX_VALUE = 2048
const MAX_FEATURES = 200

/** What only LeRobot has: declarations as they are written, and what follows from the tables. */
export function detailsOf(
  info: Info,
  listing: Listing,
  episodes: EpisodesRead,
  cameras: readonly DeclaredCamera[],
): Record<string, unknown> {
  const { raw } = info
  const { table } = episodes
  return {
    codebase_version: bounded(raw["codebase_version"]),
    dialects: dialectsOf(info, listing),
    declared: Object.fromEntries(
      ["total_episodes", "total_frames", "total_tasks", "total_videos", "total_chunks"].flatMap((key) =>
        raw[key] === undefined ? [] : [[key, bounded(raw[key])]],
      ),
    ),
    chunks_size: info.chunks_size,
    data_path: bounded(raw["data_path"]),
    video_path: bounded(raw["video_path"]),
    splits: bounded(raw["splits"]),
    episode_length: table?.spread ?? null,
    episode_index:
      table && table.count > 0
        ? { min: table.indices[0], max: table.indices.at(-1), contiguous: table.isContiguous }
        : null,
    episode_files: listing.shardCount || null,
    data_files: listing.dataFiles,
    video_files: listing.tally.by_kind["video"]?.count ?? 0,
    statistics: listing.meta.has("meta/episodes_stats.jsonl")
      ? "meta/episodes_stats.jsonl"
      : listing.meta.has("meta/stats.json")
        ? "meta/stats.json"
        : null,
    image_cameras: cameras.filter(({ isVideo }) => !isVideo).map(({ key }) => key),
    depth_cameras: cameras.filter(({ isDepth }) => isDepth).map(({ key }) => key),
    language_columns: info.features.filter(({ dtype }) => dtype === "language").map(({ key }) => key),
    features: Object.fromEntries(
      info.features.slice(0, MAX_FEATURES).map(({ key, raw: feature }) => [key, bounded(feature)]),
    ),
  }
}

/** `lerobot-format.md` §1.9: whose habits the dataset shows. */
function dialectsOf({ raw, features }: Info, { meta, annotations }: Listing): string[] {
  const keys = new Set(features.map(({ key }) => key))
  const dialects = {
    groot: meta.has("meta/modality.json"),
    behavior: "metainfo_path" in raw || "annotation_path" in raw,
    openpi: keys.has("actions") && (keys.has("state") || keys.has("image")),
    robocoin: annotations > 0,
    "lerobot.js": raw["created_by"] === "lerobot.js",
    "draft-2.0": isRecord(raw["videos"]) || "image_keys" in raw || "keys" in raw,
  }
  return Object.entries(dialects).flatMap(([name, is]) => (is ? [name] : []))
}

/** A declared value as it is, unless it is long. */
function bounded(value: unknown): unknown {
  if (value === undefined) return null
  if (typeof value === "number" && !Number.isFinite(value)) return String(value)
  const text = JSON.stringify(value)
  if (text.length <= MAX_VALUE) return value
  if (!isRecord(value)) return `${text.slice(0, 200)}… (${text.length} characters)`
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 50)
      .map(([key, each]) => [
        key.slice(0, 256),
        JSON.stringify(each ?? null).length <= 400 ? each : `… (${JSON.stringify(each).length} characters)`,
      ]),
  )
}

/** Shortens lists until the result is small enough to travel in one answer, the least telling first; a note names each cut. */
export function fitted(metadata: DatasetMetadata): DatasetMetadata {
  let fit = withoutFeatures(metadata)
  for (const list of ["sensors", "actions"] as const) {
    if (sizeOf(fit) <= MAX_RESULT) return fit
    const signals = fit[list].map((signal) => ({ ...signal, names: null }))
    fit = noted(
      { ...fit, [list]: signals },
      `The names of the values of ${list} are left out, to keep the result small.`,
    )
  }
  for (const list of ["tasks", "sensors", "actions", "cameras"] as const) {
    const all = fit[list].length
    while (sizeOf(fit) > MAX_RESULT && fit[list].length > 1) {
      fit = { ...fit, [list]: fit[list].slice(0, Math.floor(fit[list].length / 2)) }
    }
    if (fit[list].length < all)
      fit = noted(fit, `${fit[list].length} of ${all} ${list} are listed, to keep the result small.`)
  }
  return fit
}

function withoutFeatures(metadata: DatasetMetadata): DatasetMetadata {
  const { features, ...details } = metadata.details
  if (sizeOf(metadata) <= MAX_RESULT || !isRecord(features)) return metadata
  return noted(
    { ...metadata, details },
    "The features as declared are left out of the details, to keep the result small.",
  )
}

const noted = (metadata: DatasetMetadata, note: string) => ({ ...metadata, notes: [...metadata.notes, note] })

const sizeOf = (metadata: DatasetMetadata) => Buffer.byteLength(JSON.stringify(metadata))
