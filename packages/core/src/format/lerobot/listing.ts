import type { FileEntry, Files } from "../../files/files.ts"
import { FileTally, kindOf } from "../file-kinds.ts"
import { looksLikePointer } from "./pointers.ts"
import type { Template } from "./template.ts"

/** Paths of data and video files kept, to look up an episode's file. Those named by episode, as in version 2, take a bit each. */
const MAX_PATHS = 400_000
const MAX_SHARDS = 5000
/** Beyond it an episode's number is nonsense and gets no bit. */
const MAX_EPISODE = 50_000_000
const VIDEO = /\.(?:mp4|mkv|avi|mov|webm|m4v)$/i
/** LeRobot's glob of the episodes table is exactly `meta/episodes/<folder>/<file>.parquet`. */
const SHARD = /^meta\/episodes\/[^/]+\/[^/]+\.parquet$/
const SMALL_META = /^meta\/[^/]+$/

/** What one pass over the listing leaves behind, whatever its length. */
export interface Listing {
  tally: FileTally
  /** Files directly in `meta/`, by path. */
  meta: Map<string, FileEntry>
  /** Shards of the episodes table, and how many there are if they are too many to keep. */
  shards: FileEntry[]
  shardCount: number
  /** Parquet below `meta/episodes/` where LeRobot does not look. */
  strayShards: FileEntry[]
  cameras: Map<string, CameraFiles>
  /** Episodes that have a data file named by them, as in version 2. */
  dataEpisodes: Bitmap
  dataFiles: number
  firstData: FileEntry | null
  /** Paths of data and video files that are not named by episode; null when there are too many. */
  paths: Set<string> | null
  /** Data files of version 2 that are not where `data_path` puts them, and an example. */
  misplaced: { count: number; example: { path: string; expected: string } | null }
  /** Videos that are Git LFS pointers by their size. */
  pointerVideos: { count: number; first: FileEntry | null }
  /** Data files of version 3 that are named by episode as in version 2: LeRobot loads them as data. */
  leftovers: { count: number; first: FileEntry | null }
  /** Videos of no declared camera. */
  foreignVideos: { count: number; first: FileEntry | null }
  annotations: number
}

export interface CameraFiles {
  count: number
  first: FileEntry | null
  /** Episodes that have a file of this camera named by them, as in version 2. */
  episodes: Bitmap
}

export interface ListingOptions {
  major: 2 | 3
  cameraKeys: readonly string[]
  dataPath: Template | null
  chunksSize: number
  signal: AbortSignal
  onProgress(count: number): void
}

/** Streams the whole listing once. Memory grows with the number of episodes by bits only. */
export async function readListing(files: Files, options: ListingOptions): Promise<Listing> {
  const listing: Listing = {
    tally: new FileTally(),
    meta: new Map(),
    shards: [],
    shardCount: 0,
    strayShards: [],
    cameras: new Map(options.cameraKeys.map((key) => [key, { count: 0, first: null, episodes: new Bitmap() }])),
    dataEpisodes: new Bitmap(),
    dataFiles: 0,
    firstData: null,
    paths: new Set(),
    misplaced: { count: 0, example: null },
    pointerVideos: { count: 0, first: null },
    leftovers: { count: 0, first: null },
    foreignVideos: { count: 0, first: null },
    annotations: 0,
  }
  for await (const file of files.list("", options.signal)) {
    note(listing, file, options)
    if (listing.tally.count % 5000 === 0) {
      options.signal.throwIfAborted()
      options.onProgress(listing.tally.count)
    }
  }
  return listing
}

function note(listing: Listing, file: FileEntry, options: ListingOptions) {
  const { path } = file
  const kind = lerobotKind(path)
  listing.tally.add(file, kind)
  if (kind === "metadata") noteMeta(listing, file)
  else if (kind === "data") noteData(listing, file, options)
  else if (kind === "video") noteVideo(listing, file, options)
  else if (path.startsWith("annotations/")) listing.annotations++
}

