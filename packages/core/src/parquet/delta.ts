import { type Budget } from "./budget.ts"
import { Corrupt } from "./thrift.ts"

const MAX_BLOCK = 1 << 16

/** DELTA_BINARY_PACKED: blocks of differences, each at its own bit width. `end` is the first byte after them. */
export function deltaNumbers(bytes: Uint8Array, expected: number): { values: BigInt64Array; end: number } {
  const cursor = new Bits(bytes)
  const blockSize = Number(cursor.varint())
  const perBlock = Number(cursor.varint())
  const count = Number(cursor.varint())
  const size = blockSize / perBlock
  if (!(blockSize > 0 && blockSize <= MAX_BLOCK && Number.isInteger(size))) throw new Corrupt("a broken delta block")
  if (count !== expected) throw new Corrupt(`${count} differences for ${expected} values`)

  const values = new BigInt64Array(count)
  let value = cursor.zigzag()
  if (count > 0) values[0] = value
  for (let at = 1; at < count;) {
    const least = cursor.zigzag()
    const widths = cursor.take(perBlock)
    for (const width of widths) {
      if (at >= count) break
      if (width > 64) throw new Corrupt(`differences of ${width} bits`)
      const packed = cursor.take((size * width) / 8)
      for (let index = 0; index < size && at < count; index++) {
        value = BigInt.asIntN(64, value + least + bitsAt(packed, index * width, width))
        values[at++] = value
      }
    }
  }
  return { values, end: cursor.at }
}

/** DELTA_LENGTH_BYTE_ARRAY, and DELTA_BYTE_ARRAY where each value shares a prefix with the one before. */
export function deltaByteArrays(bytes: Uint8Array, count: number, hasPrefixes: boolean, budget: Budget): Uint8Array[] {
  const prefixes = hasPrefixes ? deltaNumbers(bytes, count) : undefined
  const rest = bytes.subarray(prefixes?.end ?? 0)
  const suffixes = deltaNumbers(rest, count)
  const arrays: Uint8Array[] = []
  let at = suffixes.end
  let last = new Uint8Array(0)
  for (let index = 0; index < count; index++) {
    const prefix = Number(prefixes?.values[index] ?? 0n)
    const length = Number(suffixes.values[index]!)
    if (prefix < 0 || prefix > last.length || length < 0 || at + length > rest.length)
      throw new Corrupt("a broken text")
    budget.spend(prefix + length)
    const value = new Uint8Array(prefix + length)
    value.set(last.subarray(0, prefix))
    value.set(rest.subarray(at, at + length), prefix)
    arrays.push((last = value))
    at += length
  }
  return arrays
}

function bitsAt(bytes: Uint8Array, bit: number, width: number): bigint {
  let value = 0n
  for (let read = 0; read < width;) {
    const at = bit + read
    const take = Math.min(8 - (at % 8), width - read)
    const part = (bytes[Math.floor(at / 8)]! >> (at % 8)) & ((1 << take) - 1)
    value |= BigInt(part) << BigInt(read)
    read += take
  }
  return value
}

class Bits {
  readonly bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) break
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new Corrupt("a broken delta block")
  }

  zigzag(): bigint {
    const value = this.varint()
    return (value >> 1n) ^ -(value & 1n)
  }

  take(count: number): Uint8Array {
    const end = this.at + count
    if (!Number.isInteger(count) || end > this.bytes.length) throw new Corrupt("a broken delta block")
    return this.bytes.subarray(this.at, (this.at = end))
  }
}
