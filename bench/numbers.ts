/** The middle one; of an even count the upper. */
export function median(values: number[]) {
  if (values.length === 0) throw new Error("the median of nothing")
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

export const round = (value: number, digits = 0) => Number(value.toFixed(digits))
