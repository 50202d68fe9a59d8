const MAX_RANGES = 1000
const MAX_EPISODE = 2_000_000_000

/** Episodes from the first to the last, both included. */
export type Range = readonly [first: number, last: number]

/** `0-9,12` as ranges, or undefined when it is nothing of the kind. Blanks do not matter. */
export function parseRanges(text: string): Range[] | undefined {
  const parts = text.replaceAll(/\s/g, "").split(",")
  if (parts.length > MAX_RANGES) return undefined
  const ranges: Range[] = []
  for (const part of parts) {
    const found = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part)
    if (!found) return undefined
    const first = Number(found[1])
    const last = Number(found[2] ?? found[1])
    if (first > last || last > MAX_EPISODE) return undefined
    ranges.push([first, last])
  }
  return ranges
}

/** Whether an episode is wanted; of no ranges all are. */
export const isWithinRanges = (ranges: readonly Range[] | null, episode: number) =>
  ranges === null || ranges.some(([first, last]) => first <= episode && episode <= last)
