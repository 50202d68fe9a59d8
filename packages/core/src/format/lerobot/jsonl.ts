import { AppError } from "../../error.ts"
import type { Bytes } from "../../files/files.ts"
import { decodeText, parseJson } from "./text.ts"

/** What a range has at most; the first of a whole file is from its beginning. */
export const RANGE = 4 * 1024 * 1024
/** The rest of a line beyond a slice. */
const REST = 16 * 1024
const MAX_LINE = 4 * 1024 * 1024
const MAX_FILE = 1024 * 1024 * 1024
const NEWLINE = 10
const NOTHING: Uint8Array = new Uint8Array(0)

export interface Line {
  /** From 1, as editors count; of a slice, from where it begins. */
  number: number
  /** Where in the file it begins, in bytes. */
  at: number
  /** Undefined when the line is no JSON. */
  value: unknown
}

/** Bytes of a file: the lines that begin in it. Slices that lie end to end have every line once. */
export interface Slice {
  from: number
  to: number
}

/**
 * The lines of a JSON Lines file, or of a slice of it, in ranges of 4 MB, however long it is. Blank lines, a byte order mark,
 * CRLF and a missing last newline do not matter; a line that is no JSON comes with an undefined value.
 *
 * @throws AppError `too_large` beyond 1 GB or when a line is longer than 4 MB.
 */
export async function* readLines(bytes: Bytes, signal?: AbortSignal, slice?: Slice): AsyncGenerator<Line> {
  const { path, size } = bytes
  if (size > MAX_FILE)
    throw new AppError("too_large", `${path} is ${size} bytes long; the limit is ${MAX_FILE}.`, { path })
  const { from: begin, to } = slice ?? { from: 0, to: size }
  // The byte before tells whether a line begins here; else it is the end of one that is another's.
  let isWhole = begin === 0
  let rest = NOTHING
  let at = Math.max(0, begin - 1)
  let number = 0
  for (let start = at; start < size;) {
    // Beyond the slice only the end of its last line is of interest.
    const end = Math.min(size, start < to ? Math.min(to, start + RANGE) : start + REST)
    const body = await bytes.read(start, end, signal)
    start = end
    let from = 0
    for (let cut = body.indexOf(NEWLINE); cut >= 0; cut = body.indexOf(NEWLINE, from)) {
      if (isWhole && at >= to) return
      const ours = body.subarray(from, cut)
      const whole = rest.length ? Buffer.concat([rest, ours]) : ours
      const line = isWhole ? parseLine(whole, ++number, at) : undefined
      if (line) yield line
      isWhole = true
      at += whole.length + 1
      from = cut + 1
      rest = NOTHING
    }
    // A copy, so that a line does not hold on to megabytes.
    rest = Buffer.concat([rest, body.subarray(from)])
    if (isWhole && at >= to) return
    if (rest.length > MAX_LINE) {
      throw new AppError("too_large", `Line ${number + 1} of ${path} is longer than ${MAX_LINE} bytes.`, { path })
    }
  }
  const last = isWhole ? parseLine(rest, number + 1, at) : undefined
  if (last) yield last
}

function parseLine(bytes: Uint8Array, number: number, at: number): Line | undefined {
  const text = decodeText(bytes).text.trim()
  if (text === "") return undefined
  try {
    return { number, at, value: parseJson(text) }
  } catch {
    return { number, at, value: undefined }
  }
}
