import { declaredCamera, type DeclaredCamera } from "../declared-camera.ts"
import { Notes } from "../notes.ts"
import type { DatasetFacts, EpisodeFacts, VideoFile } from "./subjects.ts"

const cameras = new WeakMap<DatasetFacts, Map<string, DeclaredCamera>>()

/** What info.json says about a camera; each list holds every different answer that it gives. */
export function declaredOf(facts: DatasetFacts, key: string): DeclaredCamera | undefined {
  const known = cameras.get(facts) ?? new Map<string, DeclaredCamera>()
  cameras.set(facts, known)
  const feature = facts.info.parsed.features.find((each) => each.key === key)
  if (!known.has(key) && feature) known.set(key, declaredCamera(feature, facts.info.parsed, new Notes()))
  return known.get(key)
}

/** Channels of a picture by its shape: what is left of it beside width and height. */
export function channelsOf(facts: DatasetFacts, key: string): number | null {
  const shape = facts.info.parsed.features.find((each) => each.key === key)?.shape ?? []
  const { width = [], height = [] } = declaredOf(facts, key) ?? {}
  if (shape.length !== 3 || shape.includes(null) || width.length !== 1 || height.length !== 1) return null
  const channels = shape.reduce((product: number, size) => product * size!, 1) / (width[0]! * height[0]!)
  return Number.isInteger(channels) ? channels : null
}

/** `{episode}` of a row of the table, when it has a number that can be one. */
export function episodeOf({ episode_index }: EpisodeFacts, row: number): { episode?: number } {
  const episode = episode_index[row]
  return Number.isSafeInteger(episode) ? { episode: episode! } : {}
}

/** Where a finding about a whole video file is: the episode only when the file holds one. */
export function placeOfVideo({ entry, camera, episodeRows }: VideoFile, facts: DatasetFacts) {
  const episode = episodeRows.length === 1 ? episodeOf(facts.episodes, episodeRows[0]!) : {}
  return { path: entry.path, feature: camera, ...episode }
}

/** The same of a moment in it: the episode whose window it is in, and the frame there. */
export function placeInVideo(video: VideoFile, facts: DatasetFacts, time: number) {
  const place = { path: video.entry.path, feature: video.camera }
  const { fps } = facts.info.parsed
  if (fps === null || video.episodeRows.length === 0) return place
  const starts = facts.episodes.windows.get(video.camera)?.from
  const half = 0.5 / fps
  const row = starts ? video.episodeRows.findLast((each) => starts[each]! - half <= time) : video.episodeRows[0]
  if (row === undefined) return place
  const frame = Math.round((time - (starts?.[row] ?? 0)) * fps)
  return { ...place, ...episodeOf(facts.episodes, row), ...(frame >= 0 && { frame }) }
}
