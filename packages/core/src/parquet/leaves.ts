import { walkSchema, type PhysicalType, type SchemaElement } from "./footer-parse.ts"

/** How the bytes of a leaf become values. */
export type LeafKind =
  | "boolean"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float"
  | "double"
  | "text"
  | "bytes"
  | "fixed"

export interface Leaf {
  /** Outermost first. A name may hold dots, so a path is never one string. */
  path: string[]
  type: PhysicalType
  kind: LeafKind
  /** Bytes of a fixed-length value. */
  length: number
  /** The definition level at which a value is present: how many of the elements above may be missing. */
  maxDefinition: number
  /** How many of the elements above repeat. */
  maxRepetition: number
  /** Whether integers that a double cannot hold are rounded; else they are refused. */
  isRounded?: boolean
}

/** The leaves of a schema, in file order. A leaf of a type without values (INT96) is listed as `fixed` of 12 bytes. */
export function leavesOf(schema: readonly SchemaElement[]): Leaf[] {
  const leaves: Leaf[] = []
  walkSchema(schema, (path, element, line) => {
    if (element.num_children) return
    const type = element.type ?? "BYTE_ARRAY"
    leaves.push({
      path,
      type,
      kind: kindOf(type, element),
      length: type === "INT96" ? 12 : (element.type_length ?? 0),
      maxDefinition: line.filter(({ repetition_type }) => repetition_type && repetition_type !== "REQUIRED").length,
      maxRepetition: line.filter(({ repetition_type }) => repetition_type === "REPEATED").length,
    })
  })
  return leaves
}

const TEXTS = new Set(["UTF8", "STRING", "ENUM", "JSON"])

function kindOf(type: PhysicalType, { converted_type, logical_type }: SchemaElement): LeafKind {
  const isText = TEXTS.has(converted_type ?? "") || TEXTS.has(logical_type?.type ?? "")
  if (type === "BOOLEAN") return "boolean"
  if (type === "INT32") return converted_type?.startsWith("UINT") ? "uint32" : "int32"
  if (type === "INT64") return converted_type?.startsWith("UINT") ? "uint64" : "int64"
  if (type === "FLOAT") return "float"
  if (type === "DOUBLE") return "double"
  return type === "BYTE_ARRAY" ? (isText ? "text" : "bytes") : "fixed"
}
