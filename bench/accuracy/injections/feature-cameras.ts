import type { Injections } from "../injection.ts"
import { COLUMNS, type Feature, isPicture, isVideo, onDeclaration, videoIn } from "./edit-features.ts"

const INFO = "meta/info.json"
const ALL = ["v2.0", "v2.1", "v3.0"] as const

/** What is written under `info` or `video_info`. */
const videoInfo = (feature: Feature) => (feature["info"] ?? feature["video_info"] ?? (feature["info"] = {})) as Feature

export const featureCameraInjections: Injections = [
  {
    rule: "FEAT-IMG-SHAPE",
    what: "a picture's shape is none",
    versions: ALL,
    apply: onDeclaration(
      isPicture,
      (feature, strength) => {
        const [a, b] = (feature["shape"] as number[]).filter((size) => size > 4)
        feature["shape"] = [
          [a, b, 2],
          [a, b],
          [a, a, b],
        ][strength]
      },
      ["VID-SIZE", "IMG-SIZE", "ST-SHAPE"],
    ),
  },
  {
    rule: "FEAT-IMG-NAME-TRAP",
    what: "a vector has image in its name",
    versions: ALL,
    apply(dataset, strength) {
      const name = ["image_embedding", "observation.image_quality", "images_seen"][strength]!
      dataset.json(
        INFO,
        (info) => ((info["features"] as Record<string, Feature>)[name] = { dtype: "float32", shape: [4], names: null }),
      )
      return { path: INFO, feature: name, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-VIDEO-NOPATH",
    what: "video_path is null",
    versions: ALL,
    apply(dataset, strength) {
      const feature = videoIn(dataset)
      if (!feature) return undefined
      dataset.json(INFO, (info) => {
        if (strength === 2) delete info["video_path"]
        else info["video_path"] = null
      })
      return { path: INFO, feature, also: ["PATH-ORPHAN-FILE", "INFO-KEYS"] }
    },
  },
  {
    rule: "FEAT-INFO-VIDEO",
    what: "a video says nothing of itself",
    versions: ALL,
    apply: onDeclaration(isVideo, (feature, strength) => {
      if (strength > 0) return (delete feature["info"], delete feature["video_info"])
      return delete videoInfo(feature)["video.codec"]
    }),
  },
  {
    rule: "FEAT-INFO-BOTH",
    what: "both info and video_info",
    versions: ALL,
    apply: onDeclaration(
      isVideo,
      (feature, strength) => {
        feature["video_info"] = {
          ...videoInfo(feature),
          ...(strength > 0 && { "video.codec": "other", "video.crf": strength }),
        }
        feature["info"] ??= {}
      },
      ["FEAT-CODEC-NAME", "VID-CODEC"],
    ),
  },
  {
    rule: "FEAT-VFPS",
    what: "a video's rate is another",
    versions: ALL,
    apply: onDeclaration(isVideo, (feature, strength) => {
      const info = videoInfo(feature)
      info["video.fps"] = ((info["video.fps"] as number | undefined) ?? 30) * [1.02, 2, 100][strength]!
    }),
  },
  {
    rule: "FEAT-CODEC-NAME",
    what: "a codec by its encoder's name",
    versions: ALL,
    apply: onDeclaration(
      isVideo,
      (feature, strength) => (videoInfo(feature)["video.codec"] = ["libx264", "avc1", "mp4v"][strength]),
      ["VID-CODEC"],
    ),
  },
  {
    rule: "FEAT-DEPTH-LEGACY",
    what: "a depth map without a range",
    versions: ALL,
    apply: onDeclaration(isVideo, (feature, strength) => {
      const info = videoInfo(feature)
      for (const key of Object.keys(info))
        if (/depth_|shift|use_log/.test(key) && !key.includes("is_depth")) delete info[key]
      info[strength === 1 ? "video.is_depth_map" : "is_depth_map"] = true
    }),
  },
]
