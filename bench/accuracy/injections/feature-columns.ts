import type { LeafType } from "@robokit/core/parquet/write"
import type { Editable } from "../editable.ts"
import type { Injected, Injections, Strength } from "../injection.ts"
import { COLUMNS, type Feature, videoIn } from "./edit-features.ts"

const INFO = "meta/info.json"
const ALL = ["v2.0", "v2.1", "v3.0"] as const
const DATA = /^data\/.*\.parquet$/

const otherFloat = (type: string) => (type === "float64" ? "float32" : "float64")

/** Changes one data file; the dataset then has two schemas. */
const onColumn =
  (
    name: string,
    edit: (
      column: { name: string; type: string; depth?: number; data: readonly unknown[] },
      strength: Strength,
    ) => void,
    also: string[],
  ) =>
  async (dataset: Editable, strength: Strength): Promise<Injected> => {
    const paths = dataset.paths(DATA)
    for (const path of paths) await dataset.table(path, (table) => edit(table.column(name), strength))
    return { path: paths[0]!, feature: name, also: [...COLUMNS, ...also] }
  }

export const featureColumnInjections: Injections = [
  {
    rule: "FEAT-PHANTOM",
    what: "a declared feature has no column, or a column is not declared",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      if (strength === 2) {
        await dataset.table(path, (table) => {
          table.columns.push({ name: "reward_raw", type: "float32", data: table.columns[0]!.data.map(() => 1) })
        })
        return { path, feature: "reward_raw", also: COLUMNS }
      }
      const name = ["next.progress", "observation.smell"][strength]!
      dataset.json(
        INFO,
        (info) => ((info["features"] as Record<string, Feature>)[name] = { dtype: "float32", shape: [1], names: null }),
      )
      return { path: dataset.paths(DATA)[0]!, feature: name, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-VIDEO-COLUMN",
    what: "a video has a column",
    versions: ALL,
    async apply(dataset) {
      const feature = videoIn(dataset)
      if (!feature) return undefined
      const path = dataset.paths(DATA).at(-1)!
      await dataset.table(path, (table) => {
        table.columns.push({ name: feature, type: "string", data: table.columns[0]!.data.map(() => "videos/x.mp4") })
      })
      return { path, feature, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-COL-TYPE",
    what: "a column is of another type",
    versions: ALL,
    apply: onColumn(
      "timestamp",
      (column, strength) => {
        if (strength === 2) Object.assign(column, { type: "string", data: column.data.map(String) })
        else column.type = strength === 0 ? otherFloat(column.type) : "int64"
        if (strength === 1) column.data = column.data.map((value) => Math.round(value as number))
      },
      ["TS-FOOTER", "TS-STEP", "TS-LATTICE", "TS-MONO", "TS-GAP", "TS-RATE", "FEAT-HF-META", "ST-PARQUET-XCHECK"],
    ),
  },
  {
    rule: "FEAT-COL-LIST",
    what: "a single value is a list",
    versions: ALL,
    apply: onColumn(
      "timestamp",
      (column, strength) => {
        column.depth = 1 + Number(strength > 0)
        column.data = column.data.map((value) => (strength > 0 ? [[value]] : [value]))
      },
      ["TS-FOOTER", "TS-STEP", "TS-LATTICE", "TS-MONO", "FEAT-HF-META", "ST-PARQUET-XCHECK"],
    ),
  },
  {
    rule: "FEAT-HF-META",
    what: "a data file has lost its description",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1 - strength) ?? dataset.paths(DATA)[0]!
      await dataset.table(path, (table) => (table.metadata = {}))
      return { path }
    },
  },
  {
    rule: "FEAT-SCHEMA-DRIFT",
    what: "one data file has another column",
    versions: ALL,
    async apply(dataset, strength) {
      const paths = dataset.paths(DATA)
      // Of two files nobody can say which is the odd one.
      if (paths.length < 3) return undefined
      const path = paths.at(-1 - strength)!
      await dataset.table(path, (table) => {
        const column = table.column("timestamp")
        if (strength === 0) column.type = otherFloat(column.type) as LeafType
        else if (strength === 1) table.columns.push({ name: "note", type: "string", data: column.data.map(() => "") })
        else table.columns = table.columns.filter((each) => each !== column)
      })
      return { path, also: [...COLUMNS, "TS-FOOTER", "ST-PARQUET-XCHECK"] }
    },
  },
]
