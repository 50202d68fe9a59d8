import type { Rules } from "./rule.ts"

/** The columns every frame has: where it stands and when it was. */
export const frameRules = {
  "IDX-FRAME": {
    on: "episode_rows",
    title: "frame_index counts 0, 1, 2, … in each episode",
    severity: "error",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    why: "Rows were lost, doubled or reordered; windows into the episode give the wrong frames.",
    reference: null,
    check({ file, episode, columns, first_row }, report) {
      const { frame_index } = columns
      if (!frame_index) return
      const frame = frame_index.findIndex((value, at) => value !== at)
      if (frame < 0) return
      report({
        message: `Episode ${episode} has frame_index ${frame_index[frame]} at its frame ${frame}.`,
        where: { path: file.entry.path, episode, frame, feature: "frame_index" },
        evidence: { expected: frame, found: frame_index[frame]!, row: first_row + frame },
      })
    },
  },
} as const satisfies Rules
