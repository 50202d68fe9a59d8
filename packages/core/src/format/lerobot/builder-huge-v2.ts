import { sparseTable } from "../../parquet/write-sparse.ts"
import { V2_DATA, V2_VIDEO } from "./builder-info.ts"
import { fixedLines, LazyTree, only, pad, zeros, zerosThen, type Section } from "./builder-lazy.ts"
import { mix } from "./builder-random.ts"
import { type BuiltFile, inMemory } from "./builder.ts"

export interface HugeV2Options {
  episodes?: number
  frames?: number
  tasks?: number
  cameras?: readonly string[]
  /** v2.1 has the statistics of each episode. */
  version?: "v2.0" | "v2.1"
}

const CHUNK = 1000
const CAMERA = "observation.images.rgb"
const EPISODE_LINE = 104
const TASK_LINE = 88
const COLOURS = ["red", "green", "blue", "yellow"]
const SHAPES = ["star", "moon", "cube", "pentagon", "hexagon", "circle"]
const PLACES = ["left of", "right of", "above", "below", "towards", "away from"]

/**
 * The listing of a v2.0 dataset of the size of language_table: a table and an mp4 for each of 442,226 episodes. Tree
 * and metadata are real and computed on demand; tables are zeros before a real footer, videos are zeros.
 */
export function hugeV2({
  episodes = 442_226,
  frames = 7_045_476,
  tasks = 127_605,
  cameras = [CAMERA],
  version = "v2.0",
}: HugeV2Options = {}): LazyTree {
  const info = {
    codebase_version: version,
    robot_type: "xarm",
    total_episodes: episodes,
    total_frames: frames,
    total_tasks: tasks,
    total_videos: episodes * cameras.length,
    total_chunks: Math.ceil(episodes / CHUNK),
    chunks_size: CHUNK,
    fps: 10,
    splits: { train: `0:${episodes}` },
    data_path: V2_DATA,
    video_path: V2_VIDEO,
    features: { ...Object.fromEntries(cameras.map((camera) => [camera, PICTURE])), ...FEATURES },
  }
  const framesOf = (at: number) => lengthOf(at, episodes, frames)
  const episodeLine = (at: number) =>
    `{"episode_index": ${at}, "tasks": ["${taskText(at % tasks)}"], "length": ${framesOf(at)}}`
  const taskLine = (at: number) => `{"task_index": ${at}, "task": "${taskText(at)}"}`
  const table = (at: number) => tableOf(at, framesOf(at), at % tasks)
  const stats = fixedLines(episodes, statsWidth(cameras), (at) => JSON.stringify(statsLine(at, framesOf(at), cameras)))
  return new LazyTree([
    perEpisode(episodes, "data/", ["/episode_"], ".parquet", table),
    only("meta/episodes.jsonl", fixedLines(episodes, EPISODE_LINE, episodeLine)),
    ...(version === "v2.0" ? [] : [only("meta/episodes_stats.jsonl", stats)]),
    only("meta/info.json", inMemory(Buffer.from(JSON.stringify(info, null, 4)))),
    only("meta/stats.json", inMemory(Buffer.from(JSON.stringify(STATS, null, 4)))),
    only("meta/tasks.jsonl", fixedLines(tasks, TASK_LINE, taskLine)),
    perEpisode(
      episodes,
      "videos/",
      cameras.map((camera) => `/${camera}/episode_`),
      ".mp4",
      (at) => zeros(40_000 + ((at * 101) % 30_000)),
    ),
  ])
}

/** Frames spread evenly, neighbours differing by up to 8 around the mean; the sum is exactly `frames`. */
function lengthOf(at: number, episodes: number, frames: number): number {
  const even = Math.floor(((at + 1) * frames) / episodes) - Math.floor((at * frames) / episodes)
  const swing = (at >> 1) % 9
  if (at === episodes - 1 && at % 2 === 0) return even
  return even + (at % 2 ? -swing : swing)
}

function taskText(at: number): string {
  const pick = (list: readonly string[], digit: number) => list[Math.floor(at / digit) % list.length]!
  return `push the ${pick(COLOURS, 1)} ${pick(SHAPES, 4)} ${pick(PLACES, 24)} no. ${at}`
}