/** `metadata` is everything in `meta/`, `data` the tables in `data/`; the rest goes by its extension. */
export function lerobotKind(path: string): string {
  if (path.startsWith("meta/")) return "metadata"
  if (path.startsWith("data/") && path.endsWith(".parquet")) return "data"
  return kindOf(path)
}

function noteMeta(listing: Listing, file: FileEntry) {
  if (SHARD.test(file.path)) {
    listing.shardCount++
    if (listing.shards.length < MAX_SHARDS) listing.shards.push(file)
  } else if (/^meta\/episodes\/.*\.parquet$/.test(file.path) || file.path === "meta/episodes.parquet") {
    if (listing.strayShards.length < 20) listing.strayShards.push(file)
  } else if (SMALL_META.test(file.path) && listing.meta.size < 1000) {
    listing.meta.set(file.path, file)
  }
}

function noteData(listing: Listing, file: FileEntry, { major, dataPath, chunksSize }: ListingOptions) {
  listing.dataFiles++
  listing.firstData ??= file
  const episode = episodeOf(file.path)
  if (major === 3 || episode === undefined) keepPath(listing, file.path)
  if (episode === undefined || looksLikePointer(file)) return
  listing.dataEpisodes.add(episode)
  if (major === 3) {
    listing.leftovers.count++
    listing.leftovers.first ??= file
    return
  }
  const expected = dataPath?.fill(episodeValues(episode, chunksSize))
  if (expected === file.path) return
  listing.misplaced.count++
  if (expected !== undefined) listing.misplaced.example ??= { path: file.path, expected }
}

function noteVideo(listing: Listing, file: FileEntry, { major }: ListingOptions) {
  if (!VIDEO.test(file.path)) return
  if (looksLikePointer(file) || file.size === 0) {
    listing.pointerVideos.count++
    listing.pointerVideos.first ??= file
    return
  }
  const camera = cameraOf(file.path, listing.cameras)
  if (!camera) {
    listing.foreignVideos.count++
    listing.foreignVideos.first ??= file
    return
  }
  camera.count++
  camera.first ??= file
  const episode = episodeOf(file.path)
  if (major === 3 || episode === undefined) keepPath(listing, file.path)
  if (episode !== undefined) camera.episodes.add(episode)
}

/** A camera's name is a folder of its own in both versions; some ports put it into the file's name. */
function cameraOf(path: string, cameras: ReadonlyMap<string, CameraFiles>): CameraFiles | undefined {
  const segments = path.split("/")
  for (const segment of segments.slice(0, -1)) {
    const camera = cameras.get(segment)
    if (camera) return camera
  }
  const name = segments.at(-1)!
  const at = name.search(/_episode_\d+\./)
  return at > 0 ? cameras.get(name.slice(0, at)) : undefined
}

function keepPath(listing: Listing, path: string) {
  if (listing.paths && listing.paths.size >= MAX_PATHS) listing.paths = null
  listing.paths?.add(path)
}

/** The number in a file's name: `episode_000012.mp4`, `episode_00000012.parquet`. */
function episodeOf(path: string): number | undefined {
  const match = /episode[_-](\d{1,12})\.[A-Za-z0-9]+$/.exec(path)
  return match ? Number(match[1]) : undefined
}

/** Values of the placeholders of version 2; `chunk_index` is a wild name for the same. */
export const episodeValues = (episode: number, chunksSize: number) => {
  const chunk = Math.floor(episode / chunksSize)
  return { episode_index: episode, episode_chunk: chunk, chunk_index: chunk }
}

/** A set of small natural numbers, a bit each. */
export class Bitmap {
  #bits = new Uint8Array(0)
  count = 0

  add(value: number) {
    if (value > MAX_EPISODE || this.has(value)) return
    const byte = value >> 3
    if (byte >= this.#bits.length) {
      const grown = new Uint8Array(Math.max(1024, byte + 1, this.#bits.length * 2))
      grown.set(this.#bits)
      this.#bits = grown
    }
    this.#bits[byte]! |= 1 << (value & 7)
    this.count++
  }

  has(value: number): boolean {
    return ((this.#bits[value >> 3] ?? 0) & (1 << (value & 7))) !== 0 && value <= MAX_EPISODE
  }
}
