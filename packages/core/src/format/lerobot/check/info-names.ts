import { shown } from "../notes.ts"
import type { Rules } from "./rule.ts"

const INFO = "meta/info.json"
const LEROBOT = "https://github.com/huggingface/lerobot/issues"

/** Names in meta/info.json: the robot's, and the features'. */
export const infoNameRules = {
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
