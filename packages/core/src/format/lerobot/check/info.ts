import { shown } from "../notes.ts"
import { isRecord } from "../text.ts"
import { isWhole } from "./episodes.ts"
import type { Report } from "../../../check/rule.ts"
import type { Rules } from "./rule.ts"

const INFO = "meta/info.json"
const LEROBOT = "https://github.com/huggingface/lerobot/issues"
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

/** What meta/info.json says, by itself and against the tables it counts. */
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
  "INFO-CHUNKS": {
    on: "dataset",
    title: "total_chunks is the number of chunks",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: ["v2.0", "v2.1"],
    why: "LeRobot 2.x counts on from it when it records more.",
    reference: null,
    check({ info }, report) {
      const { total_episodes, chunks_size } = info.parsed
      const declared = info.raw["total_chunks"]
      if (declared === undefined || total_episodes === null || chunks_size === null) return
      const expected = Math.ceil(total_episodes / chunks_size)
      if (declared === expected) return
      report({
        message: `total_chunks is ${shown(declared)}; ${total_episodes} episodes fill ${expected}.`,
        where: { path: INFO, feature: "total_chunks" },
        evidence: { declared: isNumber(declared) ? declared : null, expected },
      })
    },
  },
  "INFO-CHUNK-SIZE-1000": {
    on: "dataset",
    title: "A chunk holds 1,000 episodes",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: ["v2.0", "v2.1"],
    why: "Some converters take 1,000 for granted.",
    reference: "https://github.com/Tavish9/any4lerobot",
    check({ info }, report) {
      const { chunks_size } = info.parsed
      if (chunks_size === null || chunks_size === 1000) return
      report({
        message: `chunks_size is ${chunks_size}.`,
        where: { path: INFO, feature: "chunks_size" },
        evidence: { chunks_size },
      })
    },
  },
  "INFO-TOTAL-EP": {
    on: "dataset",
    title: "total_episodes is the number of episodes listed",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "Samplers and loaders take the declared number; a recording that broke off leaves it wrong.",
    reference: "https://github.com/almond-bot/axol/issues/158",
    check({ info, episodes }, report) {
      if (isWhole(episodes)) compare(info.raw, "total_episodes", episodes.rows, "episodes are listed", report)
    },
  },
  "INFO-TOTAL-FRAMES": {
    on: "dataset",
    title: "total_frames is the sum of the episodes' lengths",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "Samplers and loaders take the declared number; a recording that broke off leaves it wrong.",
    reference: "https://github.com/almond-bot/axol/issues/158",
    check({ info, episodes }, report) {
      const counted = episodes.length.reduce((sum, length) => sum + length, 0)
      if (isWhole(episodes) && Number.isFinite(counted))
        compare(info.raw, "total_frames", counted, "is the sum of the lengths", report)
    },
  },
  "INFO-TOTAL-TASKS": {
    on: "dataset",
    title: "total_tasks is the number of tasks listed",
    severity: "warning",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "tasks"],
    why: "Tools that number new tasks count on from it.",
    reference: null,
    check({ info, tasks }, report) {
      if (tasks.badLines.length === 0) compare(info.raw, "total_tasks", tasks.rows.length, "tasks are listed", report)
    },
  },
  "INFO-TOTAL-VIDEOS": {
    on: "dataset",
    title: "total_videos is episodes × cameras",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: ["v2.0", "v2.1"],
    why: "Nobody reads it but people.",
    reference: null,
    check({ info, listing }, report) {
      const { total_episodes } = info.parsed
      const declared = info.raw["total_videos"]
      if (declared === undefined || total_episodes === null) return
      const expected = total_episodes * listing.videos.size
      if (declared === expected) return
      report({
        message: `total_videos is ${shown(declared)}; ${total_episodes} episodes of ${listing.videos.size} cameras have ${expected}.`,
        where: { path: INFO, feature: "total_videos" },
        evidence: { declared: isNumber(declared) ? declared : null, expected },
      })
    },
  },
  "INFO-EMPTY": {
    on: "dataset",
    title: "There is at least one episode",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Recording was aborted before the first episode was saved.",
    reference: "https://github.com/huggingface/leLab/issues/84",
    check({ info }, report) {
      if (info.parsed.total_episodes === 0) report({ message: "info.json declares no episode.", where: { path: INFO } })
    },
  },
  "INFO-SPLITS": {
    on: "dataset",
    title: "The splits are ranges that cover the episodes once",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "LeRobot does not read them, other trainers do, and leave episodes out.",
    reference: null,
    check({ info }, report) {
      const { splits } = info.raw
      const total = info.parsed.total_episodes
      if (splits === undefined || total === null || total === 0) return
      const problem = splitsProblem(splits, total)
      if (problem)
        report({ message: `splits: ${problem}.`, where: { path: INFO, feature: "splits" }, evidence: { total } })
    },
  },
  "INFO-ROBOT": {
    on: "dataset",
    title: "robot_type names the robot",
    severity: "info",
    kind: "characteristic",
    cost: "info",
    versions: "all",
    why: "Datasets of one robot cannot be found or joined without it.",
    reference: null,
    check({ info }, report) {
      const { robot_type } = info.raw
      if (typeof robot_type === "string" && robot_type.trim() !== "" && robot_type !== "unknown") return
      report({ message: `robot_type is ${shown(robot_type)}.`, where: { path: INFO, feature: "robot_type" } })
    },
  },
  "INFO-NAME-SLASH": {
    on: "dataset",
    title: "Names of features have no slash",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "They become parts of paths and columns; LeRobot refuses them.",
    reference: LEROBOT,
    check({ info }, report) {
      for (const { key } of info.parsed.features) {
        if (key.includes("/"))
          report({ message: `Feature ${shown(key)} has a slash in its name.`, where: { path: INFO, feature: key } })
      }
    },
  },
  "INFO-CASE-DUP": {
    on: "dataset",
    title: "Names of features differ by more than case",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "On file systems that ignore case two cameras share one folder.",
    reference: null,
    check({ info }, report) {
      const seen = new Map<string, string>()
      for (const { key } of info.parsed.features) {
        const folded = key.normalize("NFC").toLowerCase()
        const other = seen.get(folded)
        if (other === undefined) seen.set(folded, key)
        else
          report({
            message: `Features ${shown(other)} and ${shown(key)} differ by case only.`,
            where: { path: INFO, feature: key },
          })
      }
    },
  },
} as const satisfies Rules

