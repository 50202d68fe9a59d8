/** Half-open `[start, end)` of a file, or how a `Range` header ends otherwise. */
export type ByteRange = { start: number; end: number } | "whole" | "unsatisfiable"

/** Reads a `Range` header as the Hub's CDN does: several ranges, or anything malformed, get the whole file. */
export function parseRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "")
  if (!match) return "whole"
  const [, first, last] = match
  if (first === "" && last === "") return "whole"
  if (first === "") {
    const length = Math.min(Number(last), size)
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === "" ? size : Math.min(Number(last) + 1, size)
  if (last !== "" && Number(last) < start) return "whole"
  return start < size ? { start, end } : "unsatisfiable"
}
