import { Bomb, Unsupported, type Budget } from "./budget.ts"
import { decompress } from "./codecs.ts"
import type { ColumnChunk } from "./footer-parse.ts"
import type { Leaf } from "./leaves.ts"
import { bitsFor, readHybrid } from "./levels.ts"
import { Corrupt, FALSE_TYPE, Thrift } from "./thrift.ts"
import { concatValues, fromDictionary, readPlain, readValues, type Values } from "./values.ts"

// prettier-ignore
const ENCODINGS = ["PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
  "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"] as const
/** Rows a whole dataset may have: no column chunk holds more. */
const MAX_VALUES = 50_000_000
const DATA_PAGE = 0
const DICTIONARY_PAGE = 2
const DATA_PAGE_V2 = 3
/** With the statistics of long values; beyond it a header that does not end is no header. */
const MAX_PAGE_HEADER = 64 * 1024

/** One leaf of one row group, as Parquet stores it (Dremel levels), so that no object is made per row. */
export interface LeafData {
  leaf: Leaf
  /** Values that are present, in order. */
  values: Values
  /** A level per position: `leaf.maxDefinition` where a value is present. Null when all are. */
  definitions: Uint8Array | null
  /** A level per position: 0 begins a row. Null when nothing repeats: then a position is a row. */
  repetitions: Uint8Array | null
}

interface Page {
  type: number
  packed: number
  unpacked: number
  count: number
  encoding: string
  definitionEncoding: string
  repetitionEncoding: string
  /** Version 2 only. */
  definitionBytes: number
  repetitionBytes: number
  isCompressed: boolean
}

/** Decodes the pages of one column chunk, which must hold `rows` rows. */
export function readChunk(bytes: Uint8Array, chunk: ColumnChunk, leaf: Leaf, rows: number, budget: Budget): LeafData {
  const total = chunk.num_values
  const { seen, ...data } = readPages(bytes, chunk, leaf, budget, (at) => pageAt(bytes, at))
  if (seen < total) throw new Corrupt(`a column has ${seen} values, its footer says ${total}`)
  const found = data.repetitions ? countOf(data.repetitions, 0) : total
  if (found !== rows || (data.repetitions?.[0] ?? 0) !== 0)
    throw new Corrupt(`a column has ${found} rows, its row group ${rows}`)
  return data
}

/** The same of as many of its first pages as are whole in `bytes`, for a leaf that does not repeat; perhaps none. */
export function readChunkStart(bytes: Uint8Array, chunk: ColumnChunk, leaf: Leaf, budget: Budget): LeafData {
  const isCut = (at: number) => bytes.length < chunk.total_compressed_size && bytes.length - at < MAX_PAGE_HEADER
  const { seen, ...data } = readPages(bytes, chunk, leaf, budget, (at) => {
    try {
      return pageAt(bytes, at)
    } catch (error) {
      // The page that the end of `bytes` cuts off, in its header or behind it.
      if (error instanceof Beyond || (error instanceof Corrupt && isCut(at))) return null
      throw error
    }
  })
  return { ...data, definitions: data.definitions && data.definitions.subarray(0, seen) }
}

class Beyond extends Corrupt {}

function pageAt(bytes: Uint8Array, at: number): { page: Page; body: Uint8Array; end: number } {
  const thrift = new Thrift(bytes, at)
  const page = pageHeader(thrift)
  const end = thrift.at + page.packed
  if (end > bytes.length) throw new Beyond("a page reaches beyond its column")
  return { page, body: bytes.subarray(thrift.at, end), end }
}

/** @param next the page at a position, or null to go no further. */
function readPages(
  bytes: Uint8Array,
  chunk: ColumnChunk,
  leaf: Leaf,
  budget: Budget,
  next: (at: number) => ReturnType<typeof pageAt> | null,
): LeafData & { seen: number } {
  const total = chunk.num_values
  if (total > MAX_VALUES) throw new Bomb(`a column claims ${total} values in one row group`)
  budget.spend((leaf.maxDefinition ? total : 0) + (leaf.maxRepetition ? total : 0))
  const definitions = leaf.maxDefinition ? new Uint8Array(total) : null
  const repetitions = leaf.maxRepetition ? new Uint8Array(total) : null
  const parts: Values[] = []
  let dictionary: Values | undefined
  let at = 0
  let seen = 0
  while (seen < total && at < bytes.length) {
    const found = next(at)
    if (!found) break
    const { page, body } = found
    at = found.end
    if (page.type === DICTIONARY_PAGE) {
      dictionary = readDictionary(body, page, chunk, leaf, budget)
    } else if (page.type === DATA_PAGE || page.type === DATA_PAGE_V2) {
      if (page.count > total - seen) throw new Corrupt("its pages hold more values than its footer says")
      const window = (levels: Uint8Array | null) => levels && levels.subarray(seen, seen + page.count)
      const part = readPage(body, page, chunk, leaf, budget, window(definitions), window(repetitions), dictionary)
      if (part.length) parts.push(part)
      seen += page.count
    }
  }
  const isComplete = !definitions || definitions.subarray(0, seen).every((level) => level === leaf.maxDefinition)
  return { leaf, values: concatValues(parts), definitions: isComplete ? null : definitions, repetitions, seen }
}

