import { AppError } from "../../error.ts"
import type { FileEntry } from "../../files/files.ts"
import { readFooter, type Footer } from "../../parquet/footer.ts"
import type { ExtractContext } from "../adapter.ts"
import { FileTally, kindOf } from "../file-kinds.ts"
import type { DatasetMetadata } from "../schema.ts"
import { undeclared } from "../undeclared.ts"
import { columnsOf, type Column } from "./columns.ts"

/** Footers read per dataset; beyond it the totals are unknown and a note says so. */
const MAX_FOOTERS = 1000
const AT_ONCE = 6
const MAX_COLUMNS_SHOWN = 500

/** Rows, row groups and schema of every table, from the footers alone: no data page is read. */
export async function extract(ctx: ExtractContext): Promise<DatasetMetadata> {
  const tally = new FileTally()
  const tables: FileEntry[] = []
  let tableCount = 0
  for await (const file of ctx.files.list("", ctx.signal)) {
    tally.add(file)
    if (kindOf(file.path) !== "parquet") continue
    tableCount++
    if (tables.length < MAX_FOOTERS) tables.push(file)
  }

  const summary = new Summary()
  let next = 0
  const readAll = async () => {
    for (let at = next++; at < tables.length; at = next++) {
      const file = tables[at]!
      ctx.signal.throwIfAborted()
      summary.add(file, await footerOf(ctx, file))
      ctx.progress(5 + (90 * (at + 1)) / tables.length, `Footer of ${file.path}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, readAll))
  return summary.toMetadata(ctx, tally, tableCount)
}

/** The footer, or the error if the file is at fault. The Hub's errors are thrown: they say nothing about the file. */
async function footerOf(ctx: ExtractContext, file: FileEntry): Promise<Footer | AppError> {
  try {
    return await readFooter(ctx.files.open(file), { signal: ctx.signal, keep: () => false })
  } catch (error) {
    if (error instanceof AppError && (error.kind === "invalid" || error.kind === "limit")) return error
    throw error
  }
}

class Summary {
  rows = 0
  row_groups = 0
  readonly broken: { path: string; reason: string }[] = []
  readonly schemas = new Map<string, { columns: Column[]; files: string[]; count: number }>()
  readonly writers = new Set<string>()

  add(file: FileEntry, footer: Footer | AppError) {
    if (footer instanceof AppError) return void this.broken.push({ path: file.path, reason: footer.message })
    this.rows += footer.num_rows
    this.row_groups += footer.row_groups.length
    if (footer.created_by) this.writers.add(footer.created_by.slice(0, 200))
    const columns = columnsOf(footer)
    const key = JSON.stringify(columns)
    const schema = this.schemas.get(key) ?? { columns, files: [], count: 0 }
    this.schemas.set(key, schema)
    schema.count++
    if (schema.files.length < 5) schema.files.push(file.path)
  }

  toMetadata(ctx: ExtractContext, tally: FileTally, tableCount: number): DatasetMetadata {
    const readable = Math.min(tableCount, MAX_FOOTERS) - this.broken.length
    if (readable === 0) {
      const first = this.broken[0]
      throw new AppError("dataset_malformed", first?.reason ?? "No Parquet file could be read.", { path: first?.path })
    }
    const isWhole = this.broken.length === 0 && tableCount <= MAX_FOOTERS
    const schemas = [...this.schemas.values()].sort((a, b) => b.count - a.count)
    const columns = schemas[0]!.columns
    return undeclared("parquet", ctx, tally, {
      notes: this.notes(tableCount, schemas.length, columns.length),
      details: {
        tables: tableCount,
        tables_read: readable,
        rows: isWhole ? this.rows : null,
        rows_read: this.rows,
        row_groups: isWhole ? this.row_groups : null,
        columns: columns.slice(0, MAX_COLUMNS_SHOWN),
        schemas: schemas.slice(0, 10).map(({ columns, files, count }) => ({ columns: columns.length, files, count })),
        created_by: [...this.writers].slice(0, 10),
        unreadable: this.broken.slice(0, 20),
      },
    })
  }

  notes(tableCount: number, schemaCount: number, columnCount: number): string[] {
    const notes = [
      "Plain Parquet declares no episodes, frames, cameras or actions, so these are unknown; rows and columns are in the details.",
    ]
    if (this.broken.length) {
      const { path, reason } = this.broken[0]!
      notes.push(
        `${this.broken.length} of ${tableCount} tables could not be read, so the total of rows is unknown. ${path}: ${reason}`,
      )
    }
    if (tableCount > MAX_FOOTERS) {
      notes.push(`The footers of ${MAX_FOOTERS} of ${tableCount} tables were read, so the total of rows is unknown.`)
    }
    if (schemaCount > 1) notes.push(`The tables have ${schemaCount} different schemas; the most frequent is shown.`)
    if (columnCount > MAX_COLUMNS_SHOWN) notes.push(`${MAX_COLUMNS_SHOWN} of ${columnCount} columns are shown.`)
    return notes
  }
}
