import type { EpisodeRow } from "../../episode/rows.ts"
import type { EpisodeFlag } from "../../episode/schema.ts"

const MAX_TASKS = 100
/** Characters of all tasks of an episode together. */
const MAX_TEXT = 8000

type Found = Omit<EpisodeRow, "duration_s" | "flags">

/** Completes an episode, and says what is odd about it: it costs nothing to see here. */
export function episodeRow(found: Found, fps: number | null): EpisodeRow {
  const { length } = found
  const duration_s = length === null || fps === null ? null : length / fps
  return { ...found, tasks: bounded(found.tasks), duration_s, flags: flagsOf(found, duration_s, fps) }
}

function flagsOf(
  { length, tasks, data_path, rows_from, rows_to, videos }: Found,
  duration: number | null,
  fps: number | null,
) {
  const flags: EpisodeFlag[] = []
  if (length === null) flags.push("no_length")
  if (tasks.length === 0) flags.push("no_tasks")
  if (data_path === null) flags.push("no_data_file")
  if (videos.some(({ path }) => path === null)) flags.push("no_video")
  if (rows_from !== null && rows_to !== null && length !== null && rows_to - rows_from !== length)
    flags.push("rows_differ")
  const isOff = ({ from_s, to_s }: Found["videos"][number]) =>
    // Many writers state the time of the last frame as the end (lerobot-format.md §2.4).
    from_s !== null && to_s !== null && duration !== null && Math.abs(to_s - from_s - duration) > 1.5 / fps!
  if (videos.some(isOff)) flags.push("video_differs")
  return flags
}

function bounded(tasks: readonly string[]): string[] {
  let left = MAX_TEXT
  return tasks.slice(0, MAX_TASKS).flatMap((task) => {
    const text = task.slice(0, left)
    left -= text.length
    return text === "" && task !== "" ? [] : [text]
  })
}

/** What a part of the table counted, for the sum. */
export interface EpisodeCounts extends Record<string, unknown> {
  kind: "episodes"
  rows: number
  /** Null when a length is missing. */
  frames: number | null
  /** The indexes in runs, ascending: `[first, last]`. */
  runs: [number, number][]
  flags: Record<string, number>
  /** Lines or rows that are no episode. */
  unusable: number
  notes: string[]
}

/** Each index once: of several in one part the first counts. */
export function counted(all: readonly EpisodeRow[], unusable: number, notes: string[] = []) {
  const rows = all
    .toSorted((a, b) => a.episode_index - b.episode_index || a.place - b.place)
    .filter((row, at, sorted) => row.episode_index !== sorted[at - 1]?.episode_index)
  const runs: [number, number][] = []
  const flags: Record<string, number> = {}
  let frames: number | null = 0
  for (const { episode_index, length, flags: each } of rows) {
    const run = runs.at(-1)
    if (run && run[1] === episode_index - 1) run[1] = episode_index
    else runs.push([episode_index, episode_index])
    frames = frames === null || length === null ? null : frames + length
    for (const flag of each) flags[flag] = (flags[flag] ?? 0) + 1
  }
  const counts: EpisodeCounts = { kind: "episodes", rows: all.length, frames, runs, flags, unusable, notes }
  return { rows, counts }
}
