import { isCamera } from "../declared-camera.ts"
import { shown } from "../notes.ts"
import { isRecord } from "../text.ts"
import type { Rules } from "./rule.ts"

const INFO = "meta/info.json"
const LEROBOT = "https://github.com/huggingface/lerobot/issues"

/** What info.json says of each camera, and of what is taken for one. */
export const featureCameraRules = {
  "FEAT-IMG-SHAPE": {
    on: "dataset",
    title: "A camera's shape is height, width and channels, as its names say",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Pictures are turned or cut when axes are mixed up.",
    reference: `${LEROBOT}/839`,
    check({ info }, report) {
      for (const { key, shape, labels, dtype } of info.parsed.features) {
        if (!isCamera({ dtype })) continue
        const isChannel = (size: number | null | undefined) => size === 1 || size === 3 || size === 4
        const named =
          labels.length === 3 ? labels.findIndex((name) => /^(?:channels?|rgb|bgr|rgba|depth|c)$/i.test(name)) : -1
        const problem =
          shape.length !== 3
            ? `${shape.length} axes`
            : !shape.some(isChannel)
              ? "no axis of 1, 3 or 4 channels"
              : named >= 0 && !isChannel(shape[named])
                ? `${shown(labels)} as names of ${shown(shape)}`
                : undefined
        if (problem) report({ message: `Camera ${shown(key)} has ${problem}.`, where: { path: INFO, feature: key } })
      }
    },
  },
  "FEAT-IMG-NAME-TRAP": {
    on: "dataset",
    title: 'Only pictures have "image" in their names',
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: 'LeRobot checks statistics of every feature with "image" in its name as those of pictures, and fails.',
    reference: `${LEROBOT}/1449`,
    check({ info }, report) {
      for (const { key, dtype } of info.parsed.features) {
        if (isCamera({ dtype }) || dtype === "string" || !key.includes("image")) continue
        report({
          message: `Feature ${shown(key)} is no picture and has "image" in its name.`,
          where: { path: INFO, feature: key },
        })
      }
    },
  },
  "FEAT-VIDEO-NOPATH": {
    on: "dataset",
    title: "Videos have a video_path",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "No video can be found.",
    reference: null,
    check({ info }, report) {
      const video = info.parsed.features.find(({ dtype }) => dtype === "video")
      if (!video || (info.raw["video_path"] !== undefined && info.raw["video_path"] !== null)) return
      report({
        message: `Camera ${shown(video.key)} is a video, and video_path is ${shown(info.raw["video_path"])}.`,
        where: { path: INFO, feature: video.key },
      })
    },
  },
  "FEAT-INFO-VIDEO": {
    on: "dataset",
    title: "A video says its size, codec and rate",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Tools that do not open the file cannot tell how to decode it.",
    reference: null,
    check({ info }, report) {
      for (const { key, dtype, videoInfo } of info.parsed.features) {
        if (dtype !== "video") continue
        const merged: Record<string, unknown> = Object.assign({}, ...videoInfo)
        const missing = ["fps", "codec", "pix_fmt"].filter(
          (name) => merged[`video.${name}`] === undefined && merged[name] === undefined,
        )
        if (missing.length === 0) continue
        report({
          message: `Camera ${shown(key)} does not say its ${missing.join(", ")}.`,
          where: { path: INFO, feature: key },
          evidence: { missing: missing.join(", ") },
          // One of several is a gap; none at all is what a reader trips over.
          ...(missing.length < 3 && { severity: "info" as const }),
        })
      }
    },
  },
  "FEAT-INFO-BOTH": {
    on: "dataset",
    title: "A video's facts are said once",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: "all",
    why: "info and video_info may come to contradict each other.",
    reference: null,
    check({ info }, report) {
      for (const { key, raw } of info.parsed.features) {
        if (!isRecord(raw["info"]) || !isRecord(raw["video_info"])) continue
        const [a, b] = [raw["info"], raw["video_info"]]
        const differing = Object.keys(a).find((name) => name in b && a[name] !== b[name])
        report({
          message: differing
            ? `Camera ${shown(key)}: info and video_info differ in ${shown(differing)}.`
            : `Camera ${shown(key)} has both info and video_info.`,
          where: { path: INFO, feature: key },
          ...(differing && { severity: "warning" as const }),
        })
      }
    },
  },
  "FEAT-VFPS": {
    on: "dataset",
    title: "A video's declared rate is the dataset's",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Frames are looked up by time: at another rate every one is the wrong one.",
    reference: "https://github.com/strands-labs/robots/issues/1746",
    check({ info }, report) {
      const { fps } = info.parsed
      if (fps === null) return
      for (const { key, dtype, videoInfo } of info.parsed.features) {
        if (dtype !== "video") continue
        const declared = videoInfo.map((each) => each["video.fps"]).find((each) => each !== undefined && each !== null)
        if (declared === undefined || (typeof declared === "number" && Math.abs(declared - fps) <= 0.01 * fps)) continue
        report({
          message: `Camera ${shown(key)} declares ${shown(declared)} frames a second, the dataset ${fps}.`,
          where: { path: INFO, feature: key },
          evidence: { declared: typeof declared === "number" ? declared : null, fps },
        })
      }
    },
  },
  "FEAT-CODEC-NAME": {
    on: "dataset",
    title: "A codec is called as decoders are",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: "all",
    why: "Names of encoders and containers are not understood everywhere.",
    reference: null,
    check({ info }, report) {
      for (const { key, videoInfo } of info.parsed.features) {
        for (const each of videoInfo) {
          const codec = each["video.codec"]
          if (
            codec === undefined ||
            codec === null ||
            ["av1", "h264", "hevc", "vp9", "vp8", "mpeg4"].includes(codec as string)
          )
            continue
          report({
            message: `Camera ${shown(key)} declares the codec ${shown(codec)}.`,
            where: { path: INFO, feature: key },
          })
        }
      }
    },
  },
  "FEAT-DEPTH-LEGACY": {
    on: "dataset",
    title: "A depth camera says how distances are coded",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Without minimum, maximum and unit the numbers in the video mean nothing.",
    reference: `${LEROBOT}/4428`,
    check({ info }, report) {
      for (const { key, dtype, videoInfo } of info.parsed.features) {
        const merged: Record<string, unknown> = Object.assign({}, ...videoInfo)
        const isDepth = merged["is_depth_map"] === true || merged["video.is_depth_map"] === true
        if (dtype !== "video" || !isDepth || merged["video.depth_max"] !== undefined) continue
        report({
          message: `Camera ${shown(key)} is a depth map and does not say its range.`,
          where: { path: INFO, feature: key },
        })
      }
    },
  },
} as const satisfies Rules
