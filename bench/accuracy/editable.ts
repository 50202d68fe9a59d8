import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet"
import { compressors } from "hyparquet-compressors"
import type { Refs } from "@robokit/core/format/schema"
import { type LeafType, writeParquet, type WriteColumn } from "@robokit/core/parquet/write"

type Json = Record<string, unknown>

/** A dataset has no such place: whatever was to be damaged there cannot be. */
export class Absent extends Error {}

/** A table taken apart: change `data` in place, add, drop or rename columns. */
export interface Table {
  columns: WriteColumn[]
  row_groups: number[]
  /** Key-value metadata, parsed. */
  metadata: Record<string, unknown>
  column(name: string): WriteColumn
}

/**
 * A whole dataset in memory that can be damaged. What is not touched keeps its bytes; a table that is touched is written anew
 * with its types, row groups and metadata.
 */
export class Editable {
  /** The commit it is at, which is that of main. */
  readonly revision = "0".repeat(40)
  readonly files: Map<string, Uint8Array>
  /** As lerobot leaves them when it has pushed. */
  readonly refs: Refs

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.files = new Map(files)
    const name = this.info["codebase_version"] as string
    const { revision } = this
    this.refs = { read_at: "2026-11-26T12:00:00.000Z", main: revision, versions: [{ name, commit: revision }] }
  }

  paths = (pattern: RegExp) => [...this.files.keys()].filter((path) => pattern.test(path)).sort()

  bytes(path: string): Uint8Array {
    const bytes = this.files.get(path)
    if (!bytes) throw new Error(`there is no ${path}`)
    return bytes
  }

  text = (path: string) => Buffer.from(this.bytes(path)).toString("utf8")

  set(path: string, body: Uint8Array | string) {
    this.files.set(path, typeof body === "string" ? Buffer.from(body) : body)
  }

  remove = (path: string) => this.files.delete(path)

  rename(from: string, to: string) {
    this.set(to, this.bytes(from))
    this.remove(from)
  }

  get info(): Json {
    return JSON.parse(this.text("meta/info.json").replaceAll(/\b(?:NaN|-?Infinity)\b/g, "null")) as Json
  }

  /** Changes an object of JSON in place. */
  json(path: string, edit: (value: Json) => void) {
    const value = JSON.parse(this.text(path)) as Json
    edit(value)
    this.set(path, JSON.stringify(value, null, 4))
  }

  /** Changes the lines of a JSON Lines file in place. */
  jsonl(path: string, edit: (lines: Json[]) => void) {
    const lines = this.text(path)
      .split("\n")
      .filter((line) => line.trim() !== "")
    const values = lines.map((line) => JSON.parse(line) as Json)
    edit(values)
    this.set(path, values.map((value) => `${JSON.stringify(value)}\n`).join(""))
  }

  /** Takes a Parquet file apart, and writes it anew when `edit` is given. */
  async table(path: string, edit?: (table: Table) => void): Promise<Table> {
    const bytes = this.bytes(path)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const metadata = parquetMetadata(file)
    const rows = (await parquetReadObjects({ file, metadata, compressors, utf8: false })) as Json[]
    const columns = parquetSchema(metadata).children.map(({ path: [name], element, children }): WriteColumn => {
      const { type, depth } = typeOf({ element, children } as Node)
      return { name: name!, type, depth, data: rows.map((row) => plain(row[name!])) }
    })
    const table: Table = {
      columns,
      row_groups: metadata.row_groups.map(({ num_rows }) => Number(num_rows)),
      metadata: Object.fromEntries(
        (metadata.key_value_metadata ?? [])
          .filter(({ key }) => key !== "ARROW:schema")
          .map(({ key, value }) => [key, value ? (JSON.parse(value) as unknown) : null]),
      ),
      column(name) {
        const column = this.columns.find((each) => each.name === name)
        if (!column) throw new Absent(`${path} has no column ${name}`)
        return column
      },
    }
    if (!edit) return table
    edit(table)
    const length = table.columns[0]?.data.length ?? 0
    const isSame = table.row_groups.reduce((sum, rows) => sum + rows, 0) === length
    this.set(
      path,
      writeParquet({
        columns: table.columns,
        row_groups: isSame ? table.row_groups : [length],
        metadata: table.metadata,
      }),
    )
    return table
  }

  /** Every table that matches, one after the other. */
  async tables(pattern: RegExp, edit: (table: Table, path: string) => void) {
    for (const path of this.paths(pattern)) await this.table(path, (table) => edit(table, path))
  }
}

interface Node {
  element: { type?: string; converted_type?: string; name: string; num_children?: number }
  children: Node[]
}

function typeOf({ element, children }: Node): { type: LeafType; depth: number } {
  const isList = element.converted_type === "LIST" || (children.length === 1 && children[0]!.children.length === 1)
  if (isList) {
    const inner = typeOf(children[0]!.children[0]!)
    return { type: inner.type, depth: inner.depth + 1 }
  }
  if (children.length > 0) return { type: "image", depth: 0 }
  return { type: leafType(element), depth: 0 }
}

const CONVERTED: Record<string, LeafType> = {
  UTF8: "string",
  INT_8: "int8",
  INT_16: "int16",
  UINT_8: "uint8",
  UINT_16: "uint16",
}
const PHYSICAL: Record<string, LeafType> = {
  BOOLEAN: "bool",
  INT32: "int32",
  INT64: "int64",
  FLOAT: "float32",
  DOUBLE: "float64",
  BYTE_ARRAY: "string",
}

function leafType({ type = "", converted_type = "", name }: Node["element"]): LeafType {
  const leaf = CONVERTED[converted_type] ?? PHYSICAL[type]
  if (!leaf) throw new Error(`column ${name} of type ${type} cannot be written`)
  return leaf
}

/** Numbers for 64-bit integers; texts for bytes in a text column are decoded by the reader already. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value)
  if (value instanceof Uint8Array || value === null || typeof value !== "object") return value
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>, plain)
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
