import type { LeafData } from "../../../parquet/columns.ts"

/** Texts of each row of a list of texts; null for a row whose list is null or holds something else. */
export function textsPerRow({ values, definitions, repetitions, leaf }: LeafData): (string[] | null)[] | null {
  if (!repetitions || leaf.maxRepetition !== 1 || !Array.isArray(values)) return null
  const rows: (string[] | null)[] = []
  let next = 0
  for (let at = 0; at < repetitions.length; at++) {
    const level = definitions ? definitions[at]! : leaf.maxDefinition
    if (repetitions[at] === 0) rows.push([])
    const row = rows.at(-1)
    if (level < leaf.maxDefinition) {
      // An empty list is one level below a missing element, a missing list one below that.
      if (level === 0) rows[rows.length - 1] = null
      continue
    }
    const value = values[next++]
    if (row) row.push(typeof value === "string" ? value : Buffer.from(value as Uint8Array).toString("utf8"))
  }
  return rows
}

/** How many values each row of a list has, and the values flat: what a vector feature is. Null elements count as NaN later. */
export function lengthsPerRow({ definitions, repetitions, leaf }: LeafData, rows: number): Int32Array {
  const lengths = new Int32Array(rows)
  if (!repetitions) return lengths.fill(1)
  let row = -1
  for (let at = 0; at < repetitions.length; at++) {
    if (repetitions[at] === 0) row++
    if (!definitions || definitions[at] === leaf.maxDefinition) lengths[row]!++
  }
  return lengths
}
