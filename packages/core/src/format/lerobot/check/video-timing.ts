import { plural, shown } from "../notes.ts"
import { placeInVideo, placeOfVideo } from "./camera-facts.ts"
import type { VideoFile } from "./subjects.ts"
import { hasRate, TOLERANCE } from "./takes.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** Old ffmpeg rounds each file that it appends up to a whole millisecond. */
const JOIN = 0.0011
/** Bytes for a pixel below which a frame can hardly show anything: all black at LeRobot's settings. */
const NOTHING = 0.0005
const STILL_SECONDS = 2
const STILL_SHARE = 0.1
const MIN_STILL = 10

/** When the frames of a video are shown and decoded, by its header. */
export const videoTimingRules = {
  "VID-FPS": {
    on: "video_file",
    title: "Videos run at the rate of the dataset",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: "all",
    why: "Frames are looked up by time: at another rate every one is the wrong one.",
    reference: "https://github.com/strands-labs/robots/issues/1746",
    check(video, report, facts) {
      const { fps } = facts.info.parsed
      const found = video.mp4.fps
      if (fps === null || found === null || hasRate(found, fps)) return
      report({
        message: `${shown(video.entry.path)} runs at ${round(found)} frames a second, the dataset at ${fps}.`,
        where: placeOfVideo(video, facts),
        evidence: { found, expected: fps },
        size: Math.abs(found - fps),
      })
    },
  },
  "VID-CFR": {
    on: "video_file",
    title: "Frames follow each other evenly",
    severity: "warning",
    kind: "risk",
    cost: "mp4",
    versions: "all",
    why: "Readers take frame n for the time n ÷ fps; phones and screen recorders do not keep to it, and a gap is a lost frame.",
    reference: `${LEROBOT}/3177`,
    fix: "Encode the video anew at the dataset's rate (ffmpeg -i in.mp4 -vf fps=RATE out.mp4), and see that it has a frame for each row.",
    check(video, report, facts) {
      const { samples, fps } = video.mp4
      if (!samples || fps === null) return
      const { times, timescale } = samples
      const step = 1 / fps
      // Times are rounded to ticks, which some writers have as coarse as frames: a whole frame is no rounding.
      const tick = Math.min(1.01 / timescale, 0.1 * step)
      let joins = 0
      let uneven = 0
      let [worst, at] = [0, 0]
      for (let frame = 1; frame < times.length; frame++) {
        const off = Math.abs(times[frame]! - times[frame - 1]! - step)
        if (off <= tick) continue
        // Where episodes were joined the drift of lerobot#3177 is VID-DRIFT's.
        if (off <= JOIN && ++joins < video.episodeRows.length) continue
        uneven++
        if (off > worst) [worst, at] = [off, frame]
      }
      if (uneven === 0) return
      const gap = times[at]! - times[at - 1]!
      report({
        message: `${shown(video.entry.path)}: ${plural(uneven, "frame")} of ${times.length} ${uneven === 1 ? "does" : "do"} not follow after ${round(step * 1000)} ms; one comes after ${round(gap * 1000)} ms.`,
        where: placeInVideo(video, facts, times[at - 1]! + step),
        evidence: { uneven, frames: times.length, step_s: step, worst_gap_s: gap },
        size: uneven,
      })
    },
  },
  "VID-START": {
    on: "video_file",
    title: "The first frame is shown at time 0",
    severity: "warning",
    kind: "risk",
    cost: "mp4",
    versions: "all",
    why: "An encoder with B-frames wrote no edit list, or a wrong one: every lookup is off by as much.",
    reference: null,
    fix: "Encode the video anew, or write its edit list.",
    check(video, report, facts) {
      const first = video.mp4.samples?.times[0]
      if (first === undefined || Math.abs(first) <= TOLERANCE) return
      const { fps } = facts.info.parsed
      const isWrongFrame = fps !== null && Math.abs(first) > 0.5 / fps
      report({
        message: `${shown(video.entry.path)} shows its first frame at ${round(first)} s${isWrongFrame ? ", so that other frames are found than asked for" : ""}.`,
        where: placeOfVideo(video, facts),
        evidence: { first_s: first, half_frame_s: fps === null ? null : 0.5 / fps },
        // The ladder of VID-DRIFT: beyond half a frame the wrong one is nearest.
        ...(isWrongFrame && { severity: "error" as const }),
        size: Math.abs(first),
      })
    },
  },
  "VID-DTS": {
    on: "video_file",
    title: "Frames have times that rise",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: "all",
    why: "Decoders drop such frames or stop, and files cannot be joined without encoding anew.",
    reference: `${LEROBOT}/2163`,
    fix: "Encode the video anew.",
    check(video, report, facts) {
      const problem = orderProblem(video)
      if (!problem) return
      report({
        message: `${shown(video.entry.path)}: ${problem.what}.`,
        where: placeInVideo(video, facts, problem.frame / (video.mp4.fps ?? Infinity)),
        evidence: { frame: problem.frame, frames: video.mp4.frames },
      })
    },
  },
  "VID-GOP": {
    on: "video_file",
    title: "There is a key frame at least every two seconds",
    severity: "info",
    kind: "characteristic",
    cost: "mp4",
    versions: "all",
    why: "To see one frame, all since the last key frame are decoded. LeRobot writes one every two frames.",
    reference: null,
    check(video, report, facts) {
      const { samples, fps, frames } = video.mp4
      if (!samples?.sync || fps === null || frames === null) return
      const { sync } = samples
      let longest = frames - (sync.at(-1) ?? 0)
      for (let at = 1; at < sync.length; at++) longest = Math.max(longest, sync[at]! - sync[at - 1]!)
      if (longest <= 2 * fps) return
      report({
        message: `${shown(video.entry.path)} goes ${longest} frames without a key frame; ${sync.length} of ${frames} are such.`,
        where: placeOfVideo(video, facts),
        evidence: { longest, limit: 2 * fps, key_frames: sync.length, frames },
        size: longest,
      })
    },
  },
  "VID-BITRATE": {
    on: "video_file",
    title: "Frames are large enough to show something",
    severity: "info",
    kind: "risk",
    cost: "mp4",
    versions: "all",
    why: "Frames of next to no bytes are black, or repeat the one before: a camera that was unplugged or froze. A guess without decoding.",
    reference: null,
    check(video, report, facts) {
      const { samples, width, height, fps } = video.mp4
      if (!samples || typeof samples.sizes === "number" || width * height === 0) return
      const { sizes } = samples
      const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
      const least = NOTHING * width * height
      if (mean < least) {
        return report({
          message: `${shown(video.entry.path)} has ${round(mean)} bytes a frame of ${width} × ${height}.`,
          where: placeOfVideo(video, facts),
          evidence: { bytes_per_frame: mean, expected_at_least: least },
          size: sizes.length,
        })
      }
      const run = fps === null ? null : stillRun(sizes, samples.sync, fps)
      if (!run) return
      report({
        message: `${shown(video.entry.path)} hardly changes for ${round(run.seconds)} s: its frames there have less than a tenth of the usual bytes.`,
        where: placeInVideo(video, facts, run.frame / fps!),
        evidence: { seconds: run.seconds, frame: run.frame, usual_bytes: run.usual },
        size: run.seconds,
      })
    },
  },
} as const satisfies Rules

