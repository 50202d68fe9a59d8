import { AppError } from "../../error.ts"
import type { FileEntry, Files } from "../../files/files.ts"
import type { IndexContext } from "../adapter.ts"
import { parseInfo, readInfoJson, type Info } from "./info.ts"
import { Notes } from "./notes.ts"
import { builtIn, type Template } from "./template.ts"
import { readAs } from "./version.ts"

const INFO = "meta/info.json"
const EPISODES = "meta/episodes.jsonl"
const STATS = "meta/episodes_stats.jsonl"
const TASKS = ["meta/tasks.parquet", "meta/tasks.jsonl"] as const

const BUILT_IN = {
  2: {
    data: builtIn("data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet"),
    video: builtIn("videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"),
  },
  3: {
    data: builtIn("data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"),
    video: builtIn("videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"),
  },
} as const

/** `info.json` and the templates that are in force. */
export interface Declared {
  info: Info
  major: 2 | 3
  data: Template
  video: Template
  /** LeRobot's default where it is not stated. */
  chunksSize: number
}

const MAX_CAMERAS = 64

/** Cameras whose frames lie in files of their own: nobody has more in earnest, and each episode names them all. */
export const videoKeys = ({ features }: Info) =>
  features.flatMap(({ key, dtype }) => (dtype === "video" ? [key] : [])).slice(0, MAX_CAMERAS)

const known = new WeakMap<Files, Promise<Declared>>()

/** Read once for all parts that a shard has. */
export function declaredOf(ctx: IndexContext): Promise<Declared> {
  const at = known.get(ctx.files) ?? read(ctx)
  known.set(ctx.files, at)
  return at
}

async function read({ files, signal }: IndexContext): Promise<Declared> {
  const file = (await files.stat([INFO])).get(INFO)
  if (!file) throw new AppError("file_missing", `${INFO} is missing.`, { path: INFO })
  // What is odd about it the metadata says.
  const notes = new Notes()
  const info = parseInfo(await readInfoJson(files.open(file), notes, signal), notes)
  const { major } = readAs(info.raw, { hasEpisodesTable: false, hasStats: false, hasEpisodesStats: false })
  const { data, video } = BUILT_IN[major]
  return {
    info,
    major,
    data: info.data_path ?? data,
    video: info.video_path ?? video,
    chunksSize: info.chunks_size ?? 1000,
  }
}

/** Where the tables of `meta/` are. */
export interface Tables {
  /** Either is empty, or null. */
  shards: FileEntry[]
  lines: FileEntry | null
  tasks: FileEntry | null
  stats: FileEntry | null
}

/** The version's own tables first: mixed datasets exist (lerobot#2652). Two requests. */
export async function tablesOf({ files, signal }: IndexContext, major: 2 | 3): Promise<Tables> {
  const there = await files.stat([EPISODES, STATS, ...TASKS])
  const lines = there.get(EPISODES) ?? null
  const shards = major === 3 || !lines ? await shardsOf(files, signal) : []
  const tasks = (major === 3 ? TASKS : TASKS.toReversed()).map((path) => there.get(path)).find(Boolean) ?? null
  const isParquet = shards.length > 0 && (major === 3 || !lines)
  return {
    shards: isParquet ? shards : [],
    lines: isParquet ? null : lines,
    tasks,
    stats: isParquet ? null : (there.get(STATS) ?? null),
  }
}

const MAX_SHARDS = 5000

/** LeRobot's glob is exactly `meta/episodes/<folder>/<file>.parquet`; where nothing lies there, what lies elsewhere counts. */
async function shardsOf(files: Files, signal: AbortSignal): Promise<FileEntry[]> {
  const shards: FileEntry[] = []
  const strays: FileEntry[] = []
  for await (const file of files.list("meta/episodes", signal)) {
    if (!file.path.endsWith(".parquet")) continue
    const found = file.path.split("/").length === 4 ? shards : strays
    found.push(file)
    if (found.length > MAX_SHARDS) {
      throw new AppError("too_large", `The table of the episodes has more than ${MAX_SHARDS} files.`, {
        path: "meta/episodes",
      })
    }
  }
  return shards.length > 0 ? shards : strays
}
