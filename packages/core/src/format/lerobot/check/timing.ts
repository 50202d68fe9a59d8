import type { Found, Report } from "../../../check/rule.ts"
import { plural, shown } from "../notes.ts"
import { hasStrangers } from "./episode-files.ts"
import { isWhole, placeOf } from "./episodes.ts"
import type { Rules } from "./rule.ts"
import type { DatasetFacts, EpisodeRows } from "./subjects.ts"
import { timingFault, toleranceAt, type TimingFault } from "./timing-fault.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** Up to here a float32 tells ten thousandths of a second apart. */
const F32_SECONDS = 1024

let last: { rows: EpisodeRows; fault: TimingFault | null } | undefined

/** Six rules ask about each episode, one after the other; the answer is for one of them. */
function faultOf(rows: EpisodeRows, { info }: DatasetFacts): TimingFault | null {
  if (last?.rows === rows) return last.fault
  const { fps } = info.parsed
  last = { rows, fault: fps === null ? null : timingFault(rows, fps) }
  return last.fault
}

const s = (seconds: number) => `${Number(seconds.toPrecision(4))} s`

/** The look of a rule that tells of faults of its code. */
const tell =
  (code: TimingFault["code"], found: (fault: TimingFault, rows: EpisodeRows, facts: DatasetFacts) => Found) =>
  (rows: EpisodeRows, report: Report, facts: DatasetFacts) => {
    const fault = faultOf(rows, facts)
    if (fault?.code !== code) return
    const { file, episode } = rows
    const where = { path: file.entry.path, episode, frame: fault.frame, feature: "timestamp" }
    report({ where, ...found(fault, rows, facts) })
  }

