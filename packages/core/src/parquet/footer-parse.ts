import { Corrupt, STRUCT, Thrift } from "./thrift.ts"

const TYPES = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"] as const
const REPETITIONS = ["REQUIRED", "OPTIONAL", "REPEATED"] as const
const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"] as const
// prettier-ignore
const CONVERTED = ["UTF8", "MAP", "MAP_KEY_VALUE", "LIST", "ENUM", "DECIMAL", "DATE", "TIME_MILLIS", "TIME_MICROS",
  "TIMESTAMP_MILLIS", "TIMESTAMP_MICROS", "UINT_8", "UINT_16", "UINT_32", "UINT_64", "INT_8", "INT_16", "INT_32", "INT_64",
  "JSON", "BSON", "INTERVAL"] as const
// prettier-ignore
const LOGICAL = [undefined, "STRING", "MAP", "LIST", "ENUM", "DECIMAL", "DATE", "TIME", "TIMESTAMP", undefined, "INTEGER", "NULL",
  "JSON", "BSON", "UUID", "FLOAT16", "VARIANT", "GEOMETRY", "GEOGRAPHY"] as const

const MAX_SCHEMA = 10_000
const MAX_ROW_GROUPS = 100_000
/** Bytes of a minimum or maximum worth keeping; longer ones are of texts, which nobody compares. */
const MAX_STATISTIC = 16

export type PhysicalType = (typeof TYPES)[number]
export type Codec = (typeof CODECS)[number] | "unknown"

export interface SchemaElement {
  name: string
  /** Absent for a group. */
  type?: PhysicalType
  type_length?: number
  repetition_type?: (typeof REPETITIONS)[number]
  num_children?: number
  converted_type?: (typeof CONVERTED)[number]
  logical_type?: { type: string }
}

export interface ColumnChunk {
  /** Position of the leaf in the schema. */
  leaf: number
  codec: Codec
  num_values: number
  total_uncompressed_size: number
  total_compressed_size: number
  /** First byte in the file: the dictionary page's, else the first data page's. */
  start: number
  /** Raw little-endian statistics, null when not written. */
  min: Uint8Array | null
  max: Uint8Array | null
  null_count: number | null
}

export interface RowGroup {
  num_rows: number
  /** Those kept, in schema order. */
  columns: ColumnChunk[]
}

export interface Footer {
  /** How long it is itself, the length and the magic behind it left out. */
  bytes: number
  version: number
  /** The schema's tree, flattened depth first; the root comes first. */
  schema: SchemaElement[]
  num_rows: number
  row_groups: RowGroup[]
  key_value_metadata: { key: string; value: string | null }[]
  created_by: string | null
}

/** Parses a footer's Thrift bytes. `dataEnd` is where the data ends in the file: no chunk may reach beyond. */
export function parseFooter(bytes: Uint8Array, dataEnd: number, keep?: (path: readonly string[]) => boolean): Footer {
  const thrift = new Thrift(bytes)
  const footer: Footer = {
    bytes: bytes.length,
    version: 0,
    schema: [],
    num_rows: 0,
    row_groups: [],
    key_value_metadata: [],
    created_by: null,
  }
  let wanted: boolean[] | undefined
  thrift.struct((id, type) => {
    if (id === 1) footer.version = thrift.natural()
    else if (id === 2) thrift.list(type, () => footer.schema.push(schemaElement(thrift, footer.schema.length)))
    else if (id === 3) footer.num_rows = thrift.natural()
    else if (id === 4) {
      const leaves = (wanted ??= leafPaths(footer.schema).map((path) => !keep || keep(path)))
      thrift.list(type, (index) => {
        if (index >= MAX_ROW_GROUPS) throw new Corrupt(`it has more than ${MAX_ROW_GROUPS} row groups`)
        footer.row_groups.push(rowGroup(thrift, leaves, dataEnd))
      })
    } else if (id === 5) thrift.list(type, () => footer.key_value_metadata.push(keyValue(thrift)))
    else if (id === 6) footer.created_by = thrift.string()
    else return false
  })
  if (footer.schema.length === 0) throw new Corrupt("it has no schema")
  return footer
}

/** Paths of the leaves, in file order. Throws when the tree does not hold together. */
export function leafPaths(schema: readonly SchemaElement[]): string[][] {
  const paths: string[][] = []
  walkSchema(schema, (path, element) => void (element.num_children || paths.push(path)))
  return paths
}

/** Visits every element below the root, depth first, with its path and its ancestors (itself last). */
export function walkSchema(
  schema: readonly SchemaElement[],
  visit: (path: string[], element: SchemaElement, line: SchemaElement[]) => void,
): void {
  let at = 1
  const children = (path: string[], line: SchemaElement[], count: number) => {
    if (line.length > 32) throw new Corrupt("its schema nests deeper than 32")
    for (let child = 0; child < count; child++) {
      const element = schema[at++]
      if (!element) throw new Corrupt("its schema promises more columns than it has")
      const here = [...path, element.name]
      const below = [...line, element]
      visit(here, element, below)
      children(here, below, element.num_children ?? 0)
    }
  }
  children([], [], schema[0]?.num_children ?? 0)
}

