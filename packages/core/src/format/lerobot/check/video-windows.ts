import { shown } from "../notes.ts"
import { episodeOf } from "./camera-facts.ts"
import { rowsByVideoFile } from "./episode-places.ts"
import { isWhole } from "./episodes.ts"
import type { EpisodeFacts, FileSummary, WindowColumns } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const ISSUE_4104 = `${LEROBOT}/4104`
const EPISODE_FILE = /episode[_-](\d{1,12})\.\w+$/

/** Where the episodes table says that each episode lies in the videos, by the table itself. */
export const videoWindowRules = {
  "VID-RANGE-LEN": {
    on: "dataset",
    title: "An episode's window in a video is as long as the episode",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Where it is shorter the last frames are another episode's. Where it is longer, frames of a take that was recorded again were left in (lerobot#4104): lookups by time stay right, counting frames does not.",
    reference: ISSUE_4104,
    fix: "Look frames up by time, not by counting; record with a lerobot that has the mend of #3683.",
    check({ episodes, info }, report) {
      const { fps } = info.parsed
      if (fps === null) return
      for (const [camera, windows] of episodes.windows) {
        const isFencePost = endsAtLastFrame(episodes, windows, fps)
        for (let row = 0; row < episodes.rows; row++) {
          const off = excess(episodes, windows, row, fps)
          if (!(Math.abs(off) > 0.5)) continue
          const episode = episodes.episode_index[row]!
          const length = episodes.length[row]!
          const frames = Math.round(off + length)
          const path = episodes.videoPath(row, camera)
          const say = (more: string) =>
            `Episode ${episode} has ${length} frames, its window in ${shown(camera)} ${frames}${more}.`
          report({
            message: isFencePost
              ? say(": to_timestamp is that of the last frame, not its end")
              : off > 0
                ? say(" (as lerobot#4104 leaves it: frames of a discarded take are still in the video)")
                : say(""),
            where: { ...(path !== undefined && { path }), ...episodeOf(episodes, row), feature: camera },
            evidence: { length, window_frames: off + length, from: windows.from[row]!, to: windows.to[row]! },
            // Nothing is looked up beyond the episode's own frames, so a longer window misleads nobody but those who count.
            ...((isFencePost || off > 0) && { severity: "warning" as const }),
            size: Math.abs(off),
          })
        }
      }
    },
  },
  "VID-RANGE-ORDER": {
    on: "dataset",
    title: "Windows in one video follow each other in the order of the episodes",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Episodes that share frames, or lie before the file begins, show another one's pictures.",
    reference: `${LEROBOT}/2550`,
    check({ episodes, info }, report) {
      const half = 0.5 / (info.parsed.fps ?? 1000)
      for (const [camera, { from, to }] of episodes.windows) {
        for (const [path, rows] of rowsByVideoFile(episodes, camera)) {
          const known = rows.filter((row) => Number.isFinite(from[row]) && Number.isFinite(to[row]))
          known.sort((a, b) => from[a]! - from[b]! || a - b)
          for (const [at, row] of known.entries()) {
            const episode = episodes.episode_index[row]!
            const where = { path, ...episodeOf(episodes, row), feature: camera }
            if (from[row]! < -1e-6) {
              report({
                message: `Episode ${episode} begins at ${from[row]!.toFixed(3)} s in ${shown(path)}.`,
                where,
                evidence: { from: from[row]! },
              })
            }
            const before = known[at - 1]
            if (before === undefined || episodes.episode_index[before] === episode) continue
            const other = episodes.episode_index[before]!
            const isOverlap = from[row]! < to[before]! - half
            if (!isOverlap && episode > other) continue
            report({
              message: isOverlap
                ? `Episode ${episode} begins at ${from[row]!.toFixed(3)} s in ${shown(path)}, before episode ${other} ends at ${to[before]!.toFixed(3)} s.`
                : `Episode ${episode} lies behind episode ${other} in ${shown(path)}.`,
              where,
              evidence: { from: from[row]!, other_episode: other, other_from: from[before]!, other_to: to[before]! },
              size: isOverlap ? to[before]! - from[row]! : 0,
            })
          }
        }
      }
    },
  },
  "VID-CAM-FILES": {
    on: "dataset",
    title: "Cameras lie in files of the same number as the data",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "They roll over on their own, as LeRobot means it; readers that take data/file_index for a camera show another episode.",
    reference: "https://github.com/starVLA/starVLA/issues/279",
    check({ episodes }, report) {
      for (const [camera, { chunk, file }] of episodes.windows) {
        let first = -1
        let count = 0
        for (let row = 0; row < episodes.rows; row++) {
          const isKnown = file[row]! >= 0 && chunk[row]! >= 0 && episodes.data_file[row]! >= 0
          if (!isKnown) continue
          if (file[row] === episodes.data_file[row] && chunk[row] === episodes.data_chunk[row]) continue
          if (count++ === 0) first = row
        }
        if (count === 0) continue
        const path = episodes.videoPath(first, camera)
        const episode = episodes.episode_index[first]!
        report({
          message: `${count} of ${episodes.rows} episodes lie in another file number of ${shown(camera)} than of the data, first episode ${episode} (${file[first]}, data ${episodes.data_file[first]}).`,
          where: { ...(path !== undefined && { path }), ...episodeOf(episodes, first), feature: camera },
          evidence: { episodes: count, of: episodes.rows },
        })
      }
    },
  },
  "VID-CAM-LEN": {
    on: "dataset",
    title: "All cameras have the same frames of an episode",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    why: "A camera lost or kept frames that the others did not: what they show at one time did not happen at one time.",
    reference: `${LEROBOT}/4462`,
    check(facts, report) {
      if (facts.version.major !== 3 || !facts.has("episodes")) return
      const { episodes, info } = facts
      const { fps } = info.parsed
      const cameras = [...episodes.windows]
      if (fps === null) return
      for (let row = 0; row < episodes.rows; row++) {
        const frames = cameras.map(([, { from, to }]) => (to[row]! - from[row]!) * fps)
        const odd = oddOne(frames, episodes.length[row]!)
        if (odd === null) continue
        const [camera] = cameras[odd.at]!
        const path = episodes.videoPath(row, camera)
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} has ${Math.round(frames[odd.at]!)} frames in ${shown(camera)}, ${Math.round(odd.usual)} in the others.`,
          where: { ...(path !== undefined && { path }), ...episodeOf(episodes, row), feature: camera },
          evidence: { frames: frames[odd.at]!, others: odd.usual },
          size: Math.abs(frames[odd.at]! - odd.usual),
        })
      }
    },
    closer: {
      on: "whole",
      cost: "mp4",
      check({ facts, files }, report) {
        // A table that is whole says how many frames there must be, which VID-FRAMES-V2 compares.
        if (facts.version.major !== 2 || (facts.has("episodes") && isWhole(facts.episodes))) return
        const videos = Iterator.from(files).filter(
          ({ kind, rows, path }) => kind === "video" && rows > 0 && EPISODE_FILE.test(path),
        )
        for (const [episode, own] of Map.groupBy(videos, ({ path }: FileSummary) =>
          Number(EPISODE_FILE.exec(path)![1]),
        )) {
          const odd = oddOne(own.map(({ rows }) => rows))
          if (odd === null) continue
          const { path, camera, rows } = own[odd.at]!
          report({
            message: `${shown(path)} has ${rows} frames, the other cameras of episode ${episode} have ${odd.usual}.`,
            where: { path, episode, ...(camera !== undefined && { feature: camera }) },
            evidence: { frames: rows, others: odd.usual },
            size: Math.abs(rows - odd.usual),
          })
        }
      },
    },
  },
} as const satisfies Rules

/** Frames by which the window is longer than the episode; NaN where a length has its own rule or is not known. */
function excess({ length, from, to }: EpisodeFacts, windows: WindowColumns, row: number, fps: number) {
  const range = to[row]! - from[row]!
  if (Number.isFinite(range) && range !== length[row]) return NaN
  return (windows.to[row]! - windows.from[row]!) * fps - length[row]!
}

/** Whether the writer took the last frame's time for the end, always: harmless, and known from third parties. */
function endsAtLastFrame(episodes: EpisodeFacts, windows: WindowColumns, fps: number) {
  let known = 0
  for (let row = 0; row < episodes.rows; row++) {
    const off = excess(episodes, windows, row, fps)
    if (Number.isNaN(off)) continue
    if (Math.abs(off + 1) > 0.1) return false
    known++
  }
  return known > 1
}

/** The value that differs from what most are by more than half; of two, the one farther from `expected`, else the smaller. */
function oddOne(values: readonly number[], expected = Infinity): { at: number; usual: number } | null {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b)
  const isFirstRight = known.length === 2 && Math.abs(known[0]! - expected) < Math.abs(known[1]! - expected)
  const usual = known[isFirstRight ? 0 : known.length >> 1]!
  const at = values.findIndex((value) => Math.abs(value - usual) > 0.5)
  return known.length < 2 || at < 0 ? null : { at, usual }
}
