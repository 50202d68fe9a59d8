import type { Leaf } from "../../../parquet/leaves.ts"
import type { Feature } from "../feature.ts"
import { shown } from "../notes.ts"
import type { DataFile } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** What can be derived; a missing one has a rule of its own or hurts nobody. */
const DERIVABLE = new Set(["frame_index", "index", "timestamp", "task_index", "episode_index"])

/** Whether the columns of the data files are the declared features. */
export const featureColumnRules = {
  "FEAT-PHANTOM": {
    on: "data_file",
    title: "Features and columns are the same",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "A declared feature without a column stops loading; a column that is not declared is dropped.",
    reference: `${LEROBOT}/3467`,
    check({ entry, leaves }, report, { info }) {
      const columns = new Set(leaves.map(({ path }) => path[0]!))
      const declared = new Map(info.parsed.features.map(({ key, dtype }) => [key, dtype]))
      for (const [feature, dtype] of declared) {
        if (dtype === "video" || columns.has(feature) || DERIVABLE.has(feature)) continue
        report({
          message: `${shown(feature)} is declared, and ${shown(entry.path)} has no such column.`,
          where: { path: entry.path, feature },
        })
      }
      if (declared.size === 0) return
      for (const feature of columns) {
        // Words have their own rule, and what pandas adds is no feature.
        if (declared.has(feature) || /^(?:language_|subtask_index|__index_level_)/.test(feature)) continue
        report({
          message: `${shown(entry.path)} has the column ${shown(feature)}, which info.json does not declare.`,
          where: { path: entry.path, feature },
          severity: "warning",
        })
      }
    },
  },
  "FEAT-VIDEO-COLUMN": {
    on: "data_file",
    title: "Videos have no column",
    severity: "warning",
    kind: "risk",
    cost: "footer",
    versions: "all",
    why: "A leftover of version 1, where a column named the file and the time.",
    reference: null,
    check({ entry, leaves }, report, { info }) {
      for (const { key, dtype } of info.parsed.features) {
        if (dtype !== "video" || !leaves.some(({ path }) => path[0] === key)) continue
        report({
          message: `${shown(entry.path)} has a column for the video ${shown(key)}.`,
          where: { path: entry.path, feature: key },
        })
      }
    },
  },
  "FEAT-COL-TYPE": {
    on: "data_file",
    title: "Columns have the type of their features",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "Loading casts or fails, depending on the release.",
    reference: null,
    check({ entry, leaves }, report, { info }) {
      const declared = new Map(info.parsed.features.map((feature) => [feature.key, feature]))
      for (const leaf of leaves) {
        const feature = declared.get(leaf.path[0]!)
        const verdict = feature && typeVerdict(feature, leaf)
        if (!verdict) continue
        report({
          message: `${shown(feature.key)} is declared as ${feature.dtype}, ${shown(entry.path)} has ${leaf.kind}.`,
          where: { path: entry.path, feature: feature.key },
          evidence: { declared: feature.dtype, found: leaf.kind },
          severity: verdict,
        })
      }
    },
  },
  "FEAT-COL-LIST": {
    on: "data_file",
    title: "Vectors are lists, and single values are not",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "The number of axes decides how a value is read.",
    reference: `${LEROBOT}/3833`,
    check({ entry, leaves }, report, { info }) {
      const declared = new Map(info.parsed.features.map((feature) => [feature.key, feature]))
      for (const leaf of leaves) {
        const feature = declared.get(leaf.path[0]!)
        const expected = feature && depthOf(feature)
        if (expected === undefined || expected === leaf.maxRepetition) continue
        report({
          message: `${shown(feature!.key)} has the shape ${shown(feature!.shape)}, its column in ${shown(entry.path)} is ${leaf.maxRepetition === 0 ? "no list" : `a list of depth ${leaf.maxRepetition}`}.`,
          where: { path: entry.path, feature: feature!.key },
          evidence: { expected, found: leaf.maxRepetition },
          // A list of one value is read by everybody.
          ...(expected === 0 && leaf.maxRepetition === 1 && { severity: "warning" as const }),
        })
      }
    },
  },
  "FEAT-HF-META": {
    on: "data_file",
    title: "Data files describe their features for datasets",
    severity: "info",
    kind: "characteristic",
    cost: "footer",
    versions: "all",
    why: 'Without the key "huggingface" pictures and fixed lengths must be guessed; edited and merged files have none.',
    reference: `${LEROBOT}/1571`,
    check({ entry, footer }, report) {
      const value = footer.key_value_metadata.find(({ key }) => key === "huggingface")?.value
      if (value && isJson(value)) return
      report({
        message: `${shown(entry.path)} has ${value ? "a broken" : "no"} description under the key huggingface.`,
        where: { path: entry.path },
        ...(value && { severity: "warning" as const }),
      })
    },
  },
  "FEAT-SCHEMA-DRIFT": {
    on: "whole",
    title: "All data files have the same columns",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "They are loaded as one table, which fails or drops columns.",
    reference: `${LEROBOT}/3964`,
    check({ files }, report) {
      const schemas = new Map<string, number>()
      for (const { schema } of files) if (schema !== undefined) schemas.set(schema, (schemas.get(schema) ?? 0) + 1)
      if (schemas.size < 2) return
      const [most, ...others] = [...schemas].sort(([, a], [, b]) => b - a)
      const differences = new Map(others.map(([schema]) => [schema, differenceOf(most![0], schema)]))
      for (const { path, schema } of files) {
        const difference = schema === undefined ? undefined : differences.get(schema)
        if (difference === undefined) continue
        report({
          message: `${shown(path)} differs from ${most![1]} other data files: ${difference}.`,
          where: { path },
          evidence: { difference },
        })
      }
    },
  },
} as const satisfies Rules

