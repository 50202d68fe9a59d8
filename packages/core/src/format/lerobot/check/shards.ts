import type { Collected } from "../../../check/collector.ts"
import type { Depth } from "../../../check/schema.ts"
import type { FileEntry } from "../../../files/files.ts"
import { pack, type Packed, unpack } from "./pack.ts"
import type { SeenValuesJson } from "./seen-values.ts"
import { isWithin } from "./runner.ts"
import type { Scope } from "./scope.ts"
import type { DatasetFacts } from "./subjects.ts"

/** What a small dataset has at most: it is done in one go, and listed once. */
const SMALL = { files: 400, bytes: 512 * 1024 * 1024 }
/** Of one shard: at 4 files at once, and two or three requests of some 150 ms each, it takes half a minute, of bytes as long. */
const SHARD = { files: 300, bytes: 256 * 1024 * 1024, json: 40 * 1024, episodes: 10_000 }
/** However many episodes there are said to be, as many shards of data come of it at most: a job may have 10,000. */
const MAX_BY_EPISODES = 4000
const HEADER = { data: 64 * 1024, video: 256 * 1024 }
/** Share of a table that its scalar columns are, at most. */
const SCALARS = 0.25

/** Input of a shard: the files it looks at, packed. */
export interface ShardInput {
  /** `Pick<FileEntry, "path" | "size">`, and `VideoEntry`. */
  data: Packed
  videos: Packed
  /** How many shards there are. */
  of: number
  /** It judges the tables of meta/, too. */
  tables?: true
  /** What listing and planning cost; in the first only. */
  before?: { requests: number; bytes: number }
}

interface VideoEntry {
  camera: string
  path: string
  size: number
}

/** What a shard found: at most 700 KB of JSON. */
export interface ShardFound {
  collected: Collected
  files: Packed
  episodes: Packed
  /** Null when they did not fit. */
  values: SeenValuesJson | null
  /** Rules that broke. */
  failed: string[]
  filesRead: number
  broken: number
  rowsRead: number
  requests: number
  bytes: number
  /** How many shards there are. */
  of: number
  /** The tables of meta/ are judged. */
  tables?: true
  /** What rules on all episodes need did not fit. */
  isCut: boolean
}

/** About how many bytes looking at a file takes. */
function weightOf({ size }: FileEntry, kind: "data" | "video", depth: Depth): number {
  if (kind === "video") return Math.min(size, HEADER.video)
  if (depth === "metadata") return Math.min(size, HEADER.data)
  return depth === "columns" ? Math.min(size, HEADER.data + size * SCALARS) : size
}

/** Whether files of the listing could be looked at in one go, whichever of them are. */
export function isSmall(files: Iterable<FileEntry>, depth: Depth): boolean {
  let count = 0
  let bytes = 0
  for (const file of files) {
    const kind = file.path.startsWith("data/") ? "data" : file.path.startsWith("videos/") ? "video" : undefined
    if (!kind) continue
    count++
    bytes += weightOf(file, kind, depth)
    if (count > SMALL.files || bytes > SMALL.bytes) return false
  }
  return true
}

/**
 * At metadata depth, where data files of version 3 are compared with the statistics of the episodes, which are many times what
 * else is read, one shard reads all of these, judges the tables and looks at the data files, while others look at the videos.
 * Undefined where there are too many data files for that.
 */
export function tablesShard(scope: Scope, { version, listing }: DatasetFacts, depth: Depth) {
  const [shard, ...more] = shardsOf({ ...scope, videos: [] }, depth, null)
  if (depth !== "metadata" || version.major !== 3 || !shard || more.length > 0) return undefined
  const weight = listing.episodeShards.reduce((sum, { size }) => sum + size, shard.weight)
  return { weight, input: { ...shard.input, tables: true as const } }
}

/**
 * The files in their order, as many in a shard as it can take: of their bytes, and where values are read of their episodes, each
 * of which leaves something behind; where their number decides, all shards have as many. @param episodes how many there are said to be.
 */
export function shardsOf({ data, videos, of }: Scope, depth: Depth, episodes: number | null) {
  const shards: { weight: number; input: ShardInput }[] = []
  const perFile = isWithin("wide", depth) && of.data > 0 ? (episodes ?? 0) / of.data : 0
  const least = Math.ceil(of.data / MAX_BY_EPISODES)
  const count = data.length + videos.length
  const most = {
    files: Math.ceil(count / Math.ceil(count / SHARD.files)),
    data: perFile > 0 ? Math.max(least, Math.floor(SHARD.episodes / perFile)) : Infinity,
  }
  let last = new Draft(most)
  const add = (kind: "data" | "video", file: FileEntry, camera?: string) => {
    const weight = weightOf(file, kind, depth)
    const entry = { ...(camera !== undefined && { camera }), path: file.path, size: file.size }
    const json = Buffer.byteLength(JSON.stringify(Object.values(entry))) + 8
    if (!last.hasRoomFor(kind, weight, json)) {
      shards.push(last.finish())
      last = new Draft(most)
    }
    last.add(kind, entry, weight, json)
  }
  for (const file of data) add("data", file)
  for (const { camera, entry } of videos) add("video", entry, camera)
  if (last.files > 0) shards.push(last.finish())
  for (const { input } of shards) input.of = shards.length
  return shards
}

class Draft {
  files = 0
  #weight = 0
  /** Of the input before it is packed, which does not make it longer. */
  #json = 0
  readonly #entries = { data: [] as object[], video: [] as object[] }
  readonly #most: { files: number; data: number }

  constructor(most: { files: number; data: number }) {
    this.#most = most
  }

  hasRoomFor(kind: "data" | "video", weight: number, json: number): boolean {
    if (this.files === 0) return true
    if (kind === "data" && this.#entries.data.length >= this.#most.data) return false
    return this.files < this.#most.files && this.#weight + weight <= SHARD.bytes && this.#json + json <= SHARD.json
  }

  add(kind: "data" | "video", entry: object, weight: number, json: number) {
    this.#entries[kind].push(entry)
    this.files++
    this.#weight += Math.max(1, weight)
    this.#json += json
  }

  finish(): { weight: number; input: ShardInput } {
    const { data, video } = this.#entries
    return { weight: this.#weight, input: { data: pack(data), videos: pack(video), of: 0 } }
  }
}

const toEntry = ({ path, size }: Pick<FileEntry, "path" | "size">): FileEntry => ({ path, size, oid: null, lfs: false })

/** The files of a shard's input. */
export const filesOf = ({ data, videos }: ShardInput) => ({
  data: unpack<Pick<FileEntry, "path" | "size">>(data).map(toEntry),
  videos: unpack<VideoEntry>(videos).map(({ camera, ...entry }) => ({ camera, entry: toEntry(entry) })),
})
