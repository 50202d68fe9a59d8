import type { KeyValue, SchemaElement } from "hyparquet"
import { ByteWriter, ParquetWriter } from "hyparquet-writer"

/** What a leaf holds, by its Arrow name. `image` is the struct `{bytes, path}` of Hugging Face's Image feature. */
export type LeafType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "float32"
  | "float64"
  | "string"
  | "image"

export interface WriteColumn {
  name: string
  type: LeafType
  /** How many lists are around the leaf: 0 is a plain column, 3 is what image statistics are. */
  depth?: number
  /** One value a row; `int64` as number or bigint, lists as arrays. */
  data: readonly unknown[]
}

export interface WriteOptions {
  columns: readonly WriteColumn[]
  /** Rows of each row group; without it one group holds all. */
  row_groups?: readonly number[]
  /** `pandas`, `huggingface`, …: JSON is encoded here. */
  metadata?: Record<string, unknown>
}

/**
 * Encodes a table as pyarrow would: Snappy, statistics on every leaf, no page index, lists as `list.element` of three
 * levels. The whole file is in memory: feed it tens of megabytes, not gigabytes; `TableWriter` takes rows in pieces.
 */
export function writeParquet({ columns, row_groups, metadata = {} }: WriteOptions): Uint8Array<ArrayBuffer> {
  const writer = new TableWriter(columns, metadata)
  writer.write(columns, row_groups)
  return writer.finish()
}

/** The incremental form: the columns' names and types once, then their data as it comes. */
export class TableWriter {
  readonly #bytes = new ByteWriter()
  readonly #writer: ParquetWriter

  constructor(columns: readonly Omit<WriteColumn, "data">[], metadata: Record<string, unknown> = {}) {
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaOf(columns),
      kvMetadata: keyValues(metadata),
      createdBy: "robokit",
    })
  }

  /** Adds rows as one row group, or as groups of the given sizes. */
  write(columns: readonly WriteColumn[], rowGroups?: readonly number[]) {
    const rows = columns[0]?.data.length ?? 0
    this.#writer.write({
      columnData: columns.map(({ name, type, data }) => ({
        name,
        data: wantsBigInt(type) ? data.map(toBigInt) : (data as unknown[]),
        offsetIndex: false,
      })),
      rowGroupSize: rowGroups?.length ? [...rowGroups] : Math.max(rows, 1),
    })
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#writer.finish()
    return new Uint8Array(this.#bytes.getBuffer())
  }
}

const wantsBigInt = (type: LeafType) => type === "int64"

function toBigInt(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value)
  return Array.isArray(value) ? value.map(toBigInt) : value
}

const keyValues = (metadata: Record<string, unknown>): KeyValue[] =>
  Object.entries(metadata).map(([key, value]) => ({ key, value: JSON.stringify(value) }))

export function schemaOf(columns: readonly Omit<WriteColumn, "data">[]): SchemaElement[] {
  const fields = columns.flatMap(({ name, type, depth = 0 }) => field(name, type, depth))
  return [{ name: "schema", num_children: columns.length }, ...fields]
}

function field(name: string, type: LeafType, depth: number): SchemaElement[] {
  if (depth === 0) return leaf(name, type)
  const list: SchemaElement = {
    name,
    repetition_type: "OPTIONAL",
    num_children: 1,
    converted_type: "LIST",
    logical_type: { type: "LIST" },
  }
  return [list, { name: "list", repetition_type: "REPEATED", num_children: 1 }, ...field("element", type, depth - 1)]
}

function leaf(name: string, type: LeafType): SchemaElement[] {
  if (type === "image") {
    return [
      { name, repetition_type: "OPTIONAL", num_children: 2 },
      { name: "bytes", repetition_type: "OPTIONAL", type: "BYTE_ARRAY" },
      ...leaf("path", "string"),
    ]
  }
  return [{ name, repetition_type: "OPTIONAL", ...PHYSICAL[type] }]
}

const integer = (bitWidth: number, isSigned: boolean): Partial<SchemaElement> => ({
  type: "INT32",
  converted_type: `${isSigned ? "" : "U"}INT_${bitWidth}` as "INT_8",
  logical_type: { type: "INTEGER", bitWidth, isSigned },
})

const PHYSICAL: Record<Exclude<LeafType, "image">, Partial<SchemaElement>> = {
  bool: { type: "BOOLEAN" },
  int8: integer(8, true),
  int16: integer(16, true),
  int32: { type: "INT32" },
  int64: { type: "INT64" },
  uint8: integer(8, false),
  uint16: integer(16, false),
  float32: { type: "FLOAT" },
  float64: { type: "DOUBLE" },
  string: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
}
