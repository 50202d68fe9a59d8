import type { Bytes } from "../files/files.ts"

/**
 * Keeps the last range that reached the end of the file, and answers from it: what came with the footer is not fetched
 * again. A table no longer than the footer's first read then costs one request in all.
 */
export function rememberTail(bytes: Bytes): Bytes {
  const { path, size } = bytes
  let tail: { start: number; body: Uint8Array } | undefined
  return {
    path,
    size,
    async read(start, end, signal) {
      if (tail && start >= tail.start) return tail.body.subarray(start - tail.start, end - tail.start)
      if (tail && end > tail.start) {
        const front = await bytes.read(start, tail.start, signal)
        return Buffer.concat([front, tail.body.subarray(0, end - tail.start)])
      }
      const body = await bytes.read(start, end, signal)
      if (end === size) tail = { start, body }
      return body
    },
  }
}
