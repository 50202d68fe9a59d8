import type { Least } from "./minimum.ts"

/** Bytes that are cheaper to read than another request is. */
export const REQUEST = 128 * 1024
/** A range is never longer, for a worker holds several at once. */
const LONGEST = 4 * 1024 * 1024

export type Span = readonly [start: number, end: number]

/** The cheapest ranges that hold all of `wanted`, when a range costs as much as `REQUEST` bytes. */
export function cheapest(wanted: readonly Span[]): Least {
  const least = { requests: 0, bytes: 0 }
  const close = ([start, end]: Span) => {
    least.requests += Math.ceil((end - start) / LONGEST)
    least.bytes += end - start
  }
  let run: Span | undefined
  for (const [start, end] of wanted.toSorted(([a], [b]) => a - b)) {
    if (run && start - run[1] <= REQUEST) run = [run[0], Math.max(run[1], end)]
    else {
      if (run) close(run)
      run = [start, end]
    }
  }
  if (run) close(run)
  return least
}
