import { AppError } from "../../error.ts"
import type { FileEntry } from "../../files/files.ts"
import { readFooter } from "../../parquet/footer.ts"
import type { ExtractContext } from "../adapter.ts"
import type { DeclaredCamera } from "./declared-camera.ts"
import { shown, type Notes } from "./notes.ts"

/**
 * Image cameras whose column one data table does not have: ports declare `image` and bring videos, or nothing. Costs the footer of
 * one table, and only when there is such a camera.
 */
export async function absentImages(
  ctx: ExtractContext,
  cameras: readonly DeclaredCamera[],
  table: FileEntry | null,
  notes: Notes,
): Promise<ReadonlySet<string>> {
  const images = cameras.filter(({ isVideo }) => !isVideo)
  if (images.length === 0 || !table) return new Set()
  try {
    const { schema } = await readFooter(ctx.files.open(table), { signal: ctx.signal, keep: () => false })
    const names = new Set(schema.map(({ name }) => name))
    const absent = images.map(({ key }) => key).filter((key) => !names.has(key))
    for (const key of absent)
      notes.add(`Camera ${shown(key)} is declared as images in the tables, but ${table.path} has no such column.`)
    return new Set(absent)
  } catch (error) {
    if (!(error instanceof AppError) || (error.kind !== "invalid" && error.kind !== "limit")) throw error
    notes.add(`Whether the tables hold the images is not known: ${error.message}`)
    return new Set()
  }
}