function schemaElement(thrift: Thrift, count: number): SchemaElement {
  if (count >= MAX_SCHEMA) throw new Corrupt(`its schema has more than ${MAX_SCHEMA} elements`)
  const element: SchemaElement = { name: "" }
  thrift.struct((id, type) => {
    if (id === 1) element.type = pick(TYPES, thrift.zigzag(), "type")
    else if (id === 2) element.type_length = thrift.natural()
    else if (id === 3) element.repetition_type = pick(REPETITIONS, thrift.zigzag(), "repetition")
    else if (id === 4) element.name = thrift.string()
    else if (id === 5) element.num_children = thrift.natural()
    else if (id === 6) {
      const converted = CONVERTED[thrift.zigzag()]
      if (converted) element.converted_type = converted
    } else if (id === 10) {
      thrift.struct((logical, logicalType) => {
        element.logical_type = { type: LOGICAL[logical] ?? "UNKNOWN" }
        thrift.skip(logicalType)
      })
    } else return thrift.skip(type)
  })
  return element
}

function rowGroup(thrift: Thrift, wanted: readonly boolean[], dataEnd: number): RowGroup {
  const group: RowGroup = { num_rows: 0, columns: [] }
  let count = 0
  thrift.struct((id, type) => {
    if (id === 1) {
      thrift.list(type, (leaf) => {
        count++
        if (leaf >= wanted.length) throw new Corrupt(`a row group has more columns than the schema's ${wanted.length}`)
        if (wanted[leaf]) group.columns.push(columnChunk(thrift, leaf, dataEnd))
        else thrift.skip(STRUCT)
      })
    } else if (id === 3) group.num_rows = thrift.natural()
    else return false
  })
  if (count !== wanted.length) throw new Corrupt(`a row group has ${count} columns, the schema ${wanted.length}`)
  return group
}

function columnChunk(thrift: Thrift, leaf: number, dataEnd: number): ColumnChunk {
  let dataPage = -1
  let dictionaryPage = 0
  let isElsewhere = false
  const chunk: ColumnChunk = {
    leaf,
    codec: "unknown",
    num_values: 0,
    total_uncompressed_size: 0,
    total_compressed_size: 0,
    start: 0,
    min: null,
    max: null,
    null_count: null,
  }
  thrift.struct((id, type) => {
    if (id === 1) isElsewhere = thrift.binary().length > 0
    else if (id !== 3) return false
    else {
      thrift.struct((field, fieldType) => {
        if (field === 4) chunk.codec = CODECS[thrift.zigzag()] ?? "unknown"
        else if (field === 5) chunk.num_values = thrift.natural()
        else if (field === 6) chunk.total_uncompressed_size = thrift.natural()
        else if (field === 7) chunk.total_compressed_size = thrift.natural()
        else if (field === 9) dataPage = thrift.natural()
        else if (field === 11) dictionaryPage = thrift.natural()
        else if (field === 12) statistics(thrift, chunk)
        else thrift.skip(fieldType)
      })
    }
    void type
  })
  if (isElsewhere) throw new Corrupt("a column lies in another file, which is not supported")
  if (dataPage < 0) throw new Corrupt("a column has no data (it may be encrypted)")
  chunk.start = dictionaryPage > 0 && dictionaryPage < dataPage ? dictionaryPage : dataPage
  if (chunk.start + chunk.total_compressed_size > dataEnd)
    throw new Corrupt("a column reaches beyond the end of the file")
  return chunk
}

function statistics(thrift: Thrift, chunk: ColumnChunk) {
  thrift.struct((id) => {
    // 1 and 2 are the deprecated maximum and minimum; 5 and 6 the ones with a defined order.
    if (id === 1 || id === 5) chunk.max = short(thrift.binary()) ?? chunk.max
    else if (id === 2 || id === 6) chunk.min = short(thrift.binary()) ?? chunk.min
    else if (id === 3) chunk.null_count = thrift.natural()
    else return false
  })
}

/** A copy, so that a kept statistic does not keep a footer of megabytes alive. */
const short = (value: Uint8Array): Uint8Array | null => (value.length <= MAX_STATISTIC ? value.slice() : null)

function keyValue(thrift: Thrift) {
  const pair: { key: string; value: string | null } = { key: "", value: null }
  thrift.struct((id) => {
    if (id === 1) pair.key = thrift.string()
    else if (id === 2) pair.value = thrift.string()
    else return false
  })
  return pair
}

function pick<T>(values: readonly T[], index: number, what: string): T {
  const value = values[index]
  if (value === undefined) throw new Corrupt(`it has a column of the unknown ${what} ${index}`)
  return value
}
