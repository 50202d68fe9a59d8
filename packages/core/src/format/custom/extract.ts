import type { FileEntry } from "../../files/files.ts"
import type { ExtractContext } from "../adapter.ts"
import { FileTally, kindOf } from "../file-kinds.ts"
import type { DatasetMetadata } from "../schema.ts"
import { undeclared } from "../undeclared.ts"
import { csvTable, jsonlTable, type Table } from "./tables.ts"

/** Tables looked into, first come first served in path order. */
const MAX_TABLES = 40
const PREFIX = 64 * 1024

/** Files by kind, and the columns of csv and jsonl tables from their first 64 KB. */
export async function extract(ctx: ExtractContext): Promise<DatasetMetadata> {
  const tally = new FileTally()
  const candidates: FileEntry[] = []
  let tableCount = 0
  for await (const file of ctx.files.list("", ctx.signal)) {
    tally.add(file)
    const kind = kindOf(file.path)
    // A compressed table would have to be fetched whole to be seen into; it is counted and left closed.
    if ((kind !== "csv" && kind !== "jsonl") || !/\.(csv|tsv|jsonl|ndjson)$/i.test(file.path)) continue
    tableCount++
    if (candidates.length < MAX_TABLES) candidates.push(file)
  }
  ctx.progress(40, "Files listed")

  const tables: Table[] = []
  for (const file of candidates) {
    ctx.signal.throwIfAborted()
    const end = Math.min(PREFIX, file.size)
    const prefix = end === 0 ? new Uint8Array() : await ctx.files.open(file).read(0, end, ctx.signal)
    const read = kindOf(file.path) === "csv" ? csvTable : jsonlTable
    tables.push(read(file.path, prefix, end === file.size))
    ctx.progress(40 + (55 * tables.length) / candidates.length, `Columns of ${file.path}`)
  }

  const notes = ["A custom repository declares no episodes, frames or cameras, so these are unknown."]
  if (tableCount > MAX_TABLES) notes.push(`The columns of the first ${MAX_TABLES} of ${tableCount} tables were read.`)
  for (const table of tables) if (table.problem) notes.push(`${table.path}: ${table.problem}`)
  return undeclared("custom", ctx, tally, { notes, details: { tables } })
}
