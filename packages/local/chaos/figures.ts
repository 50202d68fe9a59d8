/** How much of it: the short form is a test of `npm test`; the long one takes minutes. What is given replaces the form's own. */
export interface Scale {
  isShort?: boolean
  seconds?: number
  runs?: number
  seeds?: number
  /** The first of the seeds, to see again what was seen with it. Absent: another each time. */
  seed?: number
}

/** What a harness saw. `violations` is empty when everything held. */
export interface Figures {
  figures: Record<string, string | number>
  violations: string[]
}

export const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN

export const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** One line a figure, as wide as the widest name. */
export function table(figures: Figures["figures"]): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length))
  return Object.entries(figures)
    .map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
    .join("\n")
}
