import { AppError } from "../../error.ts"
import type { Bytes } from "../../files/files.ts"
import { decodeText, parseJson } from "./text.ts"

const RANGE = 4 * 1024 * 1024
const MAX_LINE = 4 * 1024 * 1024
const MAX_FILE = 1024 * 1024 * 1024
const NEWLINE = 10

export interface Line {
  /** From 1, as editors count. */
  number: number
  /** Undefined when the line is no JSON. */
  value: unknown
}

/**
 * The lines of a JSON Lines file in ranges of 4 MB, however long it is. Blank lines, a byte order mark, CRLF and a missing last
 * newline do not matter; a line that is no JSON comes with an undefined value.
 *
 * @throws AppError `too_large` beyond 1 GB or when a line is longer than 4 MB.
 */
export async function* readLines(bytes: Bytes, signal?: AbortSignal): AsyncGenerator<Line> {
  const { path, size } = bytes
  if (size > MAX_FILE)
    throw new AppError("too_large", `${path} is ${size} bytes long; the limit is ${MAX_FILE}.`, { path })
  let rest: Uint8Array = new Uint8Array(0)
  let number = 0
  for (let start = 0; start < size; start += RANGE) {
    const end = Math.min(size, start + RANGE)
    const body = await bytes.read(start, end, signal)
    const window = rest.length ? Buffer.concat([rest, body]) : body
    let from = 0
    for (let at = window.indexOf(NEWLINE, rest.length); at >= 0; at = window.indexOf(NEWLINE, from)) {
      number++
      const line = parseLine(window.subarray(from, at), number)
      if (line) yield line
      from = at + 1
    }
    rest = window.subarray(from)
    if (rest.length > MAX_LINE) {
      throw new AppError("too_large", `Line ${number + 1} of ${path} is longer than ${MAX_LINE} bytes.`, { path })
    }
  }
  const last = parseLine(rest, number + 1)
  if (last) yield last
}

function parseLine(bytes: Uint8Array, number: number): Line | undefined {
  const text = decodeText(bytes).text.trim()
  if (text === "") return undefined
  try {
    return { number, value: parseJson(text) }
  } catch {
    return { number, value: undefined }
  }
}
