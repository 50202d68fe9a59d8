import { AppError } from "../../../error.ts"
import type { Bytes } from "../../../files/files.ts"
import { RANGE } from "../jsonl.ts"
import { decodeText, isRecord, kindOf, parseJson } from "../text.ts"
import type { TextFacts } from "./subjects.ts"

/**
 * Reads a JSON object whole, with what is odd about how it is written.
 *
 * @throws AppError `dataset_malformed`, `lfs_pointer` or `too_large`, all with `path`.
 */
export async function readJsonFacts(
  bytes: Bytes,
  limit: number,
  signal: AbortSignal,
): Promise<{ raw: Record<string, unknown>; text: TextFacts }> {
  const { path, size } = bytes
  if (size > limit) throw new AppError("too_large", `${path} is ${size} bytes long; the limit is ${limit}.`, { path })
  if (size === 0) throw new AppError("dataset_malformed", `${path} is empty.`, { path })
  const body = await bytes.read(0, size, signal)
  const { text, isUtf8 } = decodeText(body)
  refusePointer(path, body.subarray(0, 64))
  let raw: unknown
  try {
    raw = parseJson(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError("dataset_malformed", `${path} is not valid JSON: ${reason.slice(0, 200)}.`, { path, cause })
  }
  if (!isRecord(raw)) throw new AppError("dataset_malformed", `${path} holds ${kindOf(raw)}, not an object.`, { path })
  return { raw, text: { ...textFacts(path, body), isUtf8, hasTokens: !isStrict(text) } }
}

/** What the first bytes tell; `isUtf8` and `hasTokens` are for the caller to find out. */
export const textFacts = (path: string, body: Uint8Array): TextFacts => ({
  path,
  size: body.length,
  isUtf8: true,
  hasByteOrderMark: body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf,
  hasTokens: false,
})

function isStrict(text: string) {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * The beginning of a file of lines, and the same file for `readLines`, whose first range it is: it is read once.
 *
 * @throws AppError `lfs_pointer`.
 */
export async function beginLines(file: Bytes, signal: AbortSignal): Promise<{ head: Uint8Array; bytes: Bytes }> {
  const { path, size } = file
  const head = await file.read(0, Math.min(RANGE, size), signal)
  refusePointer(path, head.subarray(0, 64))
  let first: Uint8Array | undefined = head
  const read: Bytes["read"] = async (start, end, each) => {
    const kept = start === 0 && end === first?.length ? first : undefined
    first = undefined
    return kept ?? file.read(start, end, each)
  }
  return { head, bytes: { path, size, read } }
}

/** @throws AppError `lfs_pointer` when the first bytes of a file are those of a pointer. */
export function refusePointer(path: string, head: Uint8Array) {
  if (!Buffer.from(head).toString("latin1").startsWith("version https://git-lfs")) return
  throw new AppError("lfs_pointer", `${path} is a Git LFS pointer, not the file itself.`, { path })
}
