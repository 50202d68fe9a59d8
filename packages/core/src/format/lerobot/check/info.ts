import { shown } from "../notes.ts"
import { isRecord } from "../text.ts"
import type { Rules } from "./rule.ts"

const INFO = "meta/info.json"
const REQUIRED = ["codebase_version", "fps", "features", "data_path"]
const KEYS = {
  2: [
    "codebase_version",
    "robot_type",
    "total_episodes",
    "total_frames",
    "total_tasks",
    "total_videos",
    "total_chunks",
    "chunks_size",
    "fps",
    "splits",
    "data_path",
    "video_path",
    "features",
  ],
  3: [
    "codebase_version",
    "robot_type",
    "total_episodes",
    "total_frames",
    "total_tasks",
    "chunks_size",
    "data_files_size_in_mb",
    "video_files_size_in_mb",
    "fps",
    "splits",
    "data_path",
    "video_path",
    "features",
    "tools",
    "total_videos",
    "total_chunks",
  ],
}

const isNumber = (value: unknown): value is number => typeof value === "number"

/** What meta/info.json is, and whether readers can go by it. */
export const infoRules = {
  "INFO-JSON": {
    on: "dataset",
    title: "meta/info.json is a JSON object",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    needs: [],
    why: "It is the root of the dataset; nothing can be loaded.",
    reference: null,
    check(facts, report) {
      const error = facts.errorOf("info")
      if (!error || error.code === "file_missing" || error.code === "lfs_pointer") return
      report({ message: error.message, where: { path: INFO } })
    },
  },
  "INFO-JSON-NAN": {
    on: "dataset",
    title: "meta/info.json has no bare NaN or Infinity",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Python writes and reads them, JSON has no such tokens: every other reader stops.",
    reference: null,
    check({ info }, report) {
      if (info.text.hasTokens) report({ message: `${INFO} holds a bare NaN or Infinity.`, where: { path: INFO } })
    },
  },
  "INFO-ENCODING": {
    on: "dataset",
    title: "meta/info.json is UTF-8 without a byte order mark",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Written under Windows with the platform's code page: names come out wrong, or reading fails.",
    reference: null,
    check({ info }, report) {
      const { isUtf8, hasByteOrderMark } = info.text
      if (!isUtf8) report({ message: `${INFO} is not UTF-8; it was read as windows-1252.`, where: { path: INFO } })
      else if (hasByteOrderMark) report({ message: `${INFO} begins with a byte order mark.`, where: { path: INFO } })
    },
  },
  "INFO-KEYS": {
    on: "dataset",
    title: "meta/info.json has the keys every reader needs",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "The loader reads them without asking whether they are there.",
    reference: null,
    check({ info, version }, report) {
      const required = version.major === 2 ? [...REQUIRED, "chunks_size"] : REQUIRED
      for (const key of required) {
        if (info.raw[key] === undefined)
          report({ message: `info.json has no ${key}.`, where: { path: INFO, feature: key } })
      }
      if (info.raw["features"] !== undefined && !isRecord(info.raw["features"])) {
        report({ message: "info.json: features is no object.", where: { path: INFO, feature: "features" } })
      }
    },
  },
  "INFO-UNKNOWN-KEY": {
    on: "dataset",
    title: "meta/info.json has no keys of its own",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: "all",
    why: "LeRobot ignores them; conversions and edits drop them.",
    reference: null,
    check({ info, version }, report) {
      for (const key of Object.keys(info.raw)) {
        if (KEYS[version.major].includes(key)) continue
        report({ message: `info.json has the key ${shown(key)}.`, where: { path: INFO, feature: key }, group: "keys" })
      }
    },
  },
  "INFO-FPS": {
    on: "dataset",
    title: "fps is a finite number greater than 0",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Timestamps, windows of videos and every rate are computed from it.",
    reference: "https://github.com/Hebbian-Robotics/hflow/issues/313",
    fix: "Write the rate the dataset was recorded at into meta/info.json.",
    check({ info }, report) {
      const { fps } = info.raw
      if (fps === undefined || (isNumber(fps) && Number.isFinite(fps) && fps > 0)) return
      report({ message: `fps is ${shown(fps)}.`, where: { path: INFO } })
    },
  },
  "INFO-FPS-INT": {
    on: "dataset",
    title: "fps is a whole number",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Converters cut it off, and every timestamp drifts.",
    reference: "https://github.com/Hebbian-Robotics/hflow/issues/461",
    check({ info }, report) {
      const { fps } = info.raw
      if (!isNumber(fps) || !(fps > 0) || Number.isInteger(fps) || !Number.isFinite(fps)) return
      report({ message: `fps is ${fps}.`, where: { path: INFO }, evidence: { fps } })
    },
  },
  "INFO-SIZES": {
    on: "dataset",
    title: "Sizes of chunks and files are greater than 0",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "LeRobot ≥ 0.6 refuses to open the dataset; version 2 divides by the one and cannot name a file.",
    reference: null,
    check({ info }, report) {
      for (const key of ["chunks_size", "data_files_size_in_mb", "video_files_size_in_mb"]) {
        const value = info.raw[key]
        if (value === undefined || (isNumber(value) && value > 0 && Number.isFinite(value))) continue
        report({ message: `${key} is ${shown(value)}.`, where: { path: INFO, feature: key } })
      }
    },
  },
} as const satisfies Rules
