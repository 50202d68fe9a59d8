import { plural, shown } from "../notes.ts"
import type { EpisodeFacts } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"

/** Whether all of the table could be read: of a part of it nothing can be counted. */
export const isWhole = ({ broken, badLines }: EpisodeFacts) => broken.length === 0 && badLines.length === 0

/** Path of the table's row, and its line or row there. */
export const placeOf = ({ sources, source, at, text }: EpisodeFacts, row: number) => ({
  path: sources[source[row]!] ?? "meta/episodes",
  [text ? "line" : "row"]: at[row]!,
})

const isIndex = (value: number) => Number.isSafeInteger(value) && value >= 0

/** The table of the episodes by itself. */
export const episodeRules = {
  "EP-MISSING": {
    on: "dataset",
    title: "There is a table of the episodes",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    why: "Without it no reader knows where an episode begins; a recording that was never finished lacks it.",
    reference: "https://github.com/NVIDIA/Isaac-GR00T/issues/408",
    fix: "Finish the recording (finalize), or push meta/ again.",
    check(facts, report) {
      const error = facts.errorOf("episodes")
      if (error?.code !== "file_missing") return
      report({ message: error.message, where: { path: error.path ?? "meta/episodes" } })
    },
  },
  "EP-PARQUET-OPEN": {
    on: "dataset",
    title: "Every table in meta/ can be opened",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    why: "A recorder that was killed leaves tables without a footer; the loader then fails or shows the wrong videos.",
    reference: `${LEROBOT}/3522`,
    fix: "Record the missing episodes again, or restore meta/ from a copy.",
    check(facts, report) {
      const broken = facts.has("episodes") ? facts.episodes.broken : []
      for (const { path, error } of broken) {
        if (error.code !== "lfs_pointer") report({ message: `${shown(path)}: ${error.message}`, where: { path } })
      }
      const tasks = facts.errorOf("tasks")
      if (tasks && tasks.code !== "file_missing" && tasks.path?.endsWith(".parquet")) {
        report({ message: tasks.message, where: { path: tasks.path } })
      }
    },
  },
  "EP-JSONL-SYNTAX": {
    on: "dataset",
    title: "Every line of episodes.jsonl and tasks.jsonl is a JSON object",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: ["v2.0", "v2.1"],
    why: "LeRobot stops at the first line that is none.",
    reference: "https://github.com/NVIDIA/Isaac-GR00T/issues/288",
    check(facts, report) {
      const tables = [
        ...(facts.has("episodes") ? [{ path: facts.episodes.sources[0]!, badLines: facts.episodes.badLines }] : []),
        ...(facts.has("tasks") && !facts.tasks.footer ? [facts.tasks] : []),
      ]
      for (const { path, badLines } of tables) {
        if (badLines.length === 0) continue
        report({
          message: `Line ${badLines[0]} of ${path} is no JSON object.`,
          where: { path },
          evidence: { line: badLines[0]!, lines: badLines.length },
          group: path,
        })
      }
      if (facts.has("episodes") && facts.episodes.text?.hasByteOrderMark) {
        const { path } = facts.episodes.text
        report({
          message: `${path} begins with a byte order mark.`,
          where: { path },
          severity: "warning",
          group: "bom",
        })
      }
    },
  },
  "EP-COLS": {
    on: "dataset",
    title: "The episodes table has its columns, without nulls",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "The loader looks every episode up by these columns; a null or a column of another name stops it.",
    reference: `${LEROBOT}/2283`,
    check({ episodes }, report) {
      const cameras = [...episodes.windows].flatMap(([camera, window]) =>
        (
          [
            ["chunk_index", window.chunk],
            ["file_index", window.file],
            ["from_timestamp", window.from],
            ["to_timestamp", window.to],
          ] as const
        ).map(([name, values]) => [`videos/${camera}/${name}`, values] as const),
      )
      const columns: (readonly [string, Float64Array])[] = [
        ["episode_index", episodes.episode_index],
        ["length", episodes.length],
        ["dataset_from_index", episodes.from],
        ["dataset_to_index", episodes.to],
        ["data/chunk_index", episodes.data_chunk],
        ["data/file_index", episodes.data_file],
        ...cameras,
      ]
      for (const [at, names] of episodes.columns.entries()) {
        if (names.length === 0) continue
        const present = new Set(names)
        for (const name of [...columns.map(([each]) => each), "tasks"]) {
          if (present.has(name)) continue
          const path = episodes.sources[at]!
          report({
            message: `${shown(path)} has no column ${shown(name)}.`,
            where: { path, feature: name },
            evidence: { missing: true },
            // The converter of pictures to videos of 0.4.4 leaves it out, and loaders take a frame's task from its row.
            ...(name === "tasks" && { severity: "warning" as const }),
          })
        }
      }
      for (const [name, values] of columns) {
        for (let row = 0; row < episodes.rows; row++) {
          if (!Number.isNaN(values[row])) continue
          const { path } = placeOf(episodes, row)
          if (!episodes.columns[episodes.source[row]!]?.includes(name)) continue
          const episode = episodes.episode_index[row]!
          report({
            message: `Episode ${episode} has no value in ${shown(name)}.`,
            where: { path, feature: name, ...(isIndex(episode) && { episode }) },
            evidence: { row: episodes.at[row]! },
          })
        }
      }
    },
  },
  "EP-INDEX-SET": {
    on: "dataset",
    title: "Episodes are numbered 0 to N − 1",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "After a gap every episode is looked up one place off, and shows another one's video.",
    reference: "https://github.com/almond-bot/axol/issues/158",
    check({ episodes, version }, report) {
      if (!isWhole(episodes)) return
      const present = new Set(episodes.episode_index)
      const severity = version.major === 2 ? "warning" : "error"
      const [path, ...others] = episodes.sources
      for (let episode = 0; episode < present.size; episode++) {
        if (present.has(episode)) continue
        report({
          message: `There is no episode ${episode}, although there are ${plural(present.size, "episode")}.`,
          where: { ...(path !== undefined && others.length === 0 && { path }), episode },
          evidence: { episodes: present.size, highest: highestOf(episodes) },
          severity,
        })
        if (severity === "warning") return
      }
    },
  },
  "EP-INDEX-DUP": {
    on: "dataset",
    title: "No episode is listed twice",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "The last of two rows wins in one reader and the first in another.",
    reference: null,
    check({ episodes }, report) {
      const seen = new Map<number, number>()
      for (let row = 0; row < episodes.rows; row++) {
        const episode = episodes.episode_index[row]!
        const first = seen.get(episode)
        if (first === undefined) seen.set(episode, row)
        else if (isIndex(episode)) {
          report({
            message: `Episode ${episode} is listed twice.`,
            where: { path: placeOf(episodes, row).path, episode },
            evidence: { first: episodes.at[first]!, second: episodes.at[row]! },
          })
        }
      }
    },
  },
  "EP-INDEX-ORDER": {
    on: "dataset",
    title: "Row i of the episodes table is episode i",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "LeRobot 3.0 takes the i-th row for episode i; the version before computed its checks in this order.",
    reference: `${LEROBOT}/1875`,
    check({ episodes, version }, report) {
      // A gap or a double is named as such; here the numbers are right and their order is not.
      const { rows, episode_index } = episodes
      if (!isWhole(episodes) || new Set(episode_index).size !== rows || highestOf(episodes) !== rows - 1) return
      for (let row = 0; row < rows; row++) {
        const episode = episode_index[row]!
        if (episode === row) continue
        report({
          message: `Row ${row} of the episodes table is episode ${episode}.`,
          where: { path: placeOf(episodes, row).path, episode },
          evidence: { row, episode },
          ...(version.major === 2 && { severity: "warning" as const }),
        })
      }
    },
  },
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

const FEW = 5

const highestOf = ({ episode_index }: EpisodeFacts) => episode_index.reduce((most, value) => Math.max(most, value), -1)

/** Rows by episode index; the table's own order where that is it already. */
export function byIndex({ rows, episode_index }: EpisodeFacts): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  for (let row = 1; row < rows; row++) {
    if (episode_index[row]! < episode_index[row - 1]!)
      return order.sort((a, b) => episode_index[a]! - episode_index[b]! || a - b)
  }
  return order
}
