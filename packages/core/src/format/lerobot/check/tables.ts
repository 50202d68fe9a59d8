import { plural, shown } from "../notes.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const READABLE = new Set(["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4_RAW", "BROTLI"])

/** How the data files are written, by their footers. */
export const tableRules = {
  "PQ-OPEN": {
    on: "broken_file",
    title: "Every data file has a readable Parquet footer",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "A recorder that was killed leaves data files without a footer; no reader can open them.",
    reference: `${LEROBOT}/2529`,
    fix: "Record the missing episodes again, or drop them from meta/ and push the dataset anew.",
    check({ entry, kind, error }, report) {
      if (kind !== "data" || error.code === "lfs_pointer" || entry.size === 0) return
      report({
        message: `${shown(entry.path)} cannot be read: ${error.message}`,
        where: { path: entry.path },
        evidence: { bytes: entry.size },
        // Too large for us is nothing that is wrong with it; that it was not looked at, the verdict says.
        ...(error.kind === "limit" && { severity: "warning" as const }),
      })
    },
  },
  "PQ-CODEC": {
    on: "data_file",
    title: "Data files are compressed in a way readers know",
    severity: "warning",
    kind: "risk",
    cost: "footer",
    versions: "all",
    why: "Readers in browsers and older libraries cannot unpack it.",
    reference: null,
    check({ entry, footer, leaves }, report) {
      const chunk = footer.row_groups.flatMap(({ columns }) => columns).find(({ codec }) => !READABLE.has(codec))
      if (!chunk) return
      const feature = leaves[chunk.leaf]!.path[0]!
      report({
        message: `${shown(entry.path)} is compressed with ${chunk.codec}.`,
        where: { path: entry.path, feature },
        evidence: { codec: chunk.codec },
        group: chunk.codec,
      })
    },
  },
  "PQ-NULLS": {
    on: "data_file",
    title: "No value is null",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "Rows were written in part: tensors cannot hold a null.",
    reference: null,
    check(file, report, { info }) {
      const declared = new Map(info.parsed.features.map(({ key, dtype }) => [key, dtype]))
      for (const [group, { columns }] of file.footer.row_groups.entries()) {
        for (const { leaf, null_count } of columns) {
          const feature = file.leaves[leaf]!.path[0]!
          const dtype = declared.get(feature)
          // A picture's path may be missing, words may be said seldom, and what is not declared is not read.
          if (!null_count || dtype === undefined || ["image", "language", "string", null].includes(dtype)) continue
          const of = file.groupRange(group, "episode_index")
          report({
            message: `${shown(file.entry.path)} has ${null_count} nulls in ${shown(feature)}.`,
            where: { path: file.entry.path, feature, ...(of && of.min === of.max && { episode: of.min }) },
            evidence: { nulls: null_count },
          })
        }
      }
    },
    closer: {
      on: "episode_values",
      cost: "wide",
      check({ of, feature, dims, rowLengths, nulls }, report) {
        if (nulls === 0) return
        const frame = rowLengths?.findIndex((length) => length < dims) ?? -1
        report({
          message: `Episode ${of.episode} has ${plural(nulls, "null")} in ${shown(feature)}${frame < 0 ? "" : `, the first in frame ${frame}`}.`,
          where: { path: of.file.entry.path, episode: of.episode, ...(frame >= 0 && { frame }), feature },
          evidence: { nulls },
          size: nulls,
        })
      },
    },
  },
  "PQ-RG-EPISODE": {
    on: "data_file",
    title: "Each episode is a row group of its own",
    severity: "info",
    kind: "characteristic",
    cost: "footer",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "One episode can then be read without its neighbours.",
    reference: `${LEROBOT}/3807`,
    check({ entry, footer, episodeRows }, report) {
      if (episodeRows.length < 2 || footer.row_groups.length >= episodeRows.length) return
      report({
        message: `${shown(entry.path)} holds ${episodeRows.length} episodes in ${footer.row_groups.length} row groups.`,
        where: { path: entry.path },
        evidence: { episodes: episodeRows.length, row_groups: footer.row_groups.length },
      })
    },
  },
  "SUBTASK-TABLE": {
    on: "data_file",
    title: "Subtasks of rows are in meta/subtasks.parquet",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: ["v3.0"],
    why: "The loader of packages 0.4.4 to 0.5.1 looks each row's subtask up.",
    reference: null,
    check(file, report, facts) {
      if (!file.leaves.some(({ path }) => path[0] === "subtask_index")) return
      const where = { path: file.entry.path, feature: "subtask_index" }
      if (!facts.has("subtasks")) {
        return report({
          message: `${shown(file.entry.path)} has subtask_index: ${facts.whyNot("subtasks")}`,
          where,
          // Without a table, which converters and edits do not take along, loaders give no texts; with one, they look each up.
          ...(!facts.listing.files.has("meta/subtasks.parquet") && { severity: "warning" as const }),
        })
      }
      const range = file.range("subtask_index")
      const count = facts.subtasks.rows.length
      if (!range || range.max < count) return
      report({
        message: `${shown(file.entry.path)} has subtask_index up to ${range.max}; there are ${count} subtasks.`,
        where,
        evidence: { max: range.max, subtasks: count },
      })
    },
  },
  "LANG-DECL": {
    on: "data_file",
    title: "Language columns are declared in info.json",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: ["v3.0"],
    why: "LeRobot ≥ 0.6 refuses a table that has them undeclared.",
    reference: `${LEROBOT}/3467`,
    check({ entry, leaves }, report, { info }) {
      const declared = new Map(info.parsed.features.map(({ key, dtype }) => [key, dtype]))
      for (const feature of ["language_persistent", "language_events"]) {
        if (!leaves.some(({ path }) => path[0] === feature) || declared.get(feature) === "language") continue
        report({
          message: `${shown(entry.path)} has the column ${feature}, which info.json does not declare as language.`,
          where: { path: entry.path, feature },
        })
      }
    },
  },
} as const satisfies Rules
