import type { FileEntry } from "../../files/files.ts"
import type { ExtractContext } from "../adapter.ts"
import type { DeclaredCamera } from "./declared-camera.ts"
import type { Episodes } from "./episode-table.ts"
import { readEpisodesJsonl } from "./episodes-v2.ts"
import { readEpisodesParquet, type EpisodesV3, type Pointer, type PointerTally } from "./episodes-v3.ts"
import type { Info } from "./info.ts"
import type { Listing } from "./listing.ts"
import { plural, shown, type Notes } from "./notes.ts"
import { builtIn, type Template } from "./template.ts"
import type { ReadAs } from "./version.ts"

const JSONL = "meta/episodes.jsonl"
const VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
const DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"

export interface EpisodesRead {
  /** Null when there is no table or not all of it can be read; `reason` says which, as a clause. */
  table: Episodes | null
  reason: string
  /** Where the episodes are listed. */
  source: string
  /** How many episodes a camera has frames for; null when that is not known. */
  ofCamera(camera: DeclaredCamera): number | null
}

interface Known {
  info: Info
  listing: Listing
  cameras: readonly DeclaredCamera[]
  version: ReadAs
  notes: Notes
}

/** Reads the episodes from the table there is; the version's own table first, since mixed datasets exist (lerobot#2652). */
export async function readEpisodes(ctx: ExtractContext, known: Known): Promise<EpisodesRead> {
  const { listing, version, notes } = known
  const jsonl = listing.meta.get(JSONL)
  const shards = shardsOf(listing, notes)
  const isParquet = shards.length > 0 && (version.major === 3 || !jsonl)
  if (isParquet) {
    if (version.major === 2) notes.add(`${JSONL} is missing; the episodes come from meta/episodes/ as in version 3.`)
    return fromParquet(ctx, known, shards)
  }
  if (jsonl) {
    if (version.major === 3)
      notes.add(`meta/episodes/ holds no Parquet file; the episodes come from ${JSONL} as in version 2.`)
    return fromJsonl(ctx, known, jsonl)
  }
  const reason = version.major === 3 ? "meta/episodes/ holds no table of the episodes" : `${JSONL} is missing`
  return { table: null, reason, source: reason, ofCamera: (camera) => filesOnly(listing, camera) }
}

function shardsOf({ shards, shardCount, strayShards }: Listing, notes: Notes): FileEntry[] {
  if (strayShards.length && shards.length) {
    notes.add(
      `${plural(strayShards.length, "file")} such as ${strayShards[0]!.path} lie where LeRobot does not look and were not read.`,
    )
  }
  if (shards.length === 0 && strayShards.length) {
    notes.add(`The episodes lie in ${strayShards[0]!.path}, where LeRobot does not look; they were read from there.`)
    return strayShards
  }
  if (shardCount > shards.length) return []
  return shards
}

async function fromJsonl(ctx: ExtractContext, { listing, notes }: Known, file: FileEntry): Promise<EpisodesRead> {
  const table = await readEpisodesJsonl(ctx.files.open(file), notes, {
    signal: ctx.signal,
    onProgress: (count) => ctx.progress(40 + Math.min(35, count / 20_000), `${plural(count, "episode")} read`),
  })
  if (table.count === 0) {
    return {
      table: null,
      reason: `${JSONL} lists no episode`,
      source: JSONL,
      ofCamera: (camera) => filesOnly(listing, camera),
    }
  }
  return {
    table,
    reason: "",
    source: JSONL,
    // A file of an episode that is not listed has frames of no episode.
    ofCamera(camera) {
      const files = camera.isVideo ? listing.cameras.get(camera.key)!.episodes : listing.dataEpisodes
      const has = table.indices.reduce((count, index) => count + (files.has(index) ? 1 : 0), 0)
      return has > 0 || files.count > 0 ? has : filesOnly(listing, camera)
    },
  }
}

