import { isWhole } from "./episodes.ts"
import type { DatasetFacts, EpisodeFacts, VideoFile } from "./subjects.ts"

/** An episode's part of a video file, and what is found there. */
export interface Take {
  episode: number
  /** Frames it must have. */
  length: number
  /** Seconds in the file. */
  from: number
  to: number
  /** Frames shown from `from` on for as long as the episode lasts. */
  frames: number
  /** Frames of all takes before it. */
  before: number
  /** Begins before the one before it ends, or is out of order: which frames are its own is not known. */
  isTangled: boolean
}

export interface Takes {
  fps: number
  times: Float64Array
  /** When the first frame is shown, if that is not at once. */
  delay: number
  /** When the last frame ends, in seconds. */
  end: number
  /** In the order of their windows. */
  takes: readonly Take[]
  /** Whether the file has exactly the frames of its episodes: which frame is whose is then beyond doubt. */
  isExact: boolean
}

/** Beyond it a lookup by time fails with the tolerance LeRobot has by default, in seconds. */
export const TOLERANCE = 1e-4

/** Whether a video runs at the rate of the dataset; what depends on it is not judged otherwise. */
export const hasRate = (found: number | null, fps: number | null): found is number =>
  found !== null && fps !== null && Math.abs(found - fps) <= 0.01 * fps

/** The episodes of a video file; null where something that has a rule of its own stands in the way. */
export function takesOf({ mp4, camera, episodeRows }: VideoFile, facts: DatasetFacts): Takes | null {
  const { fps } = facts.info.parsed
  const { samples } = mp4
  if (!samples || samples.times.length === 0 || fps === null || !hasRate(mp4.fps, fps)) return null
  if (episodeRows.length === 0 || !isWhole(facts.episodes)) return null
  const { times } = samples
  const delay = Math.abs(times[0]!) > TOLERANCE ? times[0]! : 0
  const half = 0.5 / fps
  const takes: Take[] = []
  let before = 0
  for (const row of episodeRows) {
    const window = windowOf(facts.episodes, camera, row, fps)
    if (!window) return null
    const first = lowerBound(times, window.from + delay - half)
    const frames = lowerBound(times, window.from + delay + window.length / fps - half) - first
    const last = takes.at(-1)
    const isTangled = last !== undefined && (window.from < last.to - half || window.episode < last.episode)
    takes.push({ ...window, frames, before, isTangled })
    before += window.length
  }
  return { fps, times, delay, end: times.at(-1)! + 1 / fps, takes, isExact: before === times.length }
}

function windowOf(episodes: EpisodeFacts, camera: string, row: number, fps: number) {
  const length = episodes.length[row]!
  const episode = episodes.episode_index[row]!
  if (!(length >= 0) || !Number.isInteger(length) || !Number.isSafeInteger(episode)) return null
  const columns = episodes.windows.get(camera)
  if (!columns) return { episode, length, from: 0, to: length / fps }
  const [from, to] = [columns.from[row]!, columns.to[row]!]
  if (!Number.isFinite(from) || !Number.isFinite(to)) return null
  return { episode, length: lengthOf(episodes, row, from, to, fps), from, to }
}

/** The length by the table; where it contradicts the range of the rows, which has its own rule, the one the window agrees with. */
function lengthOf({ length, from: first, to: last }: EpisodeFacts, row: number, from: number, to: number, fps: number) {
  const range = last[row]! - first[row]!
  return Math.abs((to - from) * fps - range) < 0.5 ? range : length[row]!
}

/** How many of the ascending `values` are below `limit`. */
export function lowerBound(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}
