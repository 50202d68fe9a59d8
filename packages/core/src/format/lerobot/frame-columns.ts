import { AppError } from "../../error.ts"
import { type LeafData, readColumns } from "../../parquet/columns.ts"
import type { Footer } from "../../parquet/footer.ts"
import { type Leaf, leavesOf } from "../../parquet/leaves.ts"
import type { IndexContext } from "../adapter.ts"
import type { FoundRows } from "./frame-rows.ts"
import type { Info } from "./info.ts"

export const TIMESTAMP = "timestamp"

const NUMERIC = new Set<Leaf["kind"]>(["boolean", "int32", "uint32", "int64", "uint64", "float", "double"])
/** Names of the levels of a list, by writer. Anything else below a column is a field of a struct, and no value of its own. */
const LIST_LEVELS = new Set(["list", "element", "item", "array", "bag", "array_element"])
const MAX_LEAVES = 512

const MAX_READ = 96 * 1024 * 1024
const MAX_UNPACKED = 192 * 1024 * 1024
/** Columns of a row group no larger than this are read in one go, which saves requests; others each by itself. */
const TOGETHER = 16 * 1024 * 1024

export interface FrameLeaf {
  feature: string
  leaf: Leaf
  /** Position in the schema. */
  at: number
  /** Values of it that are asked for, by name; null: all. */
  names: ReadonlySet<string> | null
}

/** The columns with numbers; `timestamp` is always among them. */
export function wantedLeaves(footer: Footer, { features }: Info, columns: readonly string[] | undefined): FrameLeaf[] {
  const dtypes = new Map(features.map(({ key, dtype }) => [key, dtype]))
  const isNumbers = ({ path, kind }: Leaf) =>
    NUMERIC.has(kind) &&
    path.slice(1).every((level) => LIST_LEVELS.has(level)) &&
    !["image", "video", "language"].includes(dtypes.get(path[0]!) ?? "")
  return leavesOf(footer.schema)
    .flatMap((leaf, at): FrameLeaf[] => {
      const feature = leaf.path[0]!
      if (!isNumbers(leaf)) return []
      if (columns === undefined || columns.includes(feature)) return [{ feature, leaf, at, names: null }]
      const names = columns.filter((each) => each.startsWith(`${feature}/`))
      if (names.length === 0 && feature !== TIMESTAMP) return []
      return [{ feature, leaf, at, names: new Set(names) }]
    })
    .slice(0, MAX_LEAVES)
}

/**
 * Reads these leaves of a row group. One that cannot be read is a note, and the others are given.
 *
 * @throws AppError `too_large` when it would take more than 96 MB, or 192 MB unpacked.
 */
export async function readLeaves(
  { bytes, footer, path }: FoundRows,
  group: number,
  leaves: readonly FrameLeaf[],
  { signal }: IndexContext,
  notes: string[],
  use: (leaf: FrameLeaf, data: LeafData) => void,
) {
  const chunks = footer.row_groups[group]!.columns.filter(({ leaf }) => leaves.some(({ at }) => at === leaf))
  const packed = chunks.reduce((sum, each) => sum + each.total_compressed_size, 0)
  const unpacked = Math.max(0, ...chunks.map((each) => each.total_uncompressed_size))
  if (packed > MAX_READ || unpacked > MAX_UNPACKED) {
    throw new AppError("too_large", `The columns of ${path} are ${packed} bytes long where this episode lies.`, {
      path,
      user_action: "Ask for fewer columns.",
    })
  }
  const one: Footer = { ...footer, row_groups: [footer.row_groups[group]!] }
  const read = async (some: readonly FrameLeaf[]) => {
    const paths = some.map(({ leaf }) => leaf.path)
    for await (const { columns } of readColumns(bytes, one, paths, { signal }))
      for (const [at, data] of columns.entries()) if (data) use(some[at]!, data)
  }
  if (packed <= TOGETHER) {
    try {
      return await read(leaves)
    } catch (error) {
      // Which of them it was is found out below; what was added once may be added again.
      if (!isOfTheFile(error)) throw error
    }
  }
  for (const leaf of leaves) {
    try {
      await read([leaf])
    } catch (error) {
      if (!isOfTheFile(error)) throw error
      notes.push(error.message)
    }
  }
}

const isOfTheFile = (error: unknown): error is AppError =>
  error instanceof AppError && (error.kind === "invalid" || error.kind === "unsupported")