/** Without a table: 0 when there is no file at all; the number of episodes that files name; else it is not known. */
function filesOnly(listing: Listing, camera: DeclaredCamera): number | null {
  const files = listing.cameras.get(camera.key)
  if (!camera.isVideo) return listing.dataFiles === 0 ? 0 : listing.dataEpisodes.count || null
  return !files || files.count === 0 ? 0 : files.episodes.count || null
}

async function fromParquet(ctx: ExtractContext, known: Known, shards: readonly FileEntry[]): Promise<EpisodesRead> {
  const { info, listing, cameras, notes } = known
  const videos = cameras.filter(({ isVideo }) => isVideo)
  const videoPath = info.video_path ?? builtIn(VIDEO_PATH)
  const pointers: Pointer[] = [
    pointer("data", info.data_path ?? builtIn(DATA_PATH), {}),
    ...videos.map(({ key }) => pointer(`videos/${key}`, videoPath, { video_key: key })),
  ]
  const read = await readEpisodesParquet(ctx.files, shards, pointers, listing.paths ?? new Set(), notes, {
    signal: ctx.signal,
    onProgress: (done) =>
      ctx.progress(40 + (35 * done) / shards.length, `${done} of ${plural(shards.length, "episodes file")} read`),
  })
  const ofCamera = (camera: DeclaredCamera) => covered(camera, read, known)
  const source = shards.length === 1 ? shards[0]!.path : "meta/episodes/"
  if (read.broken.length) {
    const reason = brokenReason(read, shards.length)
    return {
      table: null,
      reason,
      source,
      ofCamera(camera) {
        if (filesOnly(listing, camera) === 0) return 0
        notes.add(`How many episodes the cameras have is not known: ${reason}.`)
        return null
      },
    }
  }
  if (read.episodes.count === 0) {
    return {
      table: null,
      reason: `${source} lists no episode`,
      source,
      ofCamera: (camera) => filesOnly(listing, camera),
    }
  }
  noteData(read.pointers.get("data")!, listing, notes)
  return { table: read.episodes, reason: "", source, ofCamera }
}

/** How many episodes point to a file of this camera that exists. */
function covered(camera: DeclaredCamera, { pointers }: EpisodesV3, { listing, notes }: Known): number | null {
  const tally = pointers.get(camera.isVideo ? `videos/${camera.key}` : "data")!
  const none = filesOnly(listing, camera) === 0
  if (none) return 0
  if (tally.isKnown && listing.paths) {
    if (camera.isVideo && tally.missing) {
      notes.add(
        `Camera ${shown(camera.key)}: ${plural(tally.missing, "episode")} point to a video file that does not exist${tally.example ? ` (${tally.example})` : ""}.`,
      )
    }
    if (camera.isVideo && tally.empty)
      notes.add(`Camera ${shown(camera.key)}: ${plural(tally.empty, "episode")} have no video file stated.`)
    return tally.found
  }
  const why = listing.paths
    ? "the episodes table does not say where their frames lie"
    : "the listing is too long to look them up"
  notes.add(`Camera ${shown(camera.key)}: how many episodes it has is not known: ${why}.`)
  return null
}

function noteData(tally: PointerTally, listing: Listing, notes: Notes) {
  if (!tally.isKnown)
    return notes.add(
      "The episodes table has no data/chunk_index and data/file_index, so which data file holds an episode is not stated.",
    )
  if (tally.missing && listing.paths && listing.dataFiles > 0) {
    notes.add(
      `${plural(tally.missing, "episode")} point to a data file that does not exist${tally.example ? ` (${tally.example})` : ""}.`,
    )
  }
}

function brokenReason({ broken }: EpisodesV3, total: number): string {
  const { path, reason } = broken[0]!
  const clause = reason.replace(/\.$/, "")
  return total === 1 ? clause : `${broken.length} of ${total} episodes files cannot be read (${path}: ${clause})`
}

const pointer = (prefix: string, template: Template, values: Record<string, string>): Pointer => ({
  prefix,
  path: (chunk, file) => template.fill({ ...values, chunk_index: chunk, file_index: file }),
})
