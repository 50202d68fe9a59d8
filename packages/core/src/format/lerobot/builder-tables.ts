import type { LeafType } from "../../parquet/write.ts"
import { dtypeOf, infoOf, widthOf } from "./builder-info.ts"
import { demonstrate, type Motion } from "./builder-motion.ts"
import { layOut, type Place, type VideoPlace } from "./builder-layout.ts"
import { mix } from "./builder-random.ts"
import { imagesOf, type LeRobotSpec, type Media, type SignalSpec } from "./builder-spec.ts"
import { aggregate, sampledFrames, statsOf, statsOfLevels, type Levels, type Stats } from "./builder-stats.ts"

/** A column of one episode: `length × width` values, row by row; a string or an image is one object a row. */
export interface FrameColumn {
  name: string
  type: LeafType
  width: number
  values: Float32Array | Float64Array | unknown[]
}

export interface EpisodeTable {
  episode_index: number
  length: number
  tasks: string[]
  /** Rows in the global `index`: `[from, to)`. */
  from: number
  to: number
  columns: FrameColumn[]
  stats: Record<string, Stats>
  data: Place
  /** Where the episode's own row lies. */
  meta: Place
  videos: Record<string, VideoPlace>
}

/**
 * A dataset before it is encoded. Everything may be changed in place: what is edited here is what is written, so a
 * test can inject one defect and leave the rest as a real writer would have it.
 */
export interface Tables {
  spec: LeRobotSpec
  info: Record<string, unknown>
  tasks: { task_index: number; task: string }[]
  episodes: EpisodeTable[]
  /** meta/stats.json; null for v2.1, which has none. */
  stats: Record<string, Stats> | null
}

/** Makes up the motion, lays the files out and computes the statistics. Encodes nothing. */
export function planLeRobot(spec: LeRobotSpec, media: Media): Tables {
  const texts = [...new Set(spec.episodes.flatMap(({ tasks }) => tasks))]
  const tasks = texts.map((task, task_index) => ({ task_index, task }))
  const taskIndex = new Map(tasks.map(({ task, task_index }) => [task, task_index]))
  const places = layOut(spec, media)

  let from = 0
  const episodes = spec.episodes.map(({ length, tasks: own }, episode_index): EpisodeTable => {
    const columns = columnsOf(spec, media, { episode_index, length, from, tasks: own, taskIndex })
    const episode = { episode_index, length, tasks: own, from, to: from + length, columns, ...places[episode_index]! }
    from += length
    return { ...episode, stats: episodeStats(spec, media, episode) }
  })
  const stats = spec.version === "2.1" ? null : aggregateAll(episodes)
  return { spec, info: infoOf({ spec, episodes, tasks }), tasks, episodes, stats }
}

/** The aggregate of every feature all episodes have statistics of. */
export function aggregateAll(episodes: readonly Pick<EpisodeTable, "stats">[]): Record<string, Stats> {
  const names = Object.keys(episodes[0]?.stats ?? {}).filter((name) => episodes.every(({ stats }) => stats[name]))
  return Object.fromEntries(names.map((name) => [name, aggregate(episodes.map(({ stats }) => stats[name]!))]))
}

interface EpisodeFacts {
  episode_index: number
  length: number
  from: number
  tasks: string[]
  taskIndex: Map<string, number>
}

function columnsOf(spec: LeRobotSpec, media: Media, facts: EpisodeFacts): FrameColumn[] {
  const { episode_index, length, from } = facts
  const scalar = (name: string, type: LeafType, at: (frame: number) => number): FrameColumn => ({
    name,
    type,
    width: 1,
    values: Float64Array.from({ length }, (_, frame) => at(frame)),
  })
  // An episode of several tasks does them one after the other.
  const taskAt = (frame: number) =>
    facts.taskIndex.get(facts.tasks[Math.floor((frame * facts.tasks.length) / length)] ?? "") ?? 0
  return [
    ...signalColumns(spec, facts),
    ...imagesOf(spec).map((camera): FrameColumn => ({
      name: camera.name,
      type: "image",
      width: 1,
      values: Array.from({ length }, (_, frame) => ({
        bytes: media.image(camera, episode_index, frame),
        path: `frame-${String(frame).padStart(6, "0")}.png`,
      })),
    })),
    scalar("timestamp", "float32", (frame) => Math.fround(frame / spec.fps)),
    scalar("frame_index", "int64", (frame) => frame),
    scalar("episode_index", "int64", () => episode_index),
    scalar("index", "int64", (frame) => from + frame),
    scalar("task_index", "int64", taskAt),
  ]
}

