import { plural, shown } from "../notes.ts"
import { isWhole } from "./episodes.ts"
import { FileRanges } from "./file-ranges.ts"
import type { DataFile, EpisodeFacts, Whole } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const ISSUE_2401 = `${LEROBOT}/2401`

/** Whether the rows of an episode are where the table says, by the footers of the data files. */
export const episodeFileRules = {
  "EP-FILE-INDEX": {
    on: "whole",
    title: "Each episode's rows lie in the data file its row points to",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "A reader that follows the pointer gets another episode's rows or none (lerobot#2401: the converter of 0.4.x points the first episode of each later file to the file before).",
    reference: ISSUE_2401,
    check(whole, report) {
      for (const { episode, from, to, pointer, actual, is2401 } of misplacedEpisodes(whole)) {
        report({
          message: `Episode ${episode} points to ${shown(pointer)}, its frames ${from} to ${to - 1} lie in ${shown(actual)}${is2401 ? " (lerobot#2401: first episode of its file, pointed to the file before)" : ""}.`,
          where: { path: pointer, episode },
          evidence: { from, to, actual_path: actual, is_lerobot_2401: is2401 },
          fix: "Use the corrected table of the job's artefacts, or convert again with lerobot ≥ 0.6.1.",
        })
      }
    },
  },
  "EP-FILE-ROWS": {
    on: "data_file",
    title: "Each data file has as many rows as its episodes have frames",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Rows were lost or belong to no episode.",
    reference: ISSUE_2401,
    check(file, report, { episodes }) {
      if (!isWhole(episodes) || file.episodeRows.length === 0) return
      // Episodes that point here and lie elsewhere, or the other way round, are named one by one.
      if (hasStrangers(file, episodes)) return
      const expected = file.episodeRows.reduce((sum, row) => sum + episodes.length[row]!, 0)
      if (expected === file.rows || Number.isNaN(expected)) return
      const last = file.episodeRows.at(-1)!
      report({
        message: `${shown(file.entry.path)} has ${plural(file.rows, "row")}, its ${plural(file.episodeRows.length, "episode")} ${plural(expected, "frame")}.`,
        where: {
          path: file.entry.path,
          ...(file.episodeRows.length === 1 && { episode: episodes.episode_index[last]! }),
        },
        evidence: { rows: file.rows, frames: expected, episodes: file.episodeRows.length },
        size: Math.abs(expected - file.rows),
      })
    },
  },
  "EP-V2-ROWS": {
    on: "data_file",
    title: "An episode's file has as many rows as the episode has frames",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: ["v2.0", "v2.1"],
    needs: ["info", "episodes"],
    why: "Every episode after it is looked up at the wrong place.",
    reference: "https://github.com/NVIDIA/Isaac-GR00T/issues/97",
    check(file, report, { episodes }) {
      const row = file.episodeRows[0]
      const length = row === undefined ? NaN : episodes.length[row]!
      if (row === undefined || Number.isNaN(length) || length === file.rows) return
      const episode = episodes.episode_index[row]!
      report({
        message: `Episode ${episode} has ${plural(length, "frame")} by the table and ${plural(file.rows, "row")} in ${shown(file.entry.path)}.`,
        where: { path: file.entry.path, episode },
        evidence: { rows: file.rows, length },
        size: Math.abs(length - file.rows),
      })
    },
  },
  "EP-V2-FILENAME": {
    on: "data_file",
    title: "A file named by an episode holds that episode",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: ["v2.0", "v2.1"],
    why: "Files that were renumbered by hand show another episode's rows.",
    reference: "https://github.com/NVIDIA/Isaac-GR00T/issues/97",
    check(file, report) {
      const named = /episode[_-](\d{1,12})\.parquet$/.exec(file.entry.path)
      const range = file.range("episode_index")
      if (!named || !range) return
      const episode = Number(named[1])
      if (range.min === episode && range.max === episode) return
      report({
        message: `${shown(file.entry.path)} holds episode_index ${range.min === range.max ? range.min : `${range.min} to ${range.max}`}.`,
        where: { path: file.entry.path, episode, feature: "episode_index" },
        evidence: { named: episode, min: range.min, max: range.max },
      })
    },
  },
  "IDX-GLOBAL": {
    on: "whole",
    title: "index counts all frames of the dataset, 0 to N − 1",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "LeRobot takes the i-th row for index i; merges that only copy files repeat the numbers.",
    reference: `${LEROBOT}/2678`,
    check({ files, isComplete }, report) {
      const ranges = isComplete ? FileRanges.of(files) : undefined
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
    reference: ISSUE_2401,
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
  "TS-FOOTER": {
    on: "data_file",
    title: "The last timestamp of a file fits its longest episode",
    severity: "warning",
    kind: "risk",
    cost: "footer",
    versions: "all",
    superseded_by: "TS-LATTICE",
    needs: ["info", "episodes"],
    why: "Timestamps that do not follow the frame rate map frames to wrong pictures. A quick look; columns depth says where.",
    reference: `${LEROBOT}/3513`,
    check(file, report, { episodes, info }) {
      const { fps } = info.parsed
      const range = file.range("timestamp")
      const rows = file.episodeRows
      if (fps === null || !range || rows.length === 0 || !isWhole(episodes) || hasStrangers(file, episodes)) return
      const longest = rows.reduce((most, row) => Math.max(most, episodes.length[row]!), 0)
      const expected = (longest - 1) / fps
      const off = range.max - expected
      if (!(Math.abs(off) > Math.max(0.5 / fps, range.max * 1e-6))) return
      const row = rows.find((each) => episodes.length[each] === longest)
      report({
        message: `The last timestamp in ${shown(file.entry.path)} is ${range.max.toFixed(3)} s; its longest episode ends at ${expected.toFixed(3)} s at ${fps} frames a second.`,
        where: {
          path: file.entry.path,
          feature: "timestamp",
          ...(rows.length === 1 && row !== undefined && { episode: episodes.episode_index[row]! }),
        },
        evidence: { last: range.max, expected, off },
        size: Math.abs(off),
      })
    },
  },
} as const satisfies Rules

export interface Misplaced {
  episode: number
  from: number
  to: number
  /** The data file its row points to, and the one its rows lie in. */
  pointer: string
  actual: string
  /** The first episode of its file, pointed to the file before: what the converter of 0.4.x writes. */
  is2401: boolean
}

/** Episodes whose rows lie in another data file than the one they point to, by the files' ranges of `index`. */
export function* misplacedEpisodes({
  facts: { episodes },
  files,
}: Pick<Whole, "facts" | "files">): Generator<Misplaced> {
  const ranges = FileRanges.of(files)
  if (!ranges) return
  for (let row = 0; row < episodes.rows; row++) {
    const [from, to] = [episodes.from[row]!, episodes.to[row]!]
    const pointer = episodes.dataPath(row)
    if (!(to > from) || pointer === undefined || !ranges.has(pointer)) continue
    const actual = ranges.fileOf(from)
    if (!actual || actual.path === pointer) continue
    const is2401 = actual.min === from && ranges.isBefore(pointer, actual.path)
    yield { episode: episodes.episode_index[row]!, from, to, pointer, actual: actual.path, is2401 }
  }
}

/** Whether an episode that points here has its range elsewhere, or the file's own range holds more than theirs. */
function hasStrangers(file: DataFile, episodes: EpisodeFacts): boolean {
  const range = file.range("index")
  if (!range) return false
  let [low, high] = [Infinity, -Infinity]
  for (const row of file.episodeRows) {
    low = Math.min(low, episodes.from[row]!)
    high = Math.max(high, episodes.to[row]! - 1)
  }
  return low < range.min || high > range.max || low > range.min || high < range.max
}
