import type { Footer, SchemaElement } from "../../parquet/footer.ts"

export interface Column {
  /** Path of the leaf, outermost first. A name may hold dots, so it is never one string. */
  path: string[]
  type: string
  logical_type: string | null
  nullable: boolean
  /** Whether a value is a list at any level. */
  repeated: boolean
}

const MAX_DEPTH = 32

/** The leaves of a footer's schema, in file order. */
export function columnsOf({ schema }: Footer): Column[] {
  const columns: Column[] = []
  let at = 1

  const walk = (path: string[], nullable: boolean, repeated: boolean, depth: number) => {
    const element = schema[at++]
    if (!element || depth > MAX_DEPTH) return
    const here = [...path, element.name.slice(0, 200)]
    const isNullable = nullable || element.repetition_type === "OPTIONAL"
    const isRepeated = repeated || element.repetition_type === "REPEATED"
    const children = element.num_children ?? 0
    for (let child = 0; child < children; child++) walk(here, isNullable, isRepeated, depth + 1)
    if (children === 0) {
      columns.push({
        path: here,
        type: element.type ?? "unknown",
        logical_type: logicalType(element),
        nullable: isNullable,
        repeated: isRepeated,
      })
    }
  }
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) walk([], false, false, 0)
  return columns
}

const logicalType = ({ logical_type, converted_type }: SchemaElement): string | null =>
  logical_type?.type ?? converted_type ?? null