function readDictionary(body: Uint8Array, page: Page, { codec }: ColumnChunk, leaf: Leaf, budget: Budget): Values {
  budget.spend(page.unpacked)
  const bytes = decompress(codec, body, page.unpacked)
  if (page.count > bytes.length * 8) throw new Corrupt("a dictionary has fewer entries than it claims")
  budget.spend(page.count * 8)
  return readPlain(bytes, leaf, page.count, budget)
}

function readPage(
  body: Uint8Array,
  page: Page,
  { codec }: ColumnChunk,
  leaf: Leaf,
  budget: Budget,
  definitions: Uint8Array | null,
  repetitions: Uint8Array | null,
  dictionary: Values | undefined,
): Values {
  budget.spend(page.unpacked)
  const levels = { definitions, repetitions }
  const bytes =
    page.type === DATA_PAGE_V2
      ? levelsAndBodyV2(body, page, codec, leaf, levels)
      : levelsAndBodyV1(body, page, codec, leaf, levels)
  const count = definitions ? countOf(definitions, leaf.maxDefinition) : page.count
  budget.spend(count * 8)
  if (page.encoding === "PLAIN_DICTIONARY" || page.encoding === "RLE_DICTIONARY") {
    if (count === 0) return []
    if (!dictionary) throw new Corrupt("a page refers to a dictionary that is not there")
    return fromDictionary(dictionary, bytes, count)
  }
  return readValues(page.encoding, bytes, leaf, count, budget)
}

interface Levels {
  definitions: Uint8Array | null
  repetitions: Uint8Array | null
}

/** Fills the levels of a version 1 page and returns the bytes of its values. */
function levelsAndBodyV1(
  body: Uint8Array,
  page: Page,
  codec: ColumnChunk["codec"],
  leaf: Leaf,
  levels: Levels,
): Uint8Array {
  const bytes = decompress(codec, body, page.unpacked)
  let at = 0
  const read = (out: Uint8Array | null, max: number, encoding: string) => {
    if (!out) return
    if (encoding !== "RLE") throw new Unsupported(`the encoding of its levels (${encoding}) is not supported`)
    if (at + 4 > bytes.length) throw new Corrupt("a page ends before its levels")
    const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true)
    if (at + 4 + length > bytes.length) throw new Corrupt("levels reach beyond their page")
    readHybrid(bytes, at + 4, at + 4 + length, bitsFor(max), out)
    at += 4 + length
  }
  read(levels.repetitions, leaf.maxRepetition, page.repetitionEncoding)
  read(levels.definitions, leaf.maxDefinition, page.definitionEncoding)
  return bytes.subarray(at)
}

/** The same for version 2, whose levels are never compressed. */
function levelsAndBodyV2(
  body: Uint8Array,
  page: Page,
  codec: ColumnChunk["codec"],
  leaf: Leaf,
  levels: Levels,
): Uint8Array {
  const { repetitionBytes, definitionBytes } = page
  const start = repetitionBytes + definitionBytes
  if (start > body.length || start > page.unpacked) throw new Corrupt("levels reach beyond their page")
  if (levels.repetitions) readHybrid(body, 0, repetitionBytes, bitsFor(leaf.maxRepetition), levels.repetitions)
  if (levels.definitions) readHybrid(body, repetitionBytes, start, bitsFor(leaf.maxDefinition), levels.definitions)
  const values = body.subarray(start)
  return page.isCompressed ? decompress(codec, values, page.unpacked - start) : values
}

function countOf(levels: Uint8Array, wanted: number): number {
  let count = 0
  // By number: there are as many as values, and an iterator takes several times as long.
  for (let at = 0; at < levels.length; at++) if (levels[at] === wanted) count++
  return count
}

function pageHeader(thrift: Thrift): Page {
  const page: Page = {
    type: -1,
    packed: 0,
    unpacked: 0,
    count: 0,
    encoding: "PLAIN",
    definitionEncoding: "RLE",
    repetitionEncoding: "RLE",
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
  }
  const encoding = () => ENCODINGS[thrift.zigzag()] ?? "unknown"
  thrift.struct((id) => {
    if (id === 1) page.type = thrift.natural()
    else if (id === 2) page.unpacked = thrift.natural()
    else if (id === 3) page.packed = thrift.natural()
    else if (id === 5 || id === 7 || id === 8) {
      const isV2 = id === 8
      thrift.struct((field, type) => {
        if (field === 1) page.count = thrift.natural()
        else if (field === (isV2 ? 4 : 2)) page.encoding = encoding()
        else if (id === 5 && field === 3) page.definitionEncoding = encoding()
        else if (id === 5 && field === 4) page.repetitionEncoding = encoding()
        else if (isV2 && field === 5) page.definitionBytes = thrift.natural()
        else if (isV2 && field === 6) page.repetitionBytes = thrift.natural()
        else if (isV2 && field === 7) page.isCompressed = type !== FALSE_TYPE
        else return false
      })
    } else return false
  })
  return page
}