/** When each frame was. Of one episode one rule speaks: the one that names the cause. */
export const timingRules = {
  "TS-FOOTER": {
    on: "data_file",
    title: "The last timestamp of a file fits its longest episode",
    severity: "warning",
    kind: "risk",
    cost: "footer",
    versions: "all",
    superseded_by: "TS-LATTICE",
    needs: ["info", "episodes"],
    why: "Timestamps that do not follow the frame rate map frames to wrong pictures. A quick look; columns depth says where.",
    reference: `${LEROBOT}/3513`,
    check(file, report, { episodes, info }) {
      const { fps } = info.parsed
      const range = file.range("timestamp")
      const rows = file.episodeRows
      if (fps === null || !range || rows.length === 0 || !isWhole(episodes) || hasStrangers(file, episodes)) return
      const longest = rows.reduce((most, row) => Math.max(most, episodes.length[row]!), 0)
      const expected = (longest - 1) / fps
      const off = range.max - expected
      if (!(Math.abs(off) > Math.max(0.5 / fps, range.max * 1e-6))) return
      const row = rows.find((each) => episodes.length[each] === longest)
      report({
        message: `The last timestamp in ${shown(file.entry.path)} is ${range.max.toFixed(3)} s; its longest episode ends at ${expected.toFixed(3)} s at ${fps} frames a second.`,
        where: {
          path: file.entry.path,
          feature: "timestamp",
          ...(rows.length === 1 && row !== undefined && { episode: episodes.episode_index[row]! }),
        },
        evidence: { last: range.max, expected, off },
        size: Math.abs(off),
      })
    },
  },
  "TS-MONO": {
    on: "episode_rows",
    title: "Timestamps grow from frame to frame",
    severity: "error",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    why: "Frames of one time cannot be told apart, and a time that goes back gives the frames in another order.",
    reference: "https://github.com/unitreerobotics/unitree_lerobot/issues/41",
    fix: "Write timestamp = frame_index / fps.",
    check: tell("TS-MONO", ({ frame, found, expected, step }, { episode }) => ({
      message: `Episode ${episode}: the timestamp of frame ${frame} is ${s(found)}, not after that of the frame before.`,
      evidence: { found, expected },
      size: step,
    })),
  },
  "TS-GAP": {
    on: "episode_rows",
    title: "No frame is missing between two others",
    severity: "warning",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    why: "Frames were dropped while recording: the robot seems to jump, and later frames are looked up too early.",
    reference: `${LEROBOT}/3513`,
    fix: "Record the episode again, or cut it at the gap.",
    check: tell("TS-GAP", ({ frame, found, expected, drift, gaps, step }, { episode }, { info }) => ({
      message: `Episode ${episode} has ${plural(gaps, "gap")}: ${s(found - expected)} are missing before frame ${frame}.`,
      evidence: { gaps, found, expected, drift },
      // Off by half a frame, every later frame gets another one's picture.
      ...(drift > 0.5 / info.parsed.fps! && { severity: "error" as const }),
      size: step,
    })),
  },
  "TS-RATE": {
    on: "episode_rows",
    title: "Frames come at the declared rate",
    severity: "error",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    why: "fps in info.json is wrong, or the recorder was slower than it: frames get the pictures of other frames.",
    reference: `${LEROBOT}/2786`,
    fix: "Correct fps in meta/info.json if the timestamps are right; else write timestamp = frame_index / fps.",
    check: tell("TS-RATE", ({ mean, drift, found, expected }, { episode }, { info }) => ({
      message: `Episode ${episode} has ${Number((1 / mean).toPrecision(4))} frames a second by its timestamps; info.json says ${info.parsed.fps}.`,
      evidence: { mean_step: mean, expected_step: 1 / info.parsed.fps!, drift, found, expected },
      size: drift,
    })),
  },
  "TS-LATTICE": {
    on: "episode_rows",
    title: "Each timestamp is nearest to its own frame",
    severity: "error",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    why: "Timestamps of a clock drift away from a video of constant rate: frames get the pictures of other frames.",
    reference: `${LEROBOT}/3513`,
    check: tell("TS-LATTICE", ({ frame, found, expected, drift, step }, { episode }, { info }) => ({
      message: `Episode ${episode}: frame ${frame} is at ${s(found)}, ${s(drift)} or ${(drift * info.parsed.fps!).toFixed(1)} frames away from ${s(expected)}.`,
      evidence: { found, expected, drift, needs_tolerance_s: step },
      fix: `Write timestamp = frame_index / fps. A loader takes it as it is only with tolerance_s ≥ ${needed(step)}, and gives wrong pictures.`,
      size: drift,
    })),
  },
  "TS-STEP": {
    on: "episode_rows",
    title: "Steps between timestamps are 1 / fps",
    severity: "warning",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    why: "Loaders that look for a frame at an exact time find none within their tolerance of 0.1 ms.",
    reference: `${LEROBOT}/933`,
    check: tell("TS-STEP", ({ frame, found, expected, step }, { episode, columns, rows }, { version }) => ({
      message: `Episode ${episode}: the step to frame ${frame} is ${s(step)} off; a loader needs tolerance_s ≥ ${needed(step)}.`,
      evidence: {
        found,
        expected,
        needs_tolerance_s: step,
        tolerance_s: toleranceAt(columns.timestamp![rows - 1]!),
      },
      fix: `Write timestamp = frame_index / fps, or load with tolerance_s ≥ ${needed(step)}.`,
      // The loader of version 2 refuses the dataset, that of version 3 takes the nearest frame.
      ...(version.major === 2 && { severity: "error" as const }),
      size: step,
    })),
  },
  "TS-START": {
    on: "episode_rows",
    title: "The first timestamp of an episode is 0",
    severity: "warning",
    kind: "risk",
    cost: "scalar",
    versions: "all",
    why: "Every frame is looked up that much later in its video: from half a frame on it is another frame.",
    reference: null,
    fix: "Subtract the first timestamp of each episode from the others.",
    check: tell("TS-START", ({ found }, { episode, rows }, { info }) => ({
      message: `Episode ${episode} begins at ${s(found)}, ${(found * info.parsed.fps!).toFixed(1)} frames late.`,
      evidence: { found, expected: 0 },
      size: Math.abs(found),
      // Behind the episode's end there is no picture of it to be found: a clock's own time was written down.
      ...(hasVideo(info) && Math.abs(found) > rows / info.parsed.fps! && { severity: "error" as const }),
    })),
  },
  "TS-F32-LIMIT": {
    on: "dataset",
    title: "Timestamps are fine enough for long episodes",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "Beyond 1,024 s a float32 is coarser than the loader's tolerance of 0.1 ms.",
    reference: null,
    fix: "Load with tolerance_s ≥ 0.0003, or declare timestamp as float64.",
    check({ info, episodes }, report) {
      const { fps, features } = info.parsed
      const dtype = features.find(({ key }) => key === "timestamp")?.dtype ?? "float32"
      if (fps === null || dtype !== "float32") return
      for (let row = 0; row < episodes.rows; row++) {
        const seconds = episodes.length[row]! / fps
        if (!(seconds > F32_SECONDS)) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} is ${Math.round(seconds)} s long; its float32 timestamps are ${toleranceAt(seconds).toPrecision(2)} s apart at the end.`,
          where: { path: placeOf(episodes, row).path, episode, feature: "timestamp" },
          evidence: { seconds, spacing: toleranceAt(seconds) },
          size: seconds,
        })
      }
    },
  },
} as const satisfies Rules

const hasVideo = ({ parsed }: DatasetFacts["info"]) => parsed.features.some(({ dtype }) => dtype === "video")

/** A little above, so that it holds. */
const needed = (step: number) => (Math.ceil(step * 1e5) / 1e5).toString()
