import { spelled } from "./formatting.ts"

/** A field of the metadata, or a part of one, that is not the same in both. Undefined: that side has no such part. */
export interface FieldChange {
  name: string
  from: unknown
  to: unknown
}

const NAMES: Record<string, string> = {
  fps: "Frames per second",
  duration_s: "Duration in seconds",
  "files.count": "Files",
  "files.bytes": "Bytes",
}

/** What differs, down to single values: of two cameras that differ in their rate, their rate. */
export const fieldChanges = (fields: { field: string; from: unknown; to: unknown }[]): FieldChange[] =>
  fields.flatMap(({ field, from, to }) => within(NAMES[field] ?? spelled(field), from, to))

function within(name: string, from: unknown, to: unknown): FieldChange[] {
  const [before, after] = [partsOf(from), partsOf(to)]
  if (!before || !after) return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ name, from, to }]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((part) =>
    within(`${name} › ${part}`, before.get(part), after.get(part)),
  )
}

/** Of a record its fields, of a list of things with names of their own those, by their names; null of anything else. */
function partsOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== "object" || value === null) return null
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const named = new Map(value.flatMap((each) => (typeof each?.name === "string" ? [[each.name, each]] : [])))
  return named.size === value.length && named.size > 0 ? named : null
}
