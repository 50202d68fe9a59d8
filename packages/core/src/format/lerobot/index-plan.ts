import { noRows } from "../../episode/rows.ts"
import { AppError } from "../../error.ts"
import type { FileEntry } from "../../files/files.ts"
import { readFooter } from "../../parquet/footer.ts"
import type { FormatIndex, IndexContext, IndexPart } from "../adapter.ts"
import { readLinesPart, readStatsPart, type LinesPart } from "./index-lines.ts"
import { declaredOf, tablesOf, type Tables } from "./index-source.ts"
import { summaryOf } from "./index-summary.ts"
import { readTablePart, type TablePart } from "./index-table.ts"
import { featureRows, readTasksPart, type TasksPart } from "./index-tasks.ts"
import { MAX_TASKS } from "./tasks.ts"

type Part = { kind: "features" } | { kind: "note"; note: string } | TablePart | LinesPart | TasksPart

/** A table no longer than this is one part, whose rows are guessed instead of asked for. */
const SMALL = 256 * 1024
/** Rows of a part, and of one that is cut out of a longer row group, which each part must read again. */
const ROWS = 4000
const SLICE_ROWS = 16_000
const LINE_BYTES = 256 * 1024
const STATS_BYTES = 8 * 1024 * 1024
/** Statistics are a comfort: this many bytes of them are worth reading for a summary. */
const MAX_STATS = 64 * 1024 * 1024
const MAX_SHARD = 256 * 1024 * 1024
const MAX_LINES = 1024 * 1024 * 1024
const TASK_ROWS = 25_000

/** How a LeRobot dataset is indexed: from `meta/` alone; no data, no frame, no listing of the files. */
export const lerobotIndex: FormatIndex = {
  async plan(ctx) {
    const declared = await declaredOf(ctx)
    const tables = await tablesOf(ctx, declared.major)
    const parts: IndexPart[] = [{ weight: 1000, rows: declared.info.features.length, part: { kind: "features" } }]
    if (tables.tasks) parts.push(...(await taskParts(tables.tasks, ctx)))
    else parts.push(noted("The dataset has no table of its tasks."))
    if (tables.lines) {
      const lines = sliced("lines", tables.lines, MAX_LINES, LINE_BYTES, 64)
      // What is small is read together.
      if (areSmall(tables)) lines[0]!.part["stats"] = { path: tables.stats.path, size: tables.stats.size }
      parts.push(...lines)
    }
    for (const [file, entry] of tables.shards.entries()) parts.push(...(await tableParts(entry, file, ctx)))
    if (!tables.lines && tables.shards.length === 0) parts.push(noted("The dataset has no table of its episodes."))
    return parts
  },

  async read(part, ctx) {
    const each = part as Part
    if (each.kind === "note") return { rows: noRows(), counts: { kind: "note", notes: [each.note] } }
    try {
      return await readPart(each, ctx)
    } catch (error) {
      if (!(error instanceof AppError) || !["invalid", "limit", "unsupported"].includes(error.kind)) throw error
      // info.json itself: then there is nothing to say.
      if (each.kind === "features") throw error
      return { rows: noRows(), counts: { kind: "broken", of: each.kind, notes: [error.message] } }
    }
  },

  async after(ctx) {
    const { major } = await declaredOf(ctx)
    const tables = await tablesOf(ctx, major)
    const { lines, stats } = tables
    if (!lines || !stats || areSmall(tables)) return []
    if (stats.size > MAX_STATS) {
      return [noted(`${stats.path} is ${stats.size} bytes long, so the statistics of the episodes are not indexed.`)]
    }
    return sliced("stats", stats, MAX_STATS, STATS_BYTES, 2000)
  },

  summary: summaryOf,
}

const areSmall = (tables: Tables): tables is Tables & { lines: FileEntry; stats: FileEntry } =>
  tables.lines !== null &&
  tables.stats !== null &&
  tables.lines.size > 0 &&
  tables.lines.size <= LINE_BYTES &&
  tables.stats.size <= STATS_BYTES

