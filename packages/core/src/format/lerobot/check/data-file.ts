import type { FileEntry } from "../../../files/files.ts"
import type { ColumnChunk, Footer } from "../../../parquet/footer.ts"
import { leavesOf, type Leaf } from "../../../parquet/leaves.ts"
import type { DataFile } from "./subjects.ts"

type Range = { min: number; max: number } | null

/** What a data file's footer says, for the rules that need no row. */
export function dataFileOf(entry: FileEntry, footer: Footer, episodeRows: readonly number[]): DataFile {
  const leaves = leavesOf(footer.schema)
  const plain = new Map(
    leaves.flatMap((leaf, at) => (leaf.path.length === 1 ? [[leaf.path[0]!, at]] : []) as [string, number][]),
  )
  const groupRange = (group: number, column: string): Range => {
    const leaf = plain.get(column)
    const chunk = footer.row_groups[group]?.columns.find((each) => each.leaf === leaf)
    return chunk ? rangeOf(chunk, leaves[leaf!]!) : null
  }
  return {
    entry,
    footer,
    leaves,
    rows: footer.row_groups.reduce((sum, group) => sum + group.num_rows, 0),
    groupRange,
    range(column) {
      let [min, max] = [Infinity, -Infinity]
      for (const [at, group] of footer.row_groups.entries()) {
        if (group.num_rows === 0) continue
        const range = groupRange(at, column)
        if (!range) return null
        min = Math.min(min, range.min)
        max = Math.max(max, range.max)
      }
      return min <= max ? { min, max } : null
    },
    episodeRows,
  }
}

/** Extremes of a column in a row group; null where they are not written. */
export function rangeOf({ min, max }: ColumnChunk, leaf: Leaf): Range {
  const low = min && numberIn(min, leaf)
  const high = max && numberIn(max, leaf)
  return low === null || high === null ? null : { min: low, max: high }
}

/** A footer statistic as a number; null for types whose order is not that of numbers. */
function numberIn(bytes: Uint8Array, { kind }: Leaf): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = {
    boolean: 1,
    int32: 4,
    uint32: 4,
    int64: 8,
    uint64: 8,
    float: 4,
    double: 8,
    text: 0,
    bytes: 0,
    fixed: 0,
  }[kind]
  if (length === 0 || bytes.byteLength < length) return null
  if (kind === "boolean") return view.getUint8(0)
  if (kind === "int32") return view.getInt32(0, true)
  if (kind === "uint32") return view.getUint32(0, true)
  if (kind === "float") return view.getFloat32(0, true)
  if (kind === "double") return view.getFloat64(0, true)
  return Number(kind === "int64" ? view.getBigInt64(0, true) : view.getBigUint64(0, true))
}
