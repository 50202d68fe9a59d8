/** Records as columns of JSON: names once, a text that comes again as a number. */
export interface Packed {
  count: number
  columns: Record<string, { texts?: string[]; values: unknown[] }>
}

/**
 * Packs what files and episodes leave behind to a fifth of its JSON, so that a shard's share of a large dataset fits into its
 * partial result. Any plain record will do: fields that are missing stay missing, null null and NaN NaN.
 */
export function pack(records: readonly object[]): Packed {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  return { count: records.length, columns: Object.fromEntries(names.map((name) => [name, packed(records, name)])) }
}

function packed(records: readonly object[], name: string) {
  const values = records.map((record) => (record as Record<string, unknown>)[name])
  if (!values.every((value) => value === undefined || typeof value === "string")) {
    return { values: values.map((value) => (value === undefined ? null : guarded(value))) }
  }
  const texts = new Map<string, number>()
  const numbers = (values as (string | undefined)[]).map((value) => {
    if (value === undefined) return null
    if (!texts.has(value)) texts.set(value, texts.size)
    return texts.get(value)!
  })
  return { texts: [...texts.keys()], values: numbers }
}

export function unpack<T>({ count, columns }: Packed): T[] {
  const records: Record<string, unknown>[] = Array.from({ length: count }, () => ({}))
  for (const [name, { texts, values }] of Object.entries(columns)) {
    for (const [at, value] of values.entries()) {
      if (value !== null) records[at]![name] = texts ? texts[value as number] : unguarded(value)
    }
  }
  return records as T[]
}

/** Null means missing here, and JSON would make it of a number that is none. */
function guarded(value: unknown): unknown {
  if (value === null) return { "~": "null" }
  if (typeof value === "number") return Number.isFinite(value) ? value : { "~": String(value) }
  if (Array.isArray(value)) return value.map(guarded)
  if (typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, guarded(inner)]))
}

function unguarded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unguarded)
  if (typeof value !== "object" || value === null) return value
  const mark = (value as { "~"?: string })["~"]
  if (mark !== undefined) return mark === "null" ? null : Number(mark)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unguarded(inner)]))
}