async function readPart(part: Exclude<Part, { kind: "note" }>, ctx: IndexContext) {
  const declared = await declaredOf(ctx)
  if (part.kind === "features") return featureRows(declared)
  if (part.kind === "tasks") return readTasksPart(part, ctx)
  if (part.kind === "table") return readTablePart(part, declared, ctx)
  return part.kind === "lines" ? readLinesPart(part, declared, ctx) : readStatsPart(part, declared, ctx)
}

const noted = (note: string): IndexPart => ({ weight: 1, rows: 1, part: { kind: "note", note: note.slice(0, 150) } })

/** Cuts a file of lines by its bytes. */
function sliced(
  kind: "lines" | "stats" | "tasks",
  { path, size }: FileEntry,
  limit: number,
  step: number,
  perRow: number,
) {
  if (size > limit) return [noted(`${path} is ${size} bytes long, more than is read.`)]
  if (size === 0) return [noted(`${path} is empty.`)]
  const parts: IndexPart[] = []
  for (let from = 0; from < size; from += step) {
    const to = Math.min(size, from + step)
    parts.push({ weight: to - from, rows: Math.ceil((to - from) / perRow), part: { kind, path, size, from, to } })
  }
  return parts
}

async function taskParts(file: FileEntry, { files, signal }: IndexContext): Promise<IndexPart[]> {
  const { path, size } = file
  if (size > MAX_SHARD) return [noted(`${path} is ${size} bytes long, more than is read.`)]
  if (path.endsWith(".jsonl")) return sliced("tasks", file, MAX_SHARD, LINE_BYTES, 64)
  const all = { kind: "tasks" as const, path, size, from: 0, to: MAX_TASKS }
  if (size <= SMALL) return [{ weight: size, rows: Math.ceil(size / 100), part: all }]
  const rows = await rowsOf(file, files, signal)
  if (!rows) return [{ weight: size, rows: ROWS, part: all }]
  const total = Math.min(
    MAX_TASKS,
    rows.reduce((sum, each) => sum + each, 0),
  )
  return pieces(total, TASK_ROWS).map(({ from, to }) => ({ weight: size, rows: to - from, part: { ...all, from, to } }))
}

/** Row groups of a file as parts; one that is too long is cut in turn. */
async function tableParts(entry: FileEntry, file: number, { files, signal }: IndexContext): Promise<IndexPart[]> {
  const { path, size } = entry
  if (size > MAX_SHARD) return [noted(`${path} is ${size} bytes long, more than is read.`)]
  const all: TablePart = { kind: "table", path, size, file }
  if (size <= SMALL) return [{ weight: size, rows: Math.ceil(size / 500), part: all }]
  const rows = await rowsOf(entry, files, signal)
  // Whoever reads it will say what is wrong with it.
  if (!rows) return [{ weight: size, rows: ROWS, part: all }]
  const weightOf = (count: number) =>
    (size * count) /
    Math.max(
      1,
      rows.reduce((sum, each) => sum + each, 0),
    )
  const parts: IndexPart[] = []
  let from = 0
  let held = 0
  const close = (to: number) => {
    if (to > from) parts.push({ weight: weightOf(held), rows: held, part: { ...all, groups: { from, to } } })
    from = to
    held = 0
  }
  for (const [group, count] of rows.entries()) {
    if (held + count > ROWS) close(group)
    held += count
    if (count <= SLICE_ROWS) continue
    for (const slice of pieces(count, SLICE_ROWS)) {
      const part = { ...all, groups: { from: group, to: group + 1 }, slice }
      parts.push({ weight: weightOf(slice.to - slice.from), rows: slice.to - slice.from, part })
    }
    from = group + 1
    held = 0
  }
  close(rows.length)
  return parts
}

/** Rows of each row group; undefined when the table is broken. */
async function rowsOf(entry: FileEntry, files: IndexContext["files"], signal: AbortSignal) {
  try {
    const { row_groups } = await readFooter(files.open(entry), { signal, keep: () => false })
    return row_groups.map(({ num_rows }) => num_rows)
  } catch (error) {
    if (error instanceof AppError && ["invalid", "limit", "unsupported"].includes(error.kind)) return undefined
    throw error
  }
}

function pieces(total: number, step: number) {
  const all: { from: number; to: number }[] = []
  for (let from = 0; from < total; from += step) all.push({ from, to: Math.min(total, from + step) })
  return all
}
