import { plural, shown } from "../notes.ts"
import { isWhole } from "./episodes.ts"
import { misplacedEpisodes } from "./misplaced.ts"
import type { DataFile, EpisodeFacts } from "./subjects.ts"
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
} as const satisfies Rules

/** Whether an episode that points here has its range elsewhere, or the file's own range holds more than theirs. */
export function hasStrangers(file: DataFile, episodes: EpisodeFacts): boolean {
  const range = file.range("index")
  if (!range) return false
  let [low, high] = [Infinity, -Infinity]
  for (const row of file.episodeRows) {
    low = Math.min(low, episodes.from[row]!)
    high = Math.max(high, episodes.to[row]! - 1)
  }
  return low < range.min || high > range.max || low > range.min || high < range.max
}