function compare(raw: Readonly<Record<string, unknown>>, key: string, counted: number, what: string, report: Report) {
  const declared = raw[key]
  if (declared === counted) return
  report({
    message: `info.json declares ${declared === undefined ? `no ${key}` : `${key} ${shown(declared)}`}; ${counted} ${what}.`,
    where: { path: INFO, feature: key },
    evidence: { declared: isNumber(declared) ? declared : null, counted },
    fix: `Set ${key} to ${counted} in meta/info.json.`,
  })
}

function splitsProblem(splits: unknown, total: number): string | undefined {
  if (!isRecord(splits)) return `${shown(splits)} is no object`
  const ranges: [number, number][] = []
  for (const [name, range] of Object.entries(splits)) {
    const match = typeof range === "string" ? /^(\d{1,12}):(\d{1,12})$/.exec(range) : null
    if (!match) return `${shown(name)} is ${shown(range)}, not "from:to"`
    const [from, to] = [Number(match[1]), Number(match[2])]
    if (from > to || to > total) return `${shown(name)} is ${shown(range)}, there are ${total} episodes`
    if (to > from) ranges.push([from, to])
  }
  ranges.sort(([a], [b]) => a - b)
  let covered = 0
  for (const [from, to] of ranges) {
    if (from < covered) return `episode ${from} is in two splits`
    if (from > covered) return `episode ${covered} is in no split`
    covered = to
  }
  return covered < total ? `episode ${covered} is in no split` : undefined
}
