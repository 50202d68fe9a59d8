import { AppError } from "../error.ts"
import type { Bytes } from "../files/files.ts"
import { Bomb, Budget, Unsupported } from "./budget.ts"
import type { ColumnChunk, Footer } from "./footer-parse.ts"
import { leavesOf, type Leaf } from "./leaves.ts"
import { readChunk, readChunkStart, type LeafData } from "./pages.ts"

export type { Leaf } from "./leaves.ts"
export type { LeafData } from "./pages.ts"

/** Bytes between two wanted chunks that are cheaper to read than another request. */
const GAP = 128 * 1024
/** A merged range never grows beyond this, so that memory is bounded. */
const MAX_RANGE = 4 * 1024 * 1024
/** Behind the footer: its length, and the magic. */
const FOOTER_TAIL = 8
const MAX_CHUNK = 512 * 1024 * 1024
const MB = 1024 * 1024
/** What a file may unpack to beyond twenty times its size: one row group at a time, and all of them. */
const SLACK = { group: 64 * MB, file: 64 * MB }
/** The same for who reads whole datasets: of an embedding that never changes, next to nothing is stored. */
const WIDE_SLACK = { group: 512 * MB, file: 1024 * MB }

export interface RowGroupData {
  row_group: number
  rows: number
  /** In the order of `paths`; null where the table has no such leaf. */
  columns: (LeafData | null)[]
}

/**
 * Reads some leaves of a table, row group by row group; neighbouring chunks share a range. Holds about one row group of the
 * wanted leaves at a time.
 *
 * @param paths leaf paths, outermost name first (`["length"]`, `["tasks", "list", "element"]`).
 * @param isPatient whether values that hardly differ may unpack to a gigabyte, half of it at a time.
 * @param rounds whether integers that a double cannot hold are rounded instead of refused.
 * @throws AppError `dataset_malformed`, `decompression_limit` or `format_unsupported`, all with `path`.
 */
export async function* readColumns(
  bytes: Bytes,
  footer: Footer,
  paths: readonly (readonly string[])[],
  { signal, rounds = false, isPatient = false }: { signal?: AbortSignal; rounds?: boolean; isPatient?: boolean } = {},
): AsyncGenerator<RowGroupData> {
  const leaves = leavesOf(footer.schema).map((leaf) => (rounds ? { ...leaf, isRounded: true } : leaf))
  const wanted = paths.map((path) => leaves.findIndex((leaf) => isSame(leaf.path, path)))
  const slack = isPatient ? WIDE_SLACK : SLACK
  const whole = new Budget(20 * bytes.size + slack.file)
  const ranges = planRanges(footer, new Set(wanted))
  const following = followers(ranges)
  const done = Map.groupBy(new Set(ranges.values()), ({ lastGroup }) => lastGroup)
  for (const [row_group, group] of footer.row_groups.entries()) {
    const columns: (LeafData | null)[] = []
    const budget = new Budget(20 * bytes.size + slack.group, whole)
    for (const leaf of wanted) {
      const chunk = group.columns.find((each) => each.leaf === leaf)
      if (!chunk) {
        columns.push(null)
        continue
      }
      mustBeBounded(chunk, bytes)
      const range = ranges.get(chunk)!
      const body = await bodyOf(range, bytes, signal)
      // The next one comes while this one is decoded; who comes to it hears of its failure.
      const next = following.get(range)
      if (next && !next.isDone && next.end - next.start <= MAX_RANGE) bodyOf(next, bytes, signal).catch(() => {})
      columns.push(
        decode(bytes, body.subarray(chunk.start - range.start), chunk, leaves[leaf]!, group.num_rows, budget),
      )
    }
    for (const range of done.get(row_group) ?? []) {
      range.isDone = true
      delete range.body
    }
    yield { row_group, rows: group.num_rows, columns }
  }
}

/**
 * The first values of a leaf that does not repeat, in one row group: as many as whole pages lie in its first `limit` bytes,
 * which one range reads. For columns too large to be read.
 *
 * @throws AppError as `readColumns` does.
 */
export async function readFirstValues(
  bytes: Bytes,
  footer: Footer,
  { row_group, path, limit }: { row_group: number; path: readonly string[]; limit: number },
  { signal }: { signal?: AbortSignal } = {},
): Promise<LeafData | null> {
  const leaves = leavesOf(footer.schema)
  const at = leaves.findIndex((leaf) => isSame(leaf.path, path))
  const chunk = footer.row_groups[row_group]?.columns.find(({ leaf }) => leaf === at)
  if (!chunk || leaves[at]!.maxRepetition > 0) return null
  const length = Math.min(chunk.total_compressed_size, limit)
  const body = await bytes.read(chunk.start, chunk.start + length, signal)
  try {
    return readChunkStart(body, chunk, leaves[at]!, new Budget(20 * length + SLACK.group))
  } catch (cause) {
    throw asAppError(cause, bytes.path, leaves[at]!)
  }
}

