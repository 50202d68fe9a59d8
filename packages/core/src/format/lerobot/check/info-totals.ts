import type { Report } from "../../../check/rule.ts"
import { shown } from "../notes.ts"
import { isRecord } from "../text.ts"
import { isWhole } from "./episodes.ts"
import type { Rules } from "./rule.ts"

const INFO = "meta/info.json"
const TAKEN_FOR_GIVEN = {
  why: "Samplers and loaders take the declared number; a recording that broke off leaves it wrong.",
  reference: "https://github.com/almond-bot/axol/issues/158",
}

const isNumber = (value: unknown): value is number => typeof value === "number"

/** What meta/info.json counts, against the tables that it counts. */
export const infoTotalRules = {
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
      if (total_episodes === null || chunks_size === null) return
      const expected = Math.ceil(total_episodes / chunks_size)
      derive(info.raw, "total_chunks", expected, `${total_episodes} episodes fill`, report)
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
    ...TAKEN_FOR_GIVEN,
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
    ...TAKEN_FOR_GIVEN,
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
      const { size } = listing.videos
      if (total_episodes === null) return
      const how = `${total_episodes} episodes of ${size} cameras have`
      derive(info.raw, "total_videos", total_episodes * size, how, report)
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
} as const satisfies Rules

type Raw = Readonly<Record<string, unknown>>

/** What is computed from other numbers of info.json, where it is declared at all. */
function derive(raw: Raw, key: string, expected: number, how: string, report: Report) {
  const declared = raw[key]
  if (declared === undefined || declared === expected) return
  report({
    message: `${key} is ${shown(declared)}; ${how} ${expected}.`,
    where: { path: INFO, feature: key },
    evidence: { declared: isNumber(declared) ? declared : null, expected },
  })
}

/** What is counted in the tables, and must be declared. */
function compare(raw: Raw, key: string, counted: number, what: string, report: Report) {
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
