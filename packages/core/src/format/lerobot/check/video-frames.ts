import { plural, shown } from "../notes.ts"
import { episodeOf } from "./camera-facts.ts"
import { lowerBound, type Take, type Takes, takesOf, TOLERANCE } from "./takes.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const ISSUE_4104 = `${LEROBOT}/4104`

/** Whether the videos hold the frames of their episodes, counted by their headers, none more and none less. */
export const videoFrameRules = {
  "VID-FRAMES-V2": {
    on: "video_file",
    title: "An episode's video has as many frames as the episode",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: ["v2.0", "v2.1"],
    needs: ["info", "episodes"],
    why: "A picture that could not be written is missing without a trace (lerobot#4462, #4533): all that follow are one too early. Frames too many are mostly left of a take that was recorded again: LeRobot looks frames up by their time and finds the right ones.",
    reference: `${LEROBOT}/4462`,
    fix: "Record the episode again, or drop it.",
    check({ entry, camera, mp4, episodeRows }, report, { episodes }) {
      const [row] = episodeRows
      const length = row === undefined ? NaN : episodes.length[row]!
      const found = mp4.samples?.times.length
      if (row === undefined || found === undefined || Number.isNaN(length) || length === found) return
      const episode = episodes.episode_index[row]!
      const { hidden } = mp4.samples!
      report({
        message: `Episode ${episode} has ${plural(length, "frame")}, ${shown(entry.path)} ${found}${hidden ? ` (${hidden} more are left out by its edit list)` : ""}.`,
        where: { path: entry.path, ...episodeOf(episodes, row), feature: camera },
        evidence: { frames: found, length, hidden },
        // As of version 3: who counts frames from the end finds others, a lookup by time does not.
        ...(found > length && { severity: "warning" as const }),
        size: Math.abs(length - found),
      })
    },
  },
  "VID-FRAMES-V3": {
    on: "video_file",
    title: "A video has exactly the frames of its episodes",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Where a frame is missing, those after it are shown one too early, and the last episode ends in nothing. Frames of no episode are discarded takes (lerobot#4104): lookups by time stay right.",
    reference: ISSUE_4104,
    check(video, report, facts) {
      const found = takesOf(video, facts)
      if (!found || found.isExact) return
      const { entry, camera, mp4 } = video
      for (const take of found.takes) {
        if (take.frames === take.length || isBeyond(take, found)) continue
        report({
          message: `Episode ${take.episode} has ${plural(take.length, "frame")}, its window in ${shown(entry.path)} ${take.frames}.`,
          where: { path: entry.path, episode: take.episode, feature: camera },
          evidence: { frames: take.frames, length: take.length, frames_of_file: mp4.frames, from: take.from },
          size: Math.abs(take.length - take.frames),
        })
      }
      const orphans = orphansOf(found)
      if (!orphans) return
      report({
        message: `${plural(orphans.frames, "frame")} of ${shown(entry.path)} ${orphans.frames === 1 ? "belongs" : "belong"} to no episode, the first at ${orphans.time.toFixed(3)} s (as lerobot#4104 leaves a discarded take).`,
        where: {
          path: entry.path,
          feature: camera,
          ...(orphans.episode !== undefined && { episode: orphans.episode }),
        },
        evidence: { orphans: orphans.frames, frames_of_file: mp4.frames, first_s: orphans.time },
        // LeRobot loads it and finds the right frames; who counts frames does not.
        severity: "warning",
        size: orphans.frames,
      })
    },
  },
  "VID-RANGE-END": {
    on: "video_file",
    title: "No episode's window ends behind its video",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Its frames are looked up where the video has none, and loading stops.",
    reference: `${LEROBOT}/2627`,
    check(video, report, facts) {
      const found = takesOf(video, facts)
      if (!found) return
      const { end, fps } = found
      for (const take of found.takes) {
        // A window that ends behind the file because frames are missing is told by their count.
        const isLate = take.to > end + 0.5 / fps && take.frames === take.length
        if (!isLate && !isBeyond(take, found)) continue
        report({
          message: `Episode ${take.episode} is said to be at ${take.from.toFixed(3)} to ${take.to.toFixed(3)} s of ${shown(video.entry.path)}, which is ${end.toFixed(3)} s long.`,
          where: { path: video.entry.path, episode: take.episode, feature: video.camera },
          evidence: { from: take.from, to: take.to, end },
          size: take.to - end,
        })
      }
    },
  },
  "VID-DRIFT": {
    on: "video_file",
    title: "Frames are shown when the table says",
    severity: "warning",
    kind: "risk",
    cost: "mp4",
    versions: "all",
    needs: ["info", "episodes"],
    why: "LeRobot looks a frame up by its time, ± 0.1 ms: beyond that it stops, beyond half a frame the wrong one is nearest. Old ffmpeg adds up to 1 ms with each episode that it appends (lerobot#3177).",
    reference: `${LEROBOT}/3177`,
    fix: "Load with a larger tolerance_s, or join the episodes anew with ffmpeg ≥ 7.1 (PyAV ≥ 15).",
    check(video, report, facts) {
      const found = takesOf(video, facts)
      if (!found) return
      const half = 0.5 / found.fps
      for (const take of found.takes) {
        const drift = driftOf(take, found)
        // A rounding in the table's own numbers is none.
        if (drift === null || Math.abs(drift.by) <= TOLERANCE + 1e-6) continue
        const isWrongFrame = Math.abs(drift.by) > half * 1.001
        report({
          message: `Episode ${take.episode}: its ${drift.frame === 0 ? "first" : "last"} frame is shown ${Math.abs(drift.by * 1000).toFixed(2)} ms ${drift.by > 0 ? "later" : "earlier"} in ${shown(video.entry.path)} than it is looked up${isWrongFrame ? ": another frame is found" : ""}.`,
          where: { path: video.entry.path, episode: take.episode, frame: drift.frame, feature: video.camera },
          evidence: { drift_s: drift.by, tolerance_s: TOLERANCE, half_frame_s: half },
          ...(isWrongFrame && { severity: "error" as const }),
          size: Math.abs(drift.by),
        })
      }
    },
  },
} as const satisfies Rules

/** Whether nothing of the window is inside the file. */
const isBeyond = ({ from, length }: Take, { end, fps }: Takes) => length > 0 && from > end - 0.5 / fps

/** How much later than looked up a take's first and last frame are shown, whichever is worse; null where others have to say. */
function driftOf(take: Take, found: Takes): { by: number; frame: number } | null {
  const { fps, times, delay, isExact } = found
  if (take.length === 0 || take.isTangled || isBeyond(take, found)) return null
  if (!isExact && take.frames !== take.length) return null
  const first = isExact ? take.before : lowerBound(times, take.from + delay - 0.5 / fps)
  const last = take.length - 1
  const start = times[first]! - delay - take.from
  const end = times[first + last]! - delay - take.from - last / fps
  return Math.abs(end) > Math.abs(start) + 1e-6 ? { by: end, frame: last } : { by: start, frame: 0 }
}

/** Frames in no window, and between windows that are as long as their episodes at least. */
function orphansOf({ takes, times, delay, fps }: Takes): { frames: number; time: number; episode?: number } | null {
  const half = 0.5 / fps
  let frames = 0
  let first: { time: number; episode?: number } | undefined
  let covered = 0
  let last: Take | undefined
  const gap = (until: number) => {
    if (until <= covered) return
    frames += until - covered
    first ??= { time: times[covered]!, ...(last && { episode: last.episode }) }
  }
  for (const take of takes) {
    gap(lowerBound(times, take.from + delay - half))
    const end = Math.max(take.to, take.from + take.length / fps)
    covered = Math.max(covered, lowerBound(times, end + delay - half))
    last = take
  }
  gap(times.length)
  return first ? { frames, ...first } : null
}
