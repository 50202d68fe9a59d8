/** The middle one; of an even count the upper. */
export function median(values: number[]) {
  return percentile(values, 50)
}

/** The smallest of them that `percent` of them do not exceed; the middle of an even count is the upper. */
export function percentile(values: number[], percent: number) {
  if (values.length === 0) throw new Error("the percentile of nothing")
  const at = Math.floor((values.length * percent) / 100)
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, at)]!
}

export const round = (value: number, digits = 0) => Number(value.toFixed(digits))
