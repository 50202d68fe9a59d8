import type { Bytes } from "./files.ts"

/**
 * Keeps what is read, and reads only what it has not: for a file that is looked at more than once.
 *
 * @param hasRoom asked with the bytes of every range that was read, which it keeps if so.
 */
export function keepRanges(bytes: Bytes, hasRoom: (length: number) => boolean): Bytes {
  const { path, size } = bytes
  /** By start. */
  const kept: { start: number; body: Uint8Array }[] = []
  return {
    path,
    size,
    async read(start, end, signal) {
      const pieces: Uint8Array[] = []
      const fetched: typeof kept = []
      const fetch = async (from: number, to: number) => {
        const body = await bytes.read(from, to, signal)
        fetched.push({ start: from, body })
        pieces.push(body)
      }
      let at = start
      for (const { start: from, body } of kept.filter(
        (each) => each.start < end && each.start + each.body.length > start,
      )) {
        const to = from + body.length
        if (to <= at) continue
        if (from > at) await fetch(at, from)
        at = Math.max(at, from)
        pieces.push(body.subarray(at - from, Math.min(to, end) - from))
        at = Math.min(to, end)
      }
      if (at < end) await fetch(at, end)
      kept.push(...fetched.filter(({ body }) => hasRoom(body.length)))
      kept.sort((a, b) => a.start - b.start)
      return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    },
  }
}