/** How long the end of a table is that has, with its footer, the last of the ranges of some leaves where it is near; else its footer. */
export function tailOf(footer: Footer, paths: readonly (readonly string[])[], size: number): number {
  const leaves = leavesOf(footer.schema)
  const wanted = paths.map((path) => leaves.findIndex((leaf) => isSame(leaf.path, path)))
  const last = [...planRanges(footer, new Set(wanted)).values()].at(-1)
  const footerStart = size - FOOTER_TAIL - footer.bytes
  return size - (last && footerStart - last.end <= GAP ? last.start : footerStart)
}

interface Range {
  start: number
  end: number
  lastGroup: number
  body?: Promise<Uint8Array>
  isDone?: true
}

/** Which range each wanted chunk lies in. */
function planRanges(footer: Footer, wanted: ReadonlySet<number>): Map<ColumnChunk, Range> {
  const chunks = footer.row_groups.flatMap((group, row_group) =>
    group.columns.filter(({ leaf }) => wanted.has(leaf)).map((chunk) => ({ chunk, row_group })),
  )
  chunks.sort((a, b) => a.chunk.start - b.chunk.start)
  const ranges = new Map<ColumnChunk, Range>()
  let range: Range | undefined
  for (const { chunk, row_group } of chunks) {
    const end = chunk.start + chunk.total_compressed_size
    const isNear = range && chunk.start - range.end <= GAP && end - range.start <= MAX_RANGE
    if (range && isNear) {
      range.end = Math.max(range.end, end)
      range.lastGroup = Math.max(range.lastGroup, row_group)
    } else {
      range = { start: chunk.start, end, lastGroup: row_group }
    }
    ranges.set(chunk, range)
  }
  return ranges
}

/** The range after each. */
function followers(ranges: ReadonlyMap<ColumnChunk, Range>): Map<Range, Range> {
  const order = [...new Set(ranges.values())]
  return new Map(order.slice(1).map((range, at) => [order[at]!, range]))
}

const bodyOf = (range: Range, bytes: Bytes, signal: AbortSignal | undefined) =>
  (range.body ??= bytes.read(range.start, range.end, signal))

function mustBeBounded({ total_compressed_size: length }: ColumnChunk, { path }: Bytes) {
  if (length <= MAX_CHUNK) return
  throw new AppError("too_large", `A column of ${path} is ${length} bytes long in one piece.`, { path })
}

/** @param body from where the chunk begins. */
function decode(
  { path }: Bytes,
  body: Uint8Array,
  chunk: ColumnChunk,
  leaf: Leaf,
  rows: number,
  budget: Budget,
): LeafData {
  try {
    return readChunk(body.subarray(0, chunk.total_compressed_size), chunk, leaf, rows, budget)
  } catch (cause) {
    throw asAppError(cause, path, leaf)
  }
}

/** Whatever decoding throws is the file's fault: it touches nothing but the bytes at hand. */
function asAppError(cause: unknown, path: string, leaf: Leaf): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const detail = `Column ${leaf.path.join("/")} of ${path} cannot be read: ${reason}.`
  if (cause instanceof Bomb) return new AppError("decompression_limit", detail, { path, cause })
  if (cause instanceof Unsupported) return new AppError("format_unsupported", detail, { path, cause })
  return new AppError("dataset_malformed", detail, { path, cause })
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((name, index) => name === b[index])

/**
 * One number per row of a leaf that does not repeat; NaN where it is null.
 *
 * @returns null when the leaf holds something else.
 */
export function numberPerRow({ leaf, values, definitions, repetitions }: LeafData): Float64Array | null {
  if (repetitions || Array.isArray(values)) return null
  if (!definitions) return values instanceof Float64Array ? values : new Float64Array(values)
  let next = 0
  return Float64Array.from(definitions, (level) => (level === leaf.maxDefinition ? values[next++]! : NaN))
}

/** One text per row of a leaf that does not repeat. Bytes without a declared type are read as UTF-8. */
export function textPerRow({ leaf, values, definitions, repetitions }: LeafData): (string | null)[] | null {
  if (repetitions || !Array.isArray(values)) return null
  const texts = values.map((value) => (typeof value === "string" ? value : Buffer.from(value).toString("utf8")))
  if (!definitions) return texts
  let next = 0
  return Array.from(definitions, (level) => (level === leaf.maxDefinition ? texts[next++]! : null))
}

/** The values of each row of a leaf, also of one that repeats; nulls inside are left out. Rows without any are empty. */
export function valuesPerRow({ leaf, values, definitions, repetitions }: LeafData, rows: number) {
  const all: (number | string | Uint8Array)[][] = Array.from({ length: rows }, () => [])
  const positions = definitions?.length ?? repetitions?.length ?? values.length
  let row = -1
  let next = 0
  for (let at = 0; at < positions; at++) {
    if (!repetitions || repetitions[at] === 0) row++
    if (definitions && definitions[at] !== leaf.maxDefinition) continue
    // More rows than the footer promised are nobody's.
    all[row]?.push(values[next]!)
    next++
  }
  return all
}
