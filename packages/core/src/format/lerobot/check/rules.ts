import { datasetFileRules } from "./dataset-files.ts"
import { frameRules } from "./frames.ts"
import { infoRules } from "./info.ts"
import type { Rules } from "./rule.ts"

/** Every rule there is for LeRobot. The key is the code on the wire; a new rule is one entry in one family's file. */
export const lerobotRules = { ...datasetFileRules, ...infoRules, ...frameRules } as const satisfies Rules
