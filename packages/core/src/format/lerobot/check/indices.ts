import { plural, shown } from "../notes.ts"
import { isWhole } from "./episodes.ts"
import { FileRanges } from "./file-ranges.ts"
import type { Rules } from "./rule.ts"
import type { DatasetFacts } from "./subjects.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"

/** The columns that say where a frame stands: in the dataset, in which episode, and in it. */
export const indexRules = {
  "IDX-GLOBAL": {
    on: "whole",
    title: "index counts all frames of the dataset, 0 to N − 1",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "LeRobot takes the i-th row for index i; merges that only copy files repeat the numbers.",
    reference: `${LEROBOT}/2678`,
    check({ facts, files, isComplete }, report) {
      if (!isComplete) return
      // Of a file and its copy it is the one that no episode points to that is too many.
      const ranges = FileRanges.of(files, isUsedIn(facts))
      if (!ranges) return
      let expected = 0
      for (const { path, min, max, rows } of ranges) {
        const found = min !== expected ? min : max
        const wanted = min !== expected ? expected : min + rows - 1
        if (found !== wanted) {
          report({
            message: `${shown(path)} has index ${min} to ${max} in ${plural(rows, "row")}; ${expected} to ${expected + rows - 1} belong there.`,
            where: { path, feature: "index" },
            evidence: { min, max, rows, expected },
            size: Math.abs(found - wanted),
          })
        }
        expected = Math.max(expected, max + 1)
      }
    },
    closer: {
      on: "episode_rows",
      cost: "scalar",
      check({ columns, episode, file, first_row }, report) {
        const { index } = columns
        if (!index) return
        for (let row = 1; row < index.length; row++) {
          if (index[row] === index[row - 1]! + 1) continue
          return report({
            message: `Episode ${episode}: index goes from ${index[row - 1]} to ${index[row]} at its frame ${row}.`,
            where: { path: file.entry.path, episode, frame: row, feature: "index" },
            evidence: { before: index[row - 1]!, found: index[row]!, row: first_row + row },
          })
        }
      },
    },
  },
  "IDX-EPISODE": {
    on: "data_file",
    title: "The rows of an episode are those of its range",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    needs: ["info", "episodes"],
    why: "Frames of one episode bear the number of another; whoever filters by episode_index gets other frames than whoever cuts by range.",
    reference: `${LEROBOT}/2401`,
    check(file, report, { episodes, version }) {
      if (version.major === 2) return
      const rowOf = new Map(file.episodeRows.map((row) => [episodes.episode_index[row]!, row]))
      for (const [group, { num_rows }] of file.footer.row_groups.entries()) {
        const numbers = file.groupRange(group, "episode_index")
        const index = file.groupRange(group, "index")
        if (!numbers || !index || numbers.min !== numbers.max) continue
        const row = rowOf.get(numbers.min)
        if (row === undefined) continue
        const [from, to] = [episodes.from[row]!, episodes.to[row]!]
        if (!(to > from) || (index.min >= from && index.max < to)) continue
        report({
          message: `Frames ${index.min} to ${index.max} bear episode_index ${numbers.min}, whose range is ${from} to ${to - 1}.`,
          where: { path: file.entry.path, episode: numbers.min, feature: "episode_index" },
          evidence: { from, to, min: index.min, max: index.max, rows: num_rows },
        })
      }
    },
    closer: {
      on: "episode_rows",
      cost: "scalar",
      check({ columns, episode, file, record, rows, first_row }, report, { episodes, version }) {
        if (Number.isNaN(episode) || !isWhole(episodes)) return
        const where = { path: file.entry.path, episode, feature: "episode_index" }
        if (record === null) {
          return report({
            message: `${plural(rows, "row")} bear episode_index ${episode}, which the table does not list.`,
            where,
            evidence: { rows, row: first_row },
          })
        }
        const length = episodes.length[record]!
        if (rows === length || Number.isNaN(length)) return
        const first = columns.index?.[0] ?? null
        // What the file has too few or too many is named by its footer already when it holds one episode only.
        if (version.major === 2) return
        report({
          message: `${plural(rows, "row")} in a row bear episode_index ${episode}; the episode has ${plural(length, "frame")}.`,
          where,
          evidence: { rows, length, first_index: first },
          size: Math.abs(rows - length),
        })
      },
    },
  },
  "IDX-FRAME-MISSING": {
    on: "data_file",
    title: "Data files have a column frame_index",
    severity: "warning",
    kind: "risk",
    cost: "footer",
    versions: "all",
    why: "It can be computed, but readers that use it fail.",
    reference: null,
    check({ entry, leaves }, report) {
      if (leaves.some(({ path }) => path[0] === "frame_index")) return
      report({
        message: `${shown(entry.path)} has no column frame_index.`,
        where: { path: entry.path, feature: "frame_index" },
      })
    },
  },
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

/** Whether an episode's rows lie in a file, by the table; all are listed when that is first asked. */
function isUsedIn(facts: DatasetFacts) {
  let used: Set<string | undefined> | undefined
  return (path: string) => {
    if (!facts.has("episodes")) return true
    used ??= new Set(Array.from({ length: facts.episodes.rows }, (_, row) => facts.episodes.dataPath(row)))
    return used.has(path)
  }
}
