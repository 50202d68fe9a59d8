import { numberAt } from "./stats-places.ts"
import type { StatColumn } from "./subjects.ts"

/** What is out of order among statistics that ascend, by more than `by`: a sentence, or null. */
export function descent(
  ladder: readonly { name: string; column: StatColumn }[],
  entry: number,
  dimension: number,
  by: number,
): string | null {
  let below = -Infinity
  let name = ""
  for (const step of ladder) {
    const value = numberAt(step.column, entry, dimension)
    if (below > value + by) return `${name} ${below} is above ${step.name} ${value}`
    if (Number.isNaN(value)) continue
    below = value
    name = step.name
  }
  return null
}

/** Whether a mean lies outside of the extremes, by more than `by`: a sentence, or null. */
export function outside(min: number, mean: number, max: number, by: number) {
  if (mean < min - by) return `mean ${mean} is below min ${min}`
  return mean > max + by ? `mean ${mean} is above max ${max}` : null
}
