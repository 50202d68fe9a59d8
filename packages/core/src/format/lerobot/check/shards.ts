import type { Collected } from "../../../check/collector.ts"
import type { Depth } from "../../../check/schema.ts"
import type { FileEntry } from "../../../files/files.ts"
import type { Packed } from "./pack.ts"
import type { SeenValuesJson } from "./seen-values.ts"
import type { Scope } from "./scope.ts"
import type { DatasetFacts } from "./subjects.ts"

/** What a small dataset has at most: it is done in one go, and listed once. */
const SMALL = { files: 400, bytes: 512 * 1024 * 1024 }
/** Of one shard: at 4 files at once, and two or three requests of some 150 ms each, it takes half a minute, of bytes as long. */
const SHARD = { files: 300, bytes: 256 * 1024 * 1024, json: 40 * 1024 }
const HEADER = { data: 64 * 1024, video: 256 * 1024 }
/** Share of a table that its scalar columns are, at most. */
const SCALARS = 0.25

type Entry = [path: string, size: number]

/** Input of a shard: the files it looks at. */
export interface ShardInput {
  data: Entry[]
  videos: [camera: string, ...Entry][]
  /** How many shards there are. */
  of: number
  /** It judges the tables of meta/, too. */
  tables?: true
  /** What listing and planning cost; in the first only. */
  before?: { requests: number; bytes: number }
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
export function isSmall(files: readonly FileEntry[], depth: Depth): boolean {
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
  const [shard, ...more] = shardsOf({ data: scope.data, videos: [] }, depth)
  if (depth !== "metadata" || version.major !== 3 || !shard || more.length > 0) return undefined
  const weight = listing.episodeShards.reduce((sum, { size }) => sum + size, shard.weight)
  return { weight, input: { ...shard.input, tables: true as const } }
}

/** The files in their order, as many in a shard as it can take; where their number decides, all shards have as many. */
export function shardsOf(
  { data, videos }: Pick<Scope, "data" | "videos">,
  depth: Depth,
): { weight: number; input: ShardInput }[] {
  const count = data.length + videos.length
  const most = Math.ceil(count / Math.ceil(count / SHARD.files))
  const shards: { weight: number; files: number; json: number; input: ShardInput }[] = []
  const roomFor = (weight: number, json: number) => {
    const last = shards.at(-1)
    const fits = last && last.files < most && last.weight + weight <= SHARD.bytes && last.json + json <= SHARD.json
    const shard = fits ? last : { weight: 0, files: 0, json: 0, input: { data: [], videos: [], of: 0 } as ShardInput }
    if (!fits) shards.push(shard)
    shard.files++
    shard.weight += Math.max(1, weight)
    shard.json += json
    return shard.input
  }
  const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) + 8
  for (const file of data) {
    const entry: Entry = [file.path, file.size]
    roomFor(weightOf(file, "data", depth), sizeOf(entry)).data.push(entry)
  }
  for (const { camera, entry: file } of videos) {
    const entry: [string, ...Entry] = [camera, file.path, file.size]
    roomFor(weightOf(file, "video", depth), sizeOf(entry)).videos.push(entry)
  }
  return shards.map(({ weight, input }) => ({ weight, input: { ...input, of: shards.length } }))
}

const toEntry = ([path, size]: Entry): FileEntry => ({ path, size, oid: null, lfs: false })

/** The files of a shard's input. */
export const filesOf = ({ data, videos }: ShardInput): Pick<Scope, "data" | "videos"> => ({
  data: data.map(toEntry),
  videos: videos.map(([camera, ...entry]) => ({ camera, entry: toEntry(entry) })),
})
