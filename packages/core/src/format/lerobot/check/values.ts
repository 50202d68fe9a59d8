import { shown } from "../notes.ts"
import { motionOf, sizeOf } from "./motion-features.ts"
import type { Rules } from "./rule.ts"
import type { EpisodeValues } from "./subjects.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const FEW = 5
/** Steps a robot at rest would have to make at once. */
const JUMP = 8

/** The values of each feature in each episode. */
export const valueRules = {
  "VAL-NAN": {
    on: "episode_values",
    title: "Every value is a finite number",
    severity: "error",
    kind: "defect",
    cost: "wide",
    versions: "all",
    why: "One NaN makes every statistic of the dataset NaN, and a training loss too.",
    reference: null,
    fix: "Fill the gaps from their neighbours or delete the episode, then recompute the statistics.",
    check({ of, feature, dims, values, statistics, rowLengths }, report) {
      if (statistics && !statistics.finite.includes(0)) return
      let count = 0
      let first = -1
      for (let at = 0; at < values.length; at++) {
        if (Number.isFinite(values[at])) continue
        if (first < 0) first = at
        count++
      }
      if (count === 0) return
      const frame = rowLengths ? rowOf(rowLengths, first) : Math.floor(first / dims)
      report({
        message: `Episode ${of.episode} has ${count === 1 ? "a value" : `${count} values`} of ${shown(feature)} that ${count === 1 ? "is" : "are"} no finite number; the first is ${values[first]} in frame ${frame}.`,
        where: { path: of.file.entry.path, episode: of.episode, frame, feature },
        evidence: { count, first: String(values[first]), ...(!rowLengths && { dimension: first % dims }) },
        size: count,
      })
    },
  },
  "VAL-VEC-LEN": {
    on: "data_file",
    title: "Each vector has as many values as its shape says",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "Rows of different lengths make no tensor.",
    reference: null,
    check({ entry, footer, leaves, rows }, report, { info }) {
      for (const { key, shape, dtype } of info.parsed.features) {
        const size = sizeOf({ shape })
        const at = leaves.findIndex(({ path, maxRepetition }) => path[0] === key && maxRepetition > 0)
        if (at < 0 || size === null || dtype === "language" || dtype === "image" || dtype === "string") continue
        const found = footer.row_groups.reduce(
          (sum, { columns }) => sum + (columns.find(({ leaf }) => leaf === at)?.num_values ?? 0),
          0,
        )
        if (found === rows * size) continue
        report({
          message: `${shown(key)} has ${found} values in ${shown(entry.path)}; ${rows} rows of ${size} would be ${rows * size}.`,
          where: { path: entry.path, feature: key },
          evidence: { found, expected: rows * size },
        })
      }
    },
    closer: {
      on: "episode_values",
      cost: "wide",
      check({ of, feature, dims, rowLengths, nulls }, report, { info }) {
        // A null is no value too few, and told as what it is.
        if (nulls > 0) return
        const declared = info.parsed.features.find(({ key }) => key === feature)
        const size = declared ? sizeOf(declared) : null
        if (size === null || (!rowLengths && dims === size)) return
        const frame = rowLengths ? rowLengths.findIndex((length) => length !== size) : 0
        if (frame < 0) return
        const found = rowLengths ? rowLengths[frame]! : dims
        report({
          message: `Episode ${of.episode} has ${found} values of ${shown(feature)} in frame ${frame}; its shape says ${size}.`,
          where: { path: of.file.entry.path, episode: of.episode, frame, feature },
          evidence: { found, expected: size },
          size: 1 + Math.abs(found - size),
        })
      },
    },
  },
  "VAL-FIRST-ZERO": {
    on: "episode_values",
    title: "The first actions are no placeholders",
    severity: "warning",
    kind: "risk",
    cost: "wide",
    versions: "all",
    why: "Zeros before the first command teach a policy to move to the zero position.",
    reference: `${LEROBOT}/2111`,
    fix: "Drop the frames before the first command.",
    check({ of, feature, dims, values, statistics }, report, { info }) {
      if (!statistics || !motionOf(info.parsed).actions.includes(feature)) return
      const { rows } = statistics
      const first = values.findIndex((value) => value !== 0)
      const frame = Math.floor(first / dims)
      if (frame < 1 || rows - frame < FEW) return
      // Where no motion is a command, it comes again: such actions are relative, and zero is none of their placeholders.
      if (hasZeroRow(values, dims, frame + 1, rows)) return
      // A velocity begins at zero, too, but it grows by steps like those that follow.
      const [jump, step] = [stepAt(values, dims, frame), meanStep(values, dims, frame + 1, rows)]
      if (jump <= JUMP * step) return
      report({
        message: `Episode ${of.episode}: ${shown(feature)} is zero in its first ${frame === 1 ? "frame" : `${frame} frames`}, then jumps.`,
        where: { path: of.file.entry.path, episode: of.episode, frame: 0, feature },
        evidence: { frames: frame, jump, mean_step: step },
        size: frame,
      })
    },
  },
} as const satisfies Rules

function rowOf(lengths: Int32Array, at: number) {
  let row = 0
  for (let before = lengths[0]!; before <= at && row < lengths.length - 1; before += lengths[row]!) row++
  return row
}

type Values = EpisodeValues["values"]

function stepAt(values: Values, dims: number, row: number): number {
  let sum = 0
  for (let at = row * dims; at < (row + 1) * dims; at++) sum += Math.abs(values[at]! - values[at - dims]!)
  return sum
}

function hasZeroRow(values: Values, dims: number, from: number, to: number): boolean {
  for (let row = from; row < to; row++) {
    let at = row * dims
    while (at < (row + 1) * dims && values[at] === 0) at++
    if (at === (row + 1) * dims) return true
  }
  return false
}

function meanStep(values: Values, dims: number, from: number, to: number): number {
  let sum = 0
  for (let row = from; row < to; row++) sum += stepAt(values, dims, row)
  return sum / (to - from)
}
