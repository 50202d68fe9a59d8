import type { WriteColumn } from "../../parquet/write.ts"
import { V3_DATA, V3_VIDEO } from "./builder-info.ts"
import { mix } from "./builder-random.ts"

export const HUGE_CAMERAS = [
  "observation.images.exterior_1_left",
  "observation.images.exterior_2_left",
  "observation.images.wrist_left",
]
const FPS = 15
/** Frames after which a data file, and each camera's mp4, is full. */
const DATA_FRAMES = 321_300
const VIDEO_FRAMES = [149_604, 141_000, 133_000]
const VIDEO_BYTES = 3_400

export const HUGE_FRAME_COLUMNS = [
  { name: "action", type: "float32", depth: 1, length: 8 },
  { name: "observation.state", type: "float32", depth: 1, length: 8 },
  { name: "timestamp", type: "float32" },
  { name: "frame_index", type: "int64" },
  { name: "episode_index", type: "int64" },
  { name: "index", type: "int64" },
  { name: "task_index", type: "int64" },
] as const

interface DataFile {
  from: number
  to: number
  firstEpisode: number
  lastEpisode: number
}

/** Which file an episode lies in, and at which frame of it. */
interface Roll {
  file: Int32Array
  at: Int32Array
  /** Frames of each file. */
  filled: number[]
}

const OBJECTS = ["marker", "mug", "bowl", "lid", "towel", "spoon", "block", "bottle", "sponge", "plate"]
const WAYS = ["Put the", "Take the", "Move the", "Turn the", "Push the"]

/** Lengths and places of every episode, in typed arrays: a few megabytes however many columns are made of them. */
export class HugeEpisodes {
  readonly episodes: number
  readonly frames: number
  readonly taskCount: number
  readonly lengths: Int32Array
  readonly from: Int32Array
  readonly data: Roll
  readonly videos: Roll[]

  constructor({ episodes, frames, tasks }: { episodes: number; frames: number; tasks: number }) {
    this.episodes = episodes
    this.frames = frames
    this.taskCount = tasks
    this.lengths = lengthsOf(episodes, frames)
    this.from = new Int32Array(episodes)
    for (let at = 1; at < episodes; at++) this.from[at] = this.from[at - 1]! + this.lengths[at - 1]!
    this.data = roll(this.lengths, DATA_FRAMES)
    this.videos = VIDEO_FRAMES.map((limit) => roll(this.lengths, limit))
  }

  get dataFiles(): DataFile[] {
    const files: DataFile[] = []
    for (let at = 0; at < this.episodes; at++) {
      const from = this.from[at]!
      const file = (files[this.data.file[at]!] ??= { from, to: from, firstEpisode: at, lastEpisode: at })
      file.to = from + this.lengths[at]!
      file.lastEpisode = at
    }
    return files
  }

  /** Sizes in bytes, a list per camera. */
  get videoFiles(): number[][] {
    return this.videos.map(({ filled }) => filled.map((frames) => frames * VIDEO_BYTES))
  }

  taskOf = (episode: number) => (episode * 7919) % this.taskCount

  tasks = () => Array.from({ length: this.taskCount }, (_, task_index) => ({ task_index, task: textOf(task_index) }))

  /** The statistics that follow from lengths alone. */
  stats() {
    const last = this.frames - 1
    const count = [this.frames]
    return {
      index: { min: [0], max: [last], mean: [last / 2], std: [Math.sqrt((this.frames ** 2 - 1) / 12)], count },
    }
  }
}

const textOf = (task: number) =>
  `${WAYS[task % WAYS.length]} ${OBJECTS[Math.floor(task / WAYS.length) % OBJECTS.length]} to place ${task}`

/** Between 40 % and 160 % of the mean, exactly `frames` in all. */
function lengthsOf(episodes: number, frames: number): Int32Array {
  const mean = frames / episodes
  const lengths = Int32Array.from({ length: episodes }, (_, at) =>
    Math.round(mean * (0.4 + 1.2 * ((at * 0.618_034) % 1))),
  )
  const surplus = lengths.reduce((sum, length) => sum + length, 0) - frames
  const step = Math.sign(surplus)
  for (let left = Math.abs(surplus), at = 0; left > 0; left--, at = (at + 1) % episodes) lengths[at]! -= step
  return lengths
}

function roll(lengths: Int32Array, limit: number): Roll {
  const file = new Int32Array(lengths.length)
  const at = new Int32Array(lengths.length)
  const filled = [0]
  for (const [episode, length] of lengths.entries()) {
    if (filled.at(-1)! > 0 && filled.at(-1)! + length >= limit) filled.push(0)
    file[episode] = filled.length - 1
    at[episode] = filled.at(-1)!
    filled[filled.length - 1]! += length
  }
  return { file, at, filled }
}

