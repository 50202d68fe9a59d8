import { Corrupt } from "./thrift.ts"

/** Bits that hold every level up to `max`. */
export const bitsFor = (max: number) => 32 - Math.clz32(max)

/**
 * Reads `out.length` numbers of `width` bits in Parquet's mix of runs and bit packing. A run longer than what is wanted is
 * cut, so a lying run length costs nothing.
 */
export function readHybrid(bytes: Uint8Array, start: number, end: number, width: number, out: Uint8Array | Int32Array) {
  if (width > 32) throw new Corrupt(`numbers of ${width} bits`)
  let at = start
  let count = 0
  while (count < out.length) {
    let header = 0
    for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
      if (at >= end || scale > 2 ** 35) throw new Corrupt("fewer levels or indexes than values")
      byte = bytes[at++]!
      header += (byte & 0x7f) * scale
    }
    const length = Math.floor(header / 2)
    if (header % 2 === 0) {
      let value = 0
      const size = (width + 7) >> 3
      if (at + size > end) throw new Corrupt("fewer levels or indexes than values")
      for (let index = size - 1; index >= 0; index--) value = value * 256 + bytes[at + index]!
      at += size
      const to = Math.min(out.length, count + length)
      out.fill(value, count, to)
      count = to
    } else {
      const available = width === 0 ? Infinity : Math.floor(((end - at) * 8) / width)
      const take = Math.min(length * 8, out.length - count, available)
      if (take < Math.min(length * 8, out.length - count)) throw new Corrupt("fewer levels or indexes than values")
      unpackBits(bytes, at, width, out, count, take)
      count += take
      at += length * width
    }
  }
}

function unpackBits(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array | Int32Array,
  to: number,
  count: number,
) {
  if (width === 0) return void out.fill(0, to, to + count)
  const size = 2 ** width
  for (let index = 0; index < count; index++) {
    const bit = index * width
    const byte = at + Math.floor(bit / 8)
    const shift = bit % 8
    // Five bytes hold any 32 bits at any shift, and 40 bits are exact in a double.
    const wide =
      (bytes[byte] ?? 0) +
      (bytes[byte + 1] ?? 0) * 2 ** 8 +
      (bytes[byte + 2] ?? 0) * 2 ** 16 +
      (shift + width > 24 ? (bytes[byte + 3] ?? 0) * 2 ** 24 + (bytes[byte + 4] ?? 0) * 2 ** 32 : 0)
    out[to + index] = Math.floor(wide / 2 ** shift) % size
  }
}
