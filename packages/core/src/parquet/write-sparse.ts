import type { ColumnChunk, RowGroup, SchemaElement } from "hyparquet"
import { ByteWriter } from "hyparquet-writer"
import { writeMetadata } from "hyparquet-writer/src/metadata.js"
import { schemaOf, type LeafType } from "./write.ts"

export interface SparseOptions {
  /** `length` is how many values a row of a list has. */
  columns: readonly { name: string; type: LeafType; depth?: number; length?: number }[]
  rows: number
  /** Least and greatest value of integer columns, for the footer's statistics. */
  bounds?: Record<string, readonly [number, number]>
}

const BYTES: Partial<Record<LeafType, number>> = { int64: 8, float64: 8 }

/**
 * The end of a table whose pages were never written: a real footer of one row group, and the size the file would have.
 * For tests of scale, where only the footer is ever read.
 */
export function sparseTable({ columns, rows, bounds = {} }: SparseOptions): { size: number; tail: Uint8Array } {
  const schema = schemaOf(columns)
  let offset = 4
  const chunks = columns.map(({ name, type, depth = 0, length = 1 }): ColumnChunk => {
    const bytes = rows * length * (BYTES[type] ?? 4)
    const chunk = chunkOf(leafOf(schema, name, depth), rows * length, bytes, offset, bounds[name])
    offset += bytes
    return chunk
  })
  const group: RowGroup = { columns: chunks, total_byte_size: BigInt(offset - 4), num_rows: BigInt(rows) }
  const writer = new ByteWriter()
  const metadata = { version: 2, created_by: "robokit", schema, num_rows: BigInt(rows), row_groups: [group] }
  // `metadata_length` is what reading fills in; writing computes it.
  writeMetadata(writer, metadata as Parameters<typeof writeMetadata>[1])
  writer.appendUint32(0x31524150)
  const tail = new Uint8Array(writer.getBuffer())
  return { size: offset + tail.length, tail }
}

interface Leaf {
  element: SchemaElement
  path: string[]
}

function leafOf(schema: readonly SchemaElement[], name: string, depth: number): Leaf {
  const top = schema.findIndex((element, at) => at > 0 && element.name === name)
  return {
    element: schema[top + 2 * depth]!,
    path: [name, ...Array.from({ length: depth }, () => ["list", "element"]).flat()],
  }
}

function chunkOf(
  { element, path }: Leaf,
  values: number,
  bytes: number,
  offset: number,
  bounds: readonly [number, number] | undefined,
): ColumnChunk {
  return {
    file_offset: BigInt(offset),
    meta_data: {
      type: element.type!,
      encodings: ["PLAIN", "RLE"],
      path_in_schema: path,
      codec: "UNCOMPRESSED",
      num_values: BigInt(values),
      total_uncompressed_size: BigInt(bytes),
      total_compressed_size: BigInt(bytes),
      data_page_offset: BigInt(offset),
      ...(bounds && {
        statistics: { min_value: BigInt(bounds[0]), max_value: BigInt(bounds[1]), null_count: 0n },
      }),
    },
  }
}