function signalColumns(spec: LeRobotSpec, { episode_index, length, tasks }: EpisodeFacts): FrameColumn[] {
  const seed = mix(spec.seed ?? 1, episode_index)
  // One demonstration per width: action and state of the same arm belong together.
  const motions = new Map<number, Motion>()
  const motionOf = (signal: SignalSpec) => {
    const width = widthOf(signal)
    const known = motions.get(width)
    if (known) return known
    const ranges = signal.ranges ?? Array.from({ length: width }, (): [number, number] => [-1, 1])
    const motion = demonstrate({ frames: length, ranges, grippers: signal.grippers ?? [], seed: mix(seed, width) })
    motions.set(width, motion)
    return motion
  }
  return spec.signals.map((signal) => {
    const type = dtypeOf(signal)
    const column = { name: signal.name, type, width: widthOf(signal) }
    if (signal.role === "text") return { ...column, values: Array.from({ length }, () => tasks[0] ?? "") }
    const values = valuesOf(signal, length, () => motionOf(signal), spec.fps)
    if (type === "float32") return { ...column, values: Float32Array.from(values) }
    return { ...column, values: type.startsWith("float") ? values : values.map(Math.round) }
  })
}

function valuesOf({ role }: SignalSpec, length: number, motion: () => Motion, fps: number): Float64Array {
  const scalars = (at: (frame: number) => number) => Float64Array.from({ length }, (_, frame) => at(frame))
  switch (role) {
    case "action":
      return motion().command
    case "state":
      return motion().measured
    case "velocity":
      return slope(motion().measured, motion().joints, fps)
    case "effort":
      // A servo pulls in proportion to its error, and against gravity when the joint is away from its middle.
      return motion().command.map((command, at) => 2.2 * (command - motion().measured[at]!) + 0.01 * command)
    case "done":
    case "success":
      return scalars((frame) => (frame === length - 1 ? 1 : 0))
    case "reward":
      return scalars((frame) => (frame === length - 1 ? 1 : 0.1 * (frame / length)))
    case "text":
      return new Float64Array(0)
  }
}

const slope = (values: Float64Array, width: number, fps: number) =>
  values.map((value, at) => (at < width ? 0 : (value - values[at - width]!) * fps))

function episodeStats(spec: LeRobotSpec, media: Media, episode: Omit<EpisodeTable, "stats">): Record<string, Stats> {
  const recorded = spec.version === "3.0" && spec.writer !== "converter"
  const method = recorded ? "running" : "numpy"
  const stats: Record<string, Stats> = {}
  for (const { name, type, width, values } of episode.columns) {
    if (type === "string" || type === "image") continue
    stats[name] = statsOf(values as Float64Array, { width, single: type === "float32", method })
  }
  for (const camera of spec.cameras ?? []) {
    const frames = sampledFrames(episode.length)
    const seen = frames.map((frame) => media.levels(camera, episode.episode_index, frame))
    if (seen.some((levels) => levels === null)) continue
    const channels = add(seen as Levels[][])
    stats[camera.name] = statsOfLevels(channels, { samples: frames.length, scale: camera.depth ? 1 : 1 / 255, method })
  }
  return stats
}

function add(frames: readonly Levels[][]): Levels[] {
  return (frames[0] ?? []).map((_, channel) => {
    const counts = new Map<number, number>()
    for (const frame of frames) {
      const levels = frame[channel]!
      for (let at = 0; at < levels.values.length; at++) {
        if (levels.counts[at]! > 0) {
          counts.set(levels.values[at]!, (counts.get(levels.values[at]!) ?? 0) + levels.counts[at]!)
        }
      }
    }
    return { values: [...counts.keys()], counts: [...counts.values()] }
  })
}