/** The metadata columns of episodes `[first, last)`, in the recorder's order. */
export function hugeColumns(table: HugeEpisodes, shard: number, first: number, last: number): WriteColumn[] {
  const rows = Array.from({ length: last - first }, (_, row) => first + row)
  const whole = (name: string, at: (episode: number) => number): WriteColumn => ({
    name,
    type: "int64",
    data: rows.map(at),
  })
  const seconds = (name: string, at: (episode: number) => number): WriteColumn => ({
    name,
    type: "float64",
    data: rows.map((episode) => at(episode) / FPS),
  })
  const place = (prefix: string, { file }: Roll) => [
    whole(`${prefix}/chunk_index`, (episode) => Math.floor(file[episode]! / 1000)),
    whole(`${prefix}/file_index`, (episode) => file[episode]! % 1000),
  ]
  return [
    whole("episode_index", (episode) => episode),
    { name: "tasks", type: "string", depth: 1, data: rows.map((episode) => [textOf(table.taskOf(episode))]) },
    whole("length", (episode) => table.lengths[episode]!),
    ...place("data", table.data),
    whole("dataset_from_index", (episode) => table.from[episode]!),
    whole("dataset_to_index", (episode) => table.from[episode]! + table.lengths[episode]!),
    ...HUGE_CAMERAS.flatMap((camera, at) => [
      ...place(`videos/${camera}`, table.videos[at]!),
      seconds(`videos/${camera}/from_timestamp`, (episode) => table.videos[at]!.at[episode]!),
      seconds(`videos/${camera}/to_timestamp`, (episode) => table.videos[at]!.at[episode]! + table.lengths[episode]!),
    ]),
    ...HUGE_FRAME_COLUMNS.flatMap((column) => statColumns(table, column, rows)),
    ...HUGE_CAMERAS.flatMap((camera) => pictureColumns(camera, rows)),
    whole("meta/episodes/chunk_index", () => 0),
    whole("meta/episodes/file_index", () => shard),
  ]
}

const STATS = ["min", "max", "mean", "std", "q01", "q10", "q50", "q90", "q99"] as const
/** Where in its range a statistic lies: the rows were never made, so these stand for a plain bell. */
const SHARE = { min: 0, max: 1, mean: 0.5, std: 0.2, q01: 0.04, q10: 0.24, q50: 0.5, q90: 0.76, q99: 0.96 }

/** In [0, 1), the same for the same numbers. */
const noise = (...parts: number[]) => mix(...parts) / 2 ** 32

/** Real statistics hardly compress, so every value is its own; the order of the quantiles stays. */
const jitter = (stat: (typeof STATS)[number], episode: number, dimension: number) =>
  stat === "min" || stat === "max" ? 0 : 0.02 * noise(episode, dimension, STATS.indexOf(stat))

function statColumns(
  table: HugeEpisodes,
  column: (typeof HUGE_FRAME_COLUMNS)[number],
  rows: readonly number[],
): WriteColumn[] {
  const { name } = column
  const width = "length" in column ? column.length : 1
  const range = (episode: number, dimension: number): [number, number] => {
    const last = table.lengths[episode]! - 1
    if (name === "timestamp") return [0, last / FPS]
    if (name === "frame_index") return [0, last]
    if (name === "index") return [table.from[episode]!, table.from[episode]! + last]
    if (name === "episode_index") return [episode, episode]
    if (name === "task_index") return [table.taskOf(episode), table.taskOf(episode)]
    const wobble = noise(episode, dimension)
    return [-1.5 + wobble, 0.6 + wobble]
  }
  return [
    ...STATS.map((stat): WriteColumn => ({
      name: `stats/${name}/${stat}`,
      type: column.type === "int64" && (stat === "min" || stat === "max") ? "int64" : "float64",
      depth: 1,
      data: rows.map((episode) =>
        Array.from({ length: width }, (_, dimension) => {
          const [low, high] = range(episode, dimension)
          if (stat === "std") return (high - low) * SHARE.std
          return low + (high - low) * (SHARE[stat] + jitter(stat, episode, dimension))
        }),
      ),
    })),
    countColumn(name, (episode) => table.lengths[episode]!, rows),
  ]
}

function pictureColumns(camera: string, rows: readonly number[]): WriteColumn[] {
  return [
    ...STATS.map((stat): WriteColumn => ({
      name: `stats/${camera}/${stat}`,
      type: "float64",
      depth: 3,
      data: rows.map((episode) => [0, 1, 2].map((channel) => [[SHARE[stat] + jitter(stat, episode, channel)]])),
    })),
    countColumn(camera, () => 100, rows),
  ]
}

const countColumn = (name: string, count: (episode: number) => number, rows: readonly number[]): WriteColumn => ({
  name: `stats/${name}/count`,
  type: "int64",
  depth: 1,
  data: rows.map((episode) => [count(episode)]),
})

export function hugeInfo(table: HugeEpisodes) {
  const rate = { fps: FPS }
  const joints = Array.from({ length: 8 }, (_, joint) => (joint === 7 ? "gripper" : `joint_${joint}`))
  return {
    codebase_version: "v3.0",
    robot_type: "franka",
    total_episodes: table.episodes,
    total_frames: table.frames,
    total_tasks: table.taskCount,
    chunks_size: 1000,
    data_files_size_in_mb: 100,
    video_files_size_in_mb: 500,
    fps: FPS,
    splits: { train: `0:${table.episodes}` },
    data_path: V3_DATA,
    video_path: V3_VIDEO,
    features: {
      ...Object.fromEntries(
        HUGE_CAMERAS.map((camera) => [
          camera,
          {
            dtype: "video",
            shape: [180, 320, 3],
            names: ["height", "width", "channels"],
            info: {
              "video.height": 180,
              "video.width": 320,
              "video.codec": "av1",
              "video.pix_fmt": "yuv420p",
              "video.is_depth_map": false,
              "video.fps": FPS,
              "video.channels": 3,
              has_audio: false,
            },
          },
        ]),
      ),
      ...Object.fromEntries(
        HUGE_FRAME_COLUMNS.map((column) => {
          const vector = "length" in column
          return [
            column.name,
            { dtype: column.type, shape: [vector ? column.length : 1], names: vector ? joints : null, ...rate },
          ]
        }),
      ),
    },
  }
}