/** A file of each episode for each of `middles`: chunk by chunk, and in it one after the other, as paths are ordered. */
function perEpisode(
  episodes: number,
  top: string,
  middles: readonly string[],
  end: string,
  file: (episode: number) => BuiltFile,
): Section {
  const inChunk = (chunk: number) => Math.min(CHUNK, episodes - chunk * CHUNK)
  const placeOf = (at: number) => {
    const chunk = Math.floor(at / (CHUNK * middles.length))
    const rest = at - chunk * CHUNK * middles.length
    return { middle: Math.floor(rest / inChunk(chunk)), episode: chunk * CHUNK + (rest % inChunk(chunk)) }
  }
  const pathOf = (middle: number, episode: number) =>
    `${top}chunk-${pad(Math.floor(episode / CHUNK), 3)}${middles[middle]!}${pad(episode, 6)}${end}`
  return {
    count: episodes * middles.length,
    path: (at) => {
      const { middle, episode } = placeOf(at)
      return pathOf(middle, episode)
    },
    find: (wanted) => {
      if (!wanted.startsWith(top) || !wanted.endsWith(end)) return undefined
      const episode = Number(wanted.slice(-end.length - 6, -end.length))
      if (!Number.isInteger(episode) || episode >= episodes) return undefined
      const middle = middles.findIndex((_, each) => pathOf(each, episode) === wanted)
      const chunk = Math.floor(episode / CHUNK)
      return middle < 0 ? undefined : chunk * CHUNK * middles.length + middle * inChunk(chunk) + (episode % CHUNK)
    },
    file: (at) => file(placeOf(at).episode),
  }
}

/** Zeros of a size that is known at once, before a footer that is made when it is read. */
function tableOf(episode: number, rows: number, task: number): BuiltFile {
  const size = 8_000 + rows * 52
  const bounds = { episode_index: [episode, episode], frame_index: [0, rows - 1], task_index: [task, task] } as const
  return {
    size,
    read: (start, end) => zerosThen(size, sparseTable({ columns: COLUMNS, rows, bounds }).tail).read(start, end),
  }
}

const NUMBERS = ["frame_index", "episode_index", "index", "task_index"] as const
const COLUMNS = [
  { name: "observation.state", type: "float32", depth: 1, length: 2 },
  { name: "action", type: "float32", depth: 1, length: 2 },
  { name: "timestamp", type: "float32" },
  ...NUMBERS.map((name) => ({ name, type: "int64" as const })),
] as const

/** A line of episodes_stats.jsonl. */
function statsLine(episode_index: number, length: number, cameras: readonly string[]) {
  const of = (...[min, max]: [number[], number[]]) => {
    const mean = min.map((low, at) => (low + max[at]!) / 2)
    return { min, max, mean, std: min.map((low, at) => (max[at]! - low) / 5), count: [length] }
  }
  const wobble = mix(episode_index) / 2 ** 33
  const picture = Object.fromEntries(
    ["min", "max", "mean", "std"].map((name, at) => [name, Array(3).fill([[[0, 1, 0.48, 0.21][at]! * (1 - wobble)]])]),
  )
  const stats = {
    "observation.state": of([0.14, -0.36], [0.62 - wobble / 10, 0.36]),
    action: of([-0.1, -0.1 + wobble / 100], [0.1, 0.1]),
    timestamp: of([0], [(length - 1) / 10]),
    frame_index: of([0], [length - 1]),
    episode_index: of([episode_index], [episode_index]),
    ...Object.fromEntries(cameras.map((camera) => [camera, { ...picture, count: [length] }])),
  }
  return { episode_index, stats }
}

const statsWidth = (cameras: readonly string[]) => 900 + 450 * cameras.length

const scalar = (dtype: string) => ({ dtype, shape: [1], names: null })
const PICTURE = {
  dtype: "video",
  shape: [180, 320, 3],
  names: ["height", "width", "channels"],
  info: {
    "video.height": 180,
    "video.width": 320,
    "video.codec": "av1",
    "video.pix_fmt": "yuv420p",
    "video.fps": 10,
  },
}
const FEATURES = {
  "observation.state": { dtype: "float32", shape: [2], names: ["x", "y"] },
  action: { dtype: "float32", shape: [2], names: ["x", "y"] },
  timestamp: scalar("float32"),
  frame_index: scalar("int64"),
  episode_index: scalar("int64"),
  index: scalar("int64"),
  task_index: scalar("int64"),
}
const STATS = {
  "observation.state": { min: [0.14, -0.36], max: [0.62, 0.36], mean: [0.39, 0.01], std: [0.11, 0.17] },
  action: { min: [-0.1, -0.1], max: [0.1, 0.1], mean: [0, 0], std: [0.03, 0.03] },
}
