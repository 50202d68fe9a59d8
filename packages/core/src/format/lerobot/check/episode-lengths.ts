import { plural } from "../notes.ts"
import { byIndex, isIndex, isWhole, placeOf } from "./episodes.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const FEW = 5

/** How long the episodes are, and which frames are theirs. */
export const episodeLengthRules = {
  "EP-LEN-POS": {
    on: "dataset",
    title: "Every episode has frames",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "An episode without frames stops samplers; one of a few frames teaches nothing.",
    reference: `${LEROBOT}/4143`,
    fix: 'Delete the episode: lerobot-edit-dataset --operation.type delete_episodes --operation.episode_indices "[…]".',
    check({ episodes, version }, report) {
      for (let row = 0; row < episodes.rows; row++) {
        const length = episodes.length[row]!
        const isMissing = Number.isNaN(length)
        // Of version 3 that is a null in a column, which has its own rule.
        if (length >= FEW || (isMissing && version.major === 3)) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} has ${isMissing ? "no length" : plural(length, "frame")}.`,
          where: { path: placeOf(episodes, row).path, ...(isIndex(episode) && { episode }) },
          evidence: { length: isMissing ? null : length },
          ...(length >= 1 && { severity: "warning" as const }),
          size: isMissing ? FEW : FEW - length,
        })
      }
    },
  },
  "EP-LEN-RANGE": {
    on: "dataset",
    title: "dataset_to_index − dataset_from_index is the length",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Frames are cut by the range and counted by the length.",
    reference: `${LEROBOT}/1919`,
    check({ episodes }, report) {
      for (let row = 0; row < episodes.rows; row++) {
        const [from, to, length] = [episodes.from[row]!, episodes.to[row]!, episodes.length[row]!]
        const span = to - from
        if (span === length || Number.isNaN(span) || Number.isNaN(length)) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} has the range ${from} to ${to}, which is ${span} frames, and the length ${length}.`,
          where: { path: placeOf(episodes, row).path, ...(isIndex(episode) && { episode }) },
          evidence: { from, to, length },
          size: Math.abs(span - length),
        })
      }
    },
  },
  "EP-RANGE-CONTIG": {
    on: "dataset",
    title: "The ranges of the episodes follow one another from 0",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Rows of another episode are taken for this one's, or none.",
    reference: `${LEROBOT}/1919`,
    check({ episodes }, report) {
      if (!isWhole(episodes)) return
      let expected = 0
      for (const row of byIndex(episodes)) {
        const from = episodes.from[row]!
        if (Number.isNaN(from)) return
        const episode = episodes.episode_index[row]!
        if (from !== expected) {
          report({
            message: `Episode ${episode} begins at frame ${from} of the dataset; the one before it ends at ${expected}.`,
            where: { path: placeOf(episodes, row).path, ...(isIndex(episode) && { episode }) },
            evidence: { from, expected },
            size: Math.abs(from - expected),
          })
        }
        // A range that contradicts its length is named as such; the next one is compared with what it says.
        expected = episodes.to[row]!
      }
    },
  },
} as const satisfies Rules
