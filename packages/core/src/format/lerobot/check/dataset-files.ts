import { shown } from "../notes.ts"
import type { Rules } from "./rule.ts"

/** Whether every file that is there can be opened. */
export const datasetFileRules = {
  "PQ-OPEN": {
    on: "broken_file",
    title: "Every data file has a readable Parquet footer",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "A recorder that was killed leaves data files without a footer; no reader can open them.",
    reference: "https://github.com/huggingface/lerobot/issues/2529",
    fix: "Record the missing episodes again, or drop them from meta/ and push the dataset anew.",
    check({ entry, kind, error }, report) {
      if (kind !== "data" || error.code === "lfs_pointer") return
      report({
        message: `${shown(entry.path)} cannot be read: ${error.message}`,
        where: { path: entry.path },
        evidence: { bytes: entry.size },
      })
    },
  },
} as const satisfies Rules
