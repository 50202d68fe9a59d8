import { isRecord } from "../text.ts"

/** Records as columns of JSON. */
export interface Packed {
  count: number
  columns: Record<string, Column>
}

/** Values of one field. */
type Column =
  /** The same in all. */
  | { all: unknown }
  /** Whole numbers in runs: the first, the step to the next, how many. */
  | { runs: number[] }
  /** Texts once each, and which of them. */
  | { texts: string[]; which: Column }
  /** Texts that a number tells apart, as it does paths: what is around it, how many digits it has. */
  | { around: [before: string, digits: number, after: string][]; which: Column; numbers: Column }
  | { records: Packed }
  | { values: unknown[] }
  /** Missing in others than these. */
  | { at: Column; count: number; of: Column }

/**
 * Packs what files and episodes leave behind, so that a shard's share of a large dataset fits into its partial result and
 * those of a thousand shards into memory: four hundred files take 3 KB. Any plain record will do: fields that are missing stay
 * missing, null null and NaN NaN.
 */
export function pack(records: readonly object[]): Packed {
  const columns: Record<string, Column> = {}
  for (const name of new Set(records.flatMap((record) => Object.keys(record)))) {
    const at: number[] = []
    const values: unknown[] = []
    for (const [position, record] of records.entries()) {
      const value = (record as Record<string, unknown>)[name]
      if (value === undefined) continue
      at.push(position)
      values.push(value)
    }
    if (at.length === 0) continue
    const of = packed(values)
    columns[name] = at.length === records.length ? of : { at: packed(at), count: at.length, of }
  }
  return { count: records.length, columns }
}

function packed(values: readonly unknown[]): Column {
  const [first] = values
  if (typeof first !== "object" && values.every((value) => Object.is(value, first))) return { all: guarded(first) }
  if (values.every((value) => typeof value === "string")) return packedTexts(values)
  if (values.every(isWhole)) return packedNumbers(values)
  return values.every(isRecord) ? { records: pack(values) } : { values: values.map(guarded) }
}

/** Whole, and so small that no difference of two is rounded. */
const isWhole = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) < 2 ** 52

function packedNumbers(values: readonly number[]): Column {
  const runs: number[] = []
  for (let at = 0; at < values.length;) {
    const step = at + 1 < values.length ? values[at + 1]! - values[at]! : 0
    let end = at + 1
    while (end < values.length && values[end]! - values[end - 1]! === step) end++
    runs.push(values[at]!, step, end - at)
    at = end
  }
  return runs.length < values.length ? { runs } : { values: [...values] }
}

/** The last digits before the ending: a number that leads back to them. */
const NUMBERED = /^(.*?)(\d{1,9})(\D*(?:\.[^./]*)?)$/s

function packedTexts(values: readonly string[]): Column {
  const texts = places(values)
  if (2 * texts.all.length > values.length) {
    const parts = values.map((text) => NUMBERED.exec(text) ?? [text, text, "", ""])
    const around = places(parts.map(([, before, digits, after]) => JSON.stringify([before, digits!.length, after])))
    if (4 * around.all.length <= values.length) {
      const numbers = packed(parts.map(([, , digits]) => Number(digits)))
      return { around: around.all.map((each) => JSON.parse(each)), which: packed(around.which), numbers }
    }
  }
  return { texts: texts.all, which: packed(texts.which) }
}

/** Each text once, and for each value which it is. */
function places(values: readonly string[]): { all: string[]; which: number[] } {
  const numbers = new Map<string, number>()
  const which = values.map((value) => {
    const known = numbers.get(value) ?? numbers.size
    numbers.set(value, known)
    return known
  })
  return { all: [...numbers.keys()], which }
}

export function unpack<T>({ count, columns }: Packed): T[] {
  const records: Record<string, unknown>[] = Array.from({ length: count }, () => ({}))
  for (const [name, column] of Object.entries(columns)) {
    const isSparse = "at" in column
    const at = isSparse ? (unpacked(column.at, column.count) as number[]) : null
    const values = isSparse ? unpacked(column.of, column.count) : unpacked(column, count)
    for (const [position, value] of values.entries()) records[at ? at[position]! : position]![name] = value
  }
  return records as T[]
}

function unpacked(column: Column, count: number): unknown[] {
  if ("all" in column) return Array.from({ length: count }, () => unguarded(column.all))
  if ("records" in column) return unpack(column.records)
  if ("texts" in column) return unpacked(column.which, count).map((which) => column.texts[which as number])
  if ("values" in column) return column.values.map(unguarded)
  if ("at" in column) throw new Error("a column of a column has all its values")
  if ("around" in column) {
    const which = unpacked(column.which, count) as number[]
    const numbers = unpacked(column.numbers, count) as number[]
    return numbers.map((number, position) => {
      const [before, digits, after] = column.around[which[position]!]!
      return digits === 0 ? before + after : `${before}${String(number).padStart(digits, "0")}${after}`
    })
  }
  const values: number[] = []
  for (let at = 0; at < column.runs.length; at += 3) {
    const [first, step, length] = [column.runs[at]!, column.runs[at + 1]!, column.runs[at + 2]!]
    for (let each = 0; each < length; each++) values.push(first + each * step)
  }
  return values
}

/** JSON would make null of a number that is none. */
function guarded(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : { "~": String(value) }
  if (Array.isArray(value)) return value.map(guarded)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, guarded(inner)]))
}

function unguarded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unguarded)
  if (!isRecord(value)) return value
  const mark = value["~"]
  if (mark !== undefined) return Number(mark)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unguarded(inner)]))
}
