/** What a compact-protocol field can be. `TRUE` and `FALSE` carry the value in the type. */
const TRUE = 1
const FALSE = 2
export const FALSE_TYPE = FALSE
const BYTE = 3
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const MAP = 11
export const STRUCT = 12

const MAX_DEPTH = 32
const utf8 = new TextDecoder()

/** The bytes are not what they claim to be. Callers turn it into an error that names the file. */
export class Corrupt extends Error {
  override readonly name = "Corrupt"
}

/**
 * Cursor over Thrift's compact protocol, as Parquet uses it. Nothing is allocated that the bytes do not hold, so a lying
 * length costs nothing, and what a caller does not want is skipped without being built.
 */
export class Thrift {
  readonly bytes: Uint8Array
  at: number
  #depth = 0

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  byte(): number {
    const value = this.bytes[this.at++]
    if (value === undefined) throw new Corrupt("it ends in the middle of a value")
    return value
  }

  /** Unsigned LEB128. Exact up to 2^53, which every count, size and offset of a real file is. */
  varint(): number {
    let value = 0
    let scale = 1
    for (let read = 0; read < 10; read++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new Corrupt("a number has more than 64 bits")
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A count, size or offset: never negative, never beyond 2^53. */
  natural(): number {
    const value = this.zigzag()
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) throw new Corrupt(`${value} where a size or a count belongs`)
    return value
  }

  binary(): Uint8Array {
    const length = this.varint()
    const end = this.at + length
    if (end > this.bytes.length) throw new Corrupt(`a string of ${length} bytes reaches beyond the end`)
    const value = this.bytes.subarray(this.at, end)
    this.at = end
    return value
  }

  string(): string {
    return utf8.decode(this.binary())
  }

  /** Calls `field` for every field of a struct; a field it does not consume (returns false) is skipped. */
  struct(field: (id: number, type: number) => boolean | void): void {
    if (++this.#depth > MAX_DEPTH) throw new Corrupt(`structures nest deeper than ${MAX_DEPTH}`)
    let id = 0
    for (let head = this.byte(); (head & 0x0f) !== 0; head = this.byte()) {
      const type = head & 0x0f
      id = head >> 4 ? id + (head >> 4) : this.zigzag()
      if (field(id, type) === false) this.skip(type)
    }
    this.#depth--
  }

  /** Calls `element` once for every element of a list, with its position. */
  list(type: number, element: (index: number) => void): void {
    if (type !== LIST && type !== SET) throw new Corrupt("a single value where a list belongs")
    const size = this.#listHead().size
    for (let index = 0; index < size; index++) element(index)
  }

  skip(type: number): void {
    if (type === TRUE || type === FALSE) return
    if (type === BYTE) return void this.byte()
    if (type < DOUBLE) return void this.varint()
    if (type === DOUBLE) return this.#advance(8)
    if (type === BINARY) return void this.binary()
    if (type === STRUCT) return this.struct(() => false)
    if (type === LIST || type === SET) return this.#skipList()
    if (type === MAP) return this.#skipMap()
    throw new Corrupt(`a value of the unknown type ${type}`)
  }

  #skipList() {
    const { size, type } = this.#listHead()
    if (++this.#depth > MAX_DEPTH) throw new Corrupt(`structures nest deeper than ${MAX_DEPTH}`)
    for (let index = 0; index < size; index++) this.#skipElement(type)
    this.#depth--
  }

  #skipMap() {
    const size = this.varint()
    if (size === 0) return
    this.#checkSize(size)
    const types = this.byte()
    if (++this.#depth > MAX_DEPTH) throw new Corrupt(`structures nest deeper than ${MAX_DEPTH}`)
    for (let index = 0; index < size; index++) {
      this.#skipElement(types >> 4)
      this.#skipElement(types & 0x0f)
    }
    this.#depth--
  }

  /** In a collection a boolean takes a byte of its own. */
  #skipElement(type: number) {
    if (type === TRUE || type === FALSE) this.byte()
    else this.skip(type)
  }

  #listHead() {
    const head = this.byte()
    const size = head >> 4 === 15 ? this.varint() : head >> 4
    this.#checkSize(size)
    return { size, type: head & 0x0f }
  }

  #checkSize(size: number) {
    if (size > this.bytes.length - this.at) throw new Corrupt(`a list of ${size} elements reaches beyond the end`)
  }

  #advance(count: number) {
    this.at += count
    if (this.at > this.bytes.length) throw new Corrupt("it ends in the middle of a value")
  }
}