function orderProblem({ mp4: { samples } }: VideoFile): { frame: number; what: string } | null {
  if (!samples) return null
  const { stalled, unsigned, times } = samples
  if (stalled !== null)
    return { frame: stalled, what: `frame ${stalled + 1} is decoded no later than frame ${stalled}` }
  if (unsigned !== null)
    return { frame: unsigned, what: `frame ${unsigned} has a negative composition offset in a table that has no sign` }
  for (let frame = 1; frame < times.length; frame++) {
    if (times[frame]! > times[frame - 1]!) continue
    return { frame, what: `frames ${frame - 1} and ${frame} are shown at the same time` }
  }
  return null
}

/** The longest run of frames that need others and have next to no bytes. Key frames are as large as ever in a still picture. */
function stillRun(sizes: Uint32Array, sync: Uint32Array | null, fps: number) {
  const isKey = new Uint8Array(sizes.length)
  if (sync && sync.length < sizes.length) for (const frame of sync) isKey[frame] = 1
  const own = sizes.filter((_, frame) => !isKey[frame]).sort()
  const usual = own[own.length >> 1] ?? 0
  let best = { frame: 0, frames: 0 }
  let [start, count] = [0, 0]
  for (let frame = 0; frame < sizes.length; frame++) {
    if (isKey[frame]) continue
    if (sizes[frame]! >= usual * STILL_SHARE) count = 0
    else {
      if (count++ === 0) start = frame
      const frames = frame + 1 - start
      if (count >= MIN_STILL && frames > best.frames) best = { frame: start, frames }
    }
  }
  const seconds = best.frames / fps
  return seconds >= STILL_SECONDS ? { frame: best.frame, seconds, usual } : null
}

/** Short enough for a sentence. */
const round = (value: number) => String(Number(value.toPrecision(5)))
