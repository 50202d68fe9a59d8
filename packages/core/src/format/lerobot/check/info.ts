import { shown } from "../notes.ts"
import { isWhole } from "./episodes.ts"
import type { Rules } from "./rule.ts"

const isNumber = (value: unknown): value is number => typeof value === "number"

/** What meta/info.json says, by itself and against the tables it counts. */
export const infoRules = {
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
      if (isNumber(fps) && Number.isFinite(fps) && fps > 0) return
      report({ message: `fps is ${shown(fps)}.`, where: { path: info.text.path } })
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
    why: "Samplers and progress bars take the declared number; a recording that broke off leaves it wrong.",
    reference: "https://github.com/almond-bot/axol/issues/158",
    check({ info, episodes }, report) {
      if (!isWhole(episodes)) return
      const declared = info.raw["total_frames"]
      const counted = episodes.length.reduce((sum, length) => sum + length, 0)
      if (declared === counted || !Number.isFinite(counted)) return
      report({
        message: `info.json declares total_frames ${shown(declared)}, the episodes' lengths add up to ${counted}.`,
        where: { path: info.text.path },
        evidence: { declared: isNumber(declared) ? declared : null, counted },
        fix: `Set total_frames to ${counted} in meta/info.json.`,
      })
    },
  },
} as const satisfies Rules
