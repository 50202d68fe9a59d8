import { V2_DATA, V2_VIDEO } from "./builder-info.ts"
import { fixedLines, LazyTree, only, pad, zeros, type Section } from "./builder-lazy.ts"
import { inMemory } from "./builder.ts"

export interface HugeV2Options {
  episodes?: number
  frames?: number
  tasks?: number
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
 * and metadata are real and computed on demand; tables and videos are zeros.
 */
export function hugeV2({ episodes = 442_226, frames = 7_045_476, tasks = 127_605 }: HugeV2Options = {}): LazyTree {
  const info = {
    codebase_version: "v2.0",
    robot_type: "xarm",
    total_episodes: episodes,
    total_frames: frames,
    total_tasks: tasks,
    total_videos: episodes,
    total_chunks: Math.ceil(episodes / CHUNK),
    chunks_size: CHUNK,
    fps: 10,
    splits: { train: `0:${episodes}` },
    data_path: V2_DATA,
    video_path: V2_VIDEO,
    features: FEATURES,
  }
  const episodeLine = (at: number) =>
    `{"episode_index": ${at}, "tasks": ["${taskText(at % tasks)}"], "length": ${lengthOf(at, episodes, frames)}}`
  const taskLine = (at: number) => `{"task_index": ${at}, "task": "${taskText(at)}"}`
  return new LazyTree([
    perEpisode(episodes, "data/", "/episode_", ".parquet", (at) => 6_000 + ((at * 37) % 3_000)),
    only("meta/episodes.jsonl", fixedLines(episodes, EPISODE_LINE, episodeLine)),
    only("meta/info.json", inMemory(Buffer.from(JSON.stringify(info, null, 4)))),
    only("meta/stats.json", inMemory(Buffer.from(JSON.stringify(STATS, null, 4)))),
    only("meta/tasks.jsonl", fixedLines(tasks, TASK_LINE, taskLine)),
    perEpisode(episodes, "videos/", `/${CAMERA}/episode_`, ".mp4", (at) => 40_000 + ((at * 101) % 30_000)),
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

function perEpisode(count: number, top: string, middle: string, end: string, size: (at: number) => number): Section {
  const path = (at: number) => `${top}chunk-${pad(Math.floor(at / CHUNK), 3)}${middle}${pad(at, 6)}${end}`
  return {
    count,
    path,
    find: (wanted) => {
      if (!wanted.startsWith(top) || !wanted.endsWith(end)) return undefined
      const at = Number(wanted.slice(-end.length - 6, -end.length))
      return Number.isInteger(at) && path(at) === wanted ? at : undefined
    },
    file: (at) => zeros(size(at)),
  }
}

const scalar = (dtype: string) => ({ dtype, shape: [1], names: null })
const FEATURES = {
  [CAMERA]: {
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
  },
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
