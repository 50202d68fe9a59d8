import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib"
import { Unsupported } from "./budget.ts"
import type { Codec } from "./footer-parse.ts"
import { Corrupt } from "./thrift.ts"

/** Unpacks a page to exactly `size` bytes; never allocates more, whatever the bytes claim. */
export function decompress(codec: Codec, bytes: Uint8Array, size: number): Uint8Array {
  const page = unpack(codec, bytes, size)
  if (page.length !== size) throw new Corrupt(`a page unpacks to ${page.length} bytes, its header says ${size}`)
  return page
}

function unpack(codec: Codec, bytes: Uint8Array, size: number): Uint8Array {
  if (codec === "UNCOMPRESSED") return bytes
  if (size === 0) return new Uint8Array(0)
  if (codec === "SNAPPY") return unpackSnappy(bytes, size)
  if (codec === "LZ4_RAW") return unpackLz4(bytes, size)
  const limit = { maxOutputLength: size }
  if (codec === "ZSTD") return zstdDecompressSync(bytes, limit)
  if (codec === "GZIP") return gunzipSync(bytes, limit)
  if (codec === "BROTLI") return brotliDecompressSync(bytes, limit)
  throw new Unsupported(`its compression (${codec}) is not supported`)
}

/** Snappy's raw format: a length, then literals and back references. */
export function unpackSnappy(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  let at = 0
  while ((bytes[at++] ?? 0) >= 0x80) if (at > 5) throw new Corrupt("a Snappy page has no length")
  let to = 0
  while (at < bytes.length) {
    const tag = bytes[at++]!
    if ((tag & 3) === 0) {
      let length = (tag >> 2) + 1
      if (length > 60) {
        const width = length - 60
        length = little(bytes, at, width) + 1
        at += width
      }
      if (at + length > bytes.length || to + length > size) throw new Corrupt("a Snappy page overflows")
      out.set(bytes.subarray(at, at + length), to)
      at += length
      to += length
      continue
    }
    const kind = tag & 3
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const width = kind === 3 ? 4 : kind
    const distance = kind === 1 ? ((tag >> 5) << 8) | (bytes[at] ?? 0) : little(bytes, at, width)
    at += width
    to = repeat(out, to, distance, length)
  }
  if (to !== size) throw new Corrupt(`a Snappy page unpacks to ${to} bytes, its header says ${size}`)
  return out
}

/** One LZ4 block without frame. */
export function unpackLz4(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size)
  let at = 0
  let to = 0
  const extended = (nibble: number) => {
    if (nibble < 15) return nibble
    let length = 15
    for (let more = 255; more === 255; length += more) {
      if (at >= bytes.length) throw new Corrupt("an LZ4 page ends early")
      more = bytes[at++]!
    }
    return length
  }
  while (at < bytes.length) {
    const token = bytes[at++]!
    const literals = extended(token >> 4)
    if (at + literals > bytes.length || to + literals > size) throw new Corrupt("an LZ4 page overflows")
    out.set(bytes.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at >= bytes.length) break
    const distance = little(bytes, at, 2)
    at += 2
    to = repeat(out, to, distance, extended(token & 15) + 4)
  }
  return out.subarray(0, to)
}

/** Copies from what was already written; source and target may overlap, that is how runs are stored. */
function repeat(out: Uint8Array, to: number, distance: number, length: number): number {
  if (distance === 0 || distance > to || to + length > out.length) throw new Corrupt("a page refers outside of itself")
  if (distance >= length) out.copyWithin(to, to - distance, to - distance + length)
  else for (let index = 0; index < length; index++) out[to + index] = out[to + index - distance]!
  return to + length
}

function little(bytes: Uint8Array, at: number, width: number): number {
  if (at + width > bytes.length) throw new Corrupt("a page ends early")
  let value = 0
  for (let index = width - 1; index >= 0; index--) value = value * 256 + bytes[at + index]!
  return value
}
