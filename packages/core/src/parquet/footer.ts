import { parquetMetadata, type FileMetaData } from "hyparquet"
import { AppError } from "../error.ts"
import type { Bytes } from "../files/files.ts"

/** Enough for the footer of nearly every table, so that one range does. */
const FIRST_READ = 64 * 1024
const MAX_FOOTER = 64 * 1024 * 1024
/** `<metadata> <metadata length, 4 bytes LE> PAR1` */
const TAIL = 8

/**
 * Reads and parses a table's footer in one range, two when it is longer than 64 KB.
 *
 * @throws AppError `dataset_malformed` with `path` when the bytes are no Parquet footer, `too_large` beyond 64 MB.
 */
export async function readFooter(bytes: Bytes, { signal }: { signal?: AbortSignal } = {}): Promise<FileMetaData> {
  const { path, size } = bytes
  if (size < TAIL + 4) throw malformed(path, `${path} is ${size} bytes long, too short to be a Parquet table.`)
  const tailStart = Math.max(0, size - FIRST_READ)
  const tail = await bytes.read(tailStart, size, signal)
  const magic = Buffer.from(tail.subarray(-4)).toString("latin1")
  if (magic === "PARE") throw malformed(path, `${path} is encrypted Parquet; it needs a key.`)
  if (magic !== "PAR1") {
    throw malformed(path, `${path} has no Parquet footer: it does not end in PAR1, as if its writing was interrupted.`)
  }
  const length = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).readUInt32LE(tail.byteLength - TAIL)
  if (length === 0 || length > size - TAIL - 4) {
    throw malformed(path, `${path} claims a footer of ${length} bytes in a file of ${size}.`)
  }
  if (length > MAX_FOOTER) {
    throw new AppError("too_large", `The footer of ${path} is ${length} bytes long; the limit is ${MAX_FOOTER}.`, {
      path,
    })
  }
  const footerStart = size - TAIL - length
  const missing = footerStart < tailStart ? await bytes.read(footerStart, tailStart, signal) : undefined
  const footer = missing ? Buffer.concat([missing, tail]) : tail.subarray(footerStart - tailStart)
  try {
    return parquetMetadata(new Uint8Array(footer), { geoparquet: false })
  } catch (cause) {
    throw malformed(path, `The footer of ${path} cannot be parsed.`, cause)
  }
}

const malformed = (path: string, detail: string, cause?: unknown) =>
  new AppError("dataset_malformed", detail, { path, cause })
