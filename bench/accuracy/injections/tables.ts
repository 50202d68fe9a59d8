import type { Injections } from "../injection.ts"

const DATA = /^data\/.*\.parquet$/
const ALL = ["v2.0", "v2.1", "v3.0"] as const

export const tableInjections: Injections = [
  {
    rule: "PQ-OPEN",
    what: "a data file ends before its footer",
    versions: ALL,
    apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      const bytes = dataset.bytes(path)
      dataset.set(path, bytes.subarray(0, bytes.length - [1, 200, Math.floor(bytes.length / 2)][strength]!))
      return { path }
    },
  },
  {
    rule: "PQ-CODEC",
    what: "a column is compressed with LZO",
    versions: ALL,
    apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      const bytes = Uint8Array.from(dataset.bytes(path))
      const name = ["timestamp", "frame_index", "index"][strength]!
      // In a column's metadata the codec is the field after its path: 0x15, then the number in zigzag; 3 is LZO.
      const marker = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([0x15])])
      const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).lastIndexOf(marker)
      if (at < 0 || bytes[at + marker.length] !== 2) return undefined
      bytes[at + marker.length] = 6
      dataset.set(path, bytes)
      return { path, feature: name, also: ["PQ-OPEN"] }
    },
  },
  {
    rule: "PQ-NULLS",
    what: "values are null",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      await dataset.table(path, (table) => {
        const data = table.column("timestamp").data as unknown[]
        for (let row = 0; row < [1, 3, 10][strength]!; row++) data[data.length - 1 - row] = null
      })
      return {
        path,
        feature: "timestamp",
        also: ["TS-FOOTER", "TS-MONO", "TS-STEP", "TS-LATTICE", "TS-GAP", "VAL-NAN", "ST-MATCH-DATA"],
      }
    },
  },
  {
    rule: "PQ-RG-EPISODE",
    what: "episodes share a row group",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      for (const path of dataset.paths(DATA)) {
        const { row_groups } = await dataset.table(path)
        if (row_groups.length < 2) continue
        await dataset.table(path, (table) => {
          const together = [2, row_groups.length - 1, row_groups.length][strength]!
          const sum = row_groups.slice(0, together).reduce((total, rows) => total + rows, 0)
          // The writer cuts groups of one size only when all are alike, so the sizes are given.
          table.row_groups = [sum, ...row_groups.slice(together)]
        })
        return { path }
      }
      return undefined
    },
  },
  {
    rule: "SUBTASK-TABLE",
    what: "rows have subtasks that no table lists",
    versions: ["v3.0"],
    async apply(dataset) {
      const path = dataset.paths(DATA).at(-1)!
      await dataset.table(path, (table) => {
        table.columns.push({
          name: "subtask_index",
          type: "int64",
          data: table.columns[0]!.data.map((_, row) => row % 3),
        })
      })
      return { path, feature: "subtask_index", also: ["FEAT-PHANTOM", "FEAT-SCHEMA-DRIFT"] }
    },
  },
  {
    rule: "LANG-DECL",
    what: "a language column is not declared",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      const name = strength === 1 ? "language_events" : "language_persistent"
      await dataset.table(path, (table) => {
        table.columns.push({ name, type: "string", depth: 1, data: table.columns[0]!.data.map(() => ["go on"]) })
      })
      return { path, feature: name, also: ["FEAT-PHANTOM", "FEAT-SCHEMA-DRIFT"] }
    },
  },
]
