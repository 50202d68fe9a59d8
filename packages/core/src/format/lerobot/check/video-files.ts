import { plural, shown } from "../notes.ts"
import { declaredOf, placeInVideo, placeOfVideo } from "./camera-facts.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** What a browser decodes without asking for special hardware. */
const PLAYABLE = new Set(["av01", "avc1", "hvc1", "vp09"])

/** Each video file by its header: whether it opens, and is what info.json says. */
export const videoFileRules = {
  "VID-OPEN": {
    on: "broken_file",
    title: "Every video opens and is complete",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: "all",
    why: "An encoder that was killed leaves frames without an index, and a transfer that broke off leaves an index without frames.",
    reference: `${LEROBOT}/2495`,
    fix: "Record the episode again, restore the file from a copy, or push it again.",
    check({ entry, kind, camera, error }, report) {
      if (kind !== "video" || error.code === "lfs_pointer" || entry.size === 0) return
      report({
        message: error.message,
        where: { path: entry.path, ...(camera !== undefined && { feature: camera }) },
        evidence: { bytes: entry.size },
      })
    },
    closer: {
      on: "video_file",
      cost: "mp4",
      check(video, report, facts) {
        const { entry, mp4 } = video
        const { samples, frames } = mp4
        if (!samples) {
          const why = frames === null ? "are listed in fragments" : "are too many"
          return report({
            message: `The frames of ${shown(entry.path)} ${why}, so their number and times were not judged.`,
            where: placeOfVideo(video, facts),
            evidence: { frames },
            severity: "warning",
          })
        }
        if (!samples.cut) return
        const { first, count } = samples.cut
        report({
          message: `${shown(entry.path)} ends before ${count} of the ${plural(frames ?? 0, "frame")} that its header lists.`,
          where: placeInVideo(video, facts, first / (mp4.fps ?? Infinity)),
          evidence: { bytes: entry.size, frames, frames_missing: count, first_missing: first },
          size: count,
        })
      },
    },
  },
  "VID-CODEC": {
    on: "video_file",
    title: "Videos have the codec that info.json declares",
    severity: "warning",
    kind: "risk",
    cost: "mp4",
    versions: "all",
    why: "Tools choose a decoder by the declaration, which was made from the first episode's file only.",
    reference: null,
    check(video, report, facts) {
      const declared = declaredOf(facts, video.camera)?.codec ?? []
      const wrong = declared.find((codec) => codec !== video.mp4.codec)
      if (wrong === undefined) return
      report({
        message: `${shown(video.entry.path)} is ${video.mp4.codec}, info.json declares ${shown(wrong)}.`,
        where: placeOfVideo(video, facts),
        evidence: { found: video.mp4.codec, fourcc: video.mp4.fourcc, declared: wrong },
      })
    },
  },
  "VID-BROWSER": {
    on: "video_file",
    title: "Browsers can play the videos",
    severity: "info",
    kind: "characteristic",
    cost: "mp4",
    versions: "all",
    why: "Viewers on the web show nothing; training is not concerned.",
    reference: `${LEROBOT}/424`,
    check(video, report, facts) {
      const { codec, fourcc, pixel_format } = video.mp4
      if (PLAYABLE.has(fourcc) && (pixel_format === null || pixel_format === "yuv420p")) return
      report({
        message: `${shown(video.entry.path)} is ${codec} (${shown(fourcc)}, ${pixel_format ?? "pixel format not known"}), which browsers do not play.`,
        where: placeOfVideo(video, facts),
        evidence: { codec, fourcc, pixel_format },
      })
    },
  },
  "VID-SIZE": {
    on: "video_file",
    title: "Videos are as wide and high as declared",
    severity: "error",
    kind: "defect",
    cost: "mp4",
    versions: "all",
    why: "Networks are built for the declared shape, and batches mix sizes that do not fit.",
    reference: `${LEROBOT}/839`,
    check(video, report, facts) {
      const declared = declaredOf(facts, video.camera)
      const { width, height } = video.mp4
      const wrongWidth = declared?.width.find((each) => each !== width)
      const wrongHeight = declared?.height.find((each) => each !== height)
      if (wrongWidth === undefined && wrongHeight === undefined) return
      const [expectedWidth, expectedHeight] = [wrongWidth ?? width, wrongHeight ?? height]
      report({
        message: `${shown(video.entry.path)} is ${width} × ${height}, info.json declares ${expectedWidth} × ${expectedHeight}.`,
        where: placeOfVideo(video, facts),
        evidence: { width, height, expected_width: expectedWidth, expected_height: expectedHeight },
      })
    },
  },
  "VID-FASTSTART": {
    on: "video_file",
    title: "A video's index comes before its frames",
    severity: "info",
    kind: "characteristic",
    cost: "mp4",
    versions: "all",
    why: "Playing from afar begins sooner. LeRobot writes files of one episode, and edited ones, with the index at the end.",
    reference: null,
    fix: "ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4",
    check(video, report, facts) {
      if (video.mp4.fast_start) return
      report({
        message: `${shown(video.entry.path)} has its index behind its frames.`,
        where: placeOfVideo(video, facts),
      })
    },
  },
  "VID-AUDIO": {
    on: "video_file",
    title: "has_audio says whether there is sound",
    severity: "info",
    kind: "characteristic",
    cost: "mp4",
    versions: "all",
    why: "Readers look for sound, or miss it.",
    reference: null,
    check(video, report, facts) {
      const feature = facts.info.parsed.features.find(({ key }) => key === video.camera)
      const declared = feature?.videoInfo.map((each) => each["has_audio"]).find((each) => typeof each === "boolean")
      const { audio_tracks } = video.mp4
      if (declared === undefined || declared === audio_tracks > 0) return
      report({
        message: `${shown(video.entry.path)} has ${audio_tracks ? plural(audio_tracks, "track") : "no track"} of sound, info.json says has_audio ${String(declared)}.`,
        where: placeOfVideo(video, facts),
        evidence: { audio_tracks, has_audio: declared as boolean },
      })
    },
  },
} as const satisfies Rules