const KINDS: Record<string, Leaf["kind"]> = {
  float32: "float",
  float64: "double",
  int64: "int64",
  int32: "int32",
  int16: "int32",
  int8: "int32",
  uint8: "uint32",
  uint16: "uint32",
  uint32: "uint32",
  uint64: "uint64",
  bool: "boolean",
  string: "text",
}
const NUMBERS = new Set<Leaf["kind"]>(["float", "double", "int32", "int64", "uint32", "uint64"])

/** Null where nothing is to be said; a number of another width can be cast, anything else cannot. */
function typeVerdict({ dtype }: Feature, { kind }: Leaf): "error" | "warning" | null {
  const expected = KINDS[dtype ?? ""]
  if (!expected || expected === kind) return null
  if (dtype === "string" && kind === "bytes") return null
  // Parquet 1.0 has no unsigned integer of 32 bits, and writers take the next larger one.
  if (dtype === "uint32" && kind === "int64") return null
  return NUMBERS.has(expected) && NUMBERS.has(kind) ? "warning" : "error"
}

/** How many lists are around a value; undefined where the shape does not tell. */
function depthOf({ shape, dtype }: Feature): number | undefined {
  if (!dtype || !Object.hasOwn(KINDS, dtype) || shape.length === 0 || shape.includes(null)) return undefined
  return shape.length === 1 && shape[0] === 1 ? 0 : shape.length
}

/** Names and types of the columns, in no order: files of one dataset have the same. */
export const schemaOf = ({ leaves }: DataFile) =>
  leaves
    .map(({ path, kind, maxRepetition }) => `${path[0]}:${kind}:${maxRepetition}`)
    .sort()
    .join("\n")

function differenceOf(most: string, other: string): string {
  const [a, b] = [new Set(most.split("\n")), new Set(other.split("\n"))]
  const missing = [...a].filter((each) => !b.has(each)).map((each) => `no ${each.replace(/:\d+$/, "")}`)
  const more = [...b].filter((each) => !a.has(each)).map((each) => each.replace(/:\d+$/, ""))
  return [...missing, ...more].slice(0, 4).join(", ").slice(0, 300)
}

function isJson(text: string) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
