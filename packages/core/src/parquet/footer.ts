import { AppError } from "../error.ts"
import type { Bytes } from "../files/files.ts"
import { parseFooter, type Footer } from "./footer-parse.ts"

export type { ColumnChunk, Footer, RowGroup, SchemaElement } from "./footer-parse.ts"

/** Enough for the footer of nearly every table, so that one range does. */
const FIRST_READ = 64 * 1024
const MAX_FOOTER = 64 * 1024 * 1024
const POINTER = "version https://git-lfs"
/** `<metadata> <metadata length, 4 bytes LE> PAR1` */
const TAIL = 8

export interface FooterOptions {
  signal?: AbortSignal
  /** Bytes of the first range; the whole file when it is smaller. */
  firstRead?: number
  /** Column chunks worth keeping; the others are skipped without being built. All when absent. */
  keep?: (path: readonly string[]) => boolean
}

/**
 * Reads and parses a table's footer in one range, two when it is longer than the first.
 *
 * @throws AppError `dataset_malformed` with `path` when the bytes are no Parquet footer, `lfs_pointer`, `too_large` beyond 64 MB.
 */
export async function readFooter(bytes: Bytes, options: FooterOptions = {}): Promise<Footer> {
  const { path, size } = bytes
  if (size < TAIL + 4) throw malformed(path, `${path} is ${size} bytes long, too short to be a Parquet table.`)
  const tailStart = Math.max(0, size - (options.firstRead ?? FIRST_READ))
  const tail = Buffer.from(await bytes.read(tailStart, size, options.signal))
  const magic = tail.toString("latin1", tail.length - 4)
  if (magic === "PARE") throw malformed(path, `${path} is encrypted Parquet; it needs a key.`)
  if (tailStart === 0 && tail.toString("latin1", 0, POINTER.length) === POINTER) {
    throw new AppError("lfs_pointer", `${path} is a Git LFS pointer, not the table itself.`, { path })
  }
  if (magic !== "PAR1") throw malformed(path, whyNoFooter(path, tail, tailStart))
  const length = tail.readUInt32LE(tail.length - TAIL)
  if (length === 0 || length > size - TAIL - 4) {
    throw malformed(path, `${path} claims a footer of ${length} bytes in a file of ${size}.`)
  }
  if (length > MAX_FOOTER) {
    throw new AppError("too_large", `The footer of ${path} is ${length} bytes long; the limit is ${MAX_FOOTER}.`, {
      path,
    })
  }
  const footerStart = size - TAIL - length
  const missing = footerStart < tailStart ? await bytes.read(footerStart, tailStart, options.signal) : undefined
  const footer = missing ? Buffer.concat([missing, tail]) : tail.subarray(footerStart - tailStart)
  try {
    return parseFooter(footer.subarray(0, length), footerStart, options.keep)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw malformed(path, `The footer of ${path} cannot be parsed: ${reason}.`, cause)
  }
}

function whyNoFooter(path: string, tail: Buffer, tailStart: number): string {
  const isWhole = tailStart === 0
  if (isWhole && tail.toString("latin1", 0, 4) === "PAR1") {
    return `${path} has no Parquet footer: it begins with PAR1 but does not end in it, as if its writing was interrupted.`
  }
  return `${path} has no Parquet footer: it does not end in PAR1.`
}

const malformed = (path: string, detail: string, cause?: unknown) =>
  new AppError("dataset_malformed", detail, { path, cause })
