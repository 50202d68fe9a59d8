import { Unsupported, type Budget } from "./budget.ts"
import { deltaByteArrays, deltaNumbers } from "./delta.ts"
import type { Leaf } from "./leaves.ts"
import { readHybrid } from "./levels.ts"
import { Corrupt } from "./thrift.ts"

/**
 * Values without nulls. Integers of 64 bits become doubles, exact unless the leaf may be rounded; texts are decoded; booleans are 0 and 1.
 */
export type Values = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | string[] | Uint8Array[]

const utf8 = new TextDecoder()
const WIDTHS: Partial<Record<Leaf["kind"], number>> = { int32: 4, uint32: 4, int64: 8, uint64: 8, float: 4, double: 8 }

/** `count` values in the encoding of a data page, without its dictionary. */
export function readValues(encoding: string, bytes: Uint8Array, leaf: Leaf, count: number, budget: Budget): Values {
  if (encoding === "PLAIN") return readPlain(bytes, leaf, count, budget)
  if (encoding === "RLE" && leaf.kind === "boolean") {
    const out = new Uint8Array(count)
    const length = view(bytes, 0, 4).getUint32(0, true)
    readHybrid(bytes, 4, Math.min(bytes.length, 4 + length), 1, out)
    return out
  }
  if (encoding === "BYTE_STREAM_SPLIT") return readPlain(unsplit(bytes, widthOf(leaf), count), leaf, count, budget)
  if (encoding === "DELTA_BINARY_PACKED") return fromIntegers(deltaNumbers(bytes, count).values, leaf)
  if (encoding === "DELTA_BYTE_ARRAY" || encoding === "DELTA_LENGTH_BYTE_ARRAY") {
    const arrays = deltaByteArrays(bytes, count, encoding === "DELTA_BYTE_ARRAY", budget)
    return leaf.kind === "text" ? arrays.map((each) => utf8.decode(each)) : arrays
  }
  throw new Unsupported(`its encoding (${encoding}) is not supported`)
}

export function readPlain(bytes: Uint8Array, leaf: Leaf, count: number, budget: Budget): Values {
  if (leaf.kind === "boolean") {
    if (count > bytes.length * 8) throw new Corrupt("a page has fewer values than it claims")
    return Uint8Array.from({ length: count }, (_, index) => (bytes[index >> 3]! >> (index & 7)) & 1)
  }
  if (leaf.kind === "text" || leaf.kind === "bytes") return readByteArrays(bytes, leaf.kind === "text", count, budget)
  if (leaf.kind === "fixed") {
    const { length } = leaf
    if (length === 0 || count * length > bytes.length) throw new Corrupt("a page has fewer values than it claims")
    return Array.from({ length: count }, (_, index) => bytes.subarray(index * length, (index + 1) * length))
  }
  const size = count * widthOf(leaf)
  if (size > bytes.length) throw new Corrupt("a page has fewer values than it claims")
  if (leaf.kind === "float") return copied(bytes, size, new Float32Array(count))
  if (leaf.kind === "double") return copied(bytes, size, new Float64Array(count))
  if (leaf.kind === "int32") return copied(bytes, size, new Int32Array(count))
  if (leaf.kind === "uint32") return copied(bytes, size, new Uint32Array(count))
  const low = copied(bytes, size, new Uint32Array(count * 2))
  const high = leaf.kind === "int64" ? new Int32Array(low.buffer) : low
  const out = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    out[index] = double(high[index * 2 + 1]! * 2 ** 32 + low[index * 2]!, leaf)
  }
  return out
}

/** Parquet is little-endian, as is every processor this runs on. */
function copied<A extends Exclude<Numbers, Uint8Array>>(bytes: Uint8Array, size: number, out: A): A {
  new Uint8Array(out.buffer, out.byteOffset, size).set(bytes.subarray(0, size))
  return out
}

/** Dictionary entries in the order of their indexes. */
export function fromDictionary(dictionary: Values, bytes: Uint8Array, count: number): Values {
  const indexes = new Int32Array(count)
  if (count > 0) readHybrid(bytes, 1, bytes.length, bytes[0] ?? 0, indexes)
  for (const index of indexes) {
    if (index < 0 || index >= dictionary.length)
      throw new Corrupt(`an index ${index} into ${dictionary.length} dictionary entries`)
  }
  if (Array.isArray(dictionary)) return Array.from(indexes, (index) => dictionary[index]!) as Values
  const out = empty(dictionary, count)
  for (let at = 0; at < count; at++) out[at] = dictionary[indexes[at]!]!
  return out
}

type Numbers = Exclude<Values, string[] | Uint8Array[]>
const empty = (like: Numbers, count: number): Numbers =>
  new (like.constructor as new (length: number) => Numbers)(count)

export function concatValues(parts: readonly Values[]): Values {
  if (parts.length === 1) return parts[0]!
  const first = parts[0]
  if (first === undefined) return []
  if (Array.isArray(first)) return (parts as (string[] | Uint8Array[])[]).flat() as Values
  const out = empty(
    first,
    (parts as Numbers[]).reduce((sum, part) => sum + part.length, 0),
  )
  let at = 0
  for (const part of parts as Numbers[]) {
    out.set(part, at)
    at += part.length
  }
  return out
}

function readByteArrays(bytes: Uint8Array, isText: boolean, count: number, budget: Budget): string[] | Uint8Array[] {
  const data = view(bytes, 0, bytes.length)
  const arrays: Uint8Array[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 4 > bytes.length) throw new Corrupt("a page has fewer values than it claims")
    const length = data.getUint32(at, true)
    const end = at + 4 + length
    if (end > bytes.length) throw new Corrupt(`a value of ${length} bytes reaches beyond its page`)
    arrays.push(bytes.subarray(at + 4, end))
    at = end
  }
  if (!isText) return arrays
  budget.spend(bytes.length)
  return arrays.map((each) => utf8.decode(each))
}

function fromIntegers(values: BigInt64Array, leaf: Leaf): Values {
  const { kind } = leaf
  if (kind === "int32") return Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value)))
  if (kind === "uint32") return Uint32Array.from(values, (value) => Number(BigInt.asUintN(32, value)))
  if (kind === "int64") return Float64Array.from(values, (value) => double(Number(value), leaf))
  if (kind === "uint64") return Float64Array.from(values, (value) => double(Number(BigInt.asUintN(64, value)), leaf))
  throw new Corrupt("integers where another type belongs")
}

function double(value: number, { isRounded }: Leaf): number {
  if (!isRounded && !Number.isSafeInteger(value)) throw new Unsupported("it holds an integer beyond 2^53")
  return value
}

function widthOf(leaf: Leaf): number {
  const width = leaf.kind === "fixed" ? leaf.length : WIDTHS[leaf.kind]
  if (!width) throw new Corrupt("an encoding that does not fit its type")
  return width
}

/** Byte planes back to values. */
function unsplit(bytes: Uint8Array, width: number, count: number): Uint8Array {
  if (count * width > bytes.length) throw new Corrupt("a page has fewer values than it claims")
  const out = new Uint8Array(count * width)
  for (let plane = 0; plane < width; plane++) {
    for (let index = 0; index < count; index++) out[index * width + plane] = bytes[plane * count + index]!
  }
  return out
}

function view(bytes: Uint8Array, start: number, length: number): DataView {
  if (start + length > bytes.length) throw new Corrupt("a page has fewer values than it claims")
  return new DataView(bytes.buffer, bytes.byteOffset + start, length)
}
