import type { EpisodeRows } from "./subjects.ts"

/** What is wrong with an episode's timestamps: the one thing that explains the others. Seconds. */
export interface TimingFault {
  code: "TS-MONO" | "TS-GAP" | "TS-RATE" | "TS-LATTICE" | "TS-STEP" | "TS-START"
  /** Where it is worst. */
  frame: number
  /** Timestamp there, and what it should be. */
  found: number
  expected: number
  /** Largest distance from `frame / fps`, the first timestamp taken for 0. */
  drift: number
  /** Largest distance of a step from `1 / fps`. */
  step: number
  /** Mean step. */
  mean: number
  gaps: number
}

/** The loader's tolerance; a float32 of more than 1,024 s is no finer than its spacing. */
export const toleranceAt = (seconds: number) => Math.max(1e-4, ulp32(seconds))

const ulp32 = (value: number) => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -100))) - 23)

/**
 * Looks once over the timestamps of an episode. Of several symptoms the cause is named: a lost frame also leaves the lattice, and
 * a clock's own timestamps are off in every step.
 */
export function timingFault({ columns, rows }: EpisodeRows, fps: number): TimingFault | null {
  const { timestamp, frame_index } = columns
  if (!timestamp || rows === 0 || !(fps > 0)) return null
  const [first, last] = [timestamp[0]!, timestamp[rows - 1]!]
  const step = 1 / fps
  let [drift, driftAt, worst, worstAt, gaps, lost, gapAt, uneven] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let frame = 1; frame < rows; frame++) {
    const value = timestamp[frame]!
    const delta = value - timestamp[frame - 1]!
    if (delta <= 0) return { ...fault("TS-MONO", frame, value, timestamp[frame - 1]! + step), step: step - delta }
    // Frames that were dropped together with their numbers are where they say; the numbers have a rule of their own.
    const jump = frame_index ? frame_index[frame]! - frame_index[frame - 1]! : 1
    const error = Math.min(Math.abs(delta - step), Math.abs(delta - jump * step))
    if (error > worst) [worst, worstAt] = [error, frame]
    if (delta > 1.5 * step && !(jump > 1 && error < step / 2)) {
      gaps++
      lost += delta - step
      if (gaps === 1) gapAt = frame
    } else if (error > uneven) uneven = error
    const own = Math.abs(value - first - frame * step)
    const named = frame_index ? Math.abs(value - first - (frame_index[frame]! - frame_index[0]!) * step) : own
    const distance = Math.min(own, named)
    if (distance > drift) [drift, driftAt] = [distance, frame]
  }
  const mean = rows > 1 ? (last - first) / (rows - 1) : step
  const tolerance = toleranceAt(last)
  const numbers = { drift, step: worst, mean, gaps }
  const at = (code: TimingFault["code"], frame: number, expected: number): TimingFault => ({
    ...fault(code, frame, timestamp[frame]!, expected),
    ...numbers,
  })
  const onLattice = drift <= step / 2
  // Where the other steps are uneven, too, it is a clock that was written down.
  if (gaps > 0 && gaps <= rows / 10 && uneven <= Math.max(tolerance, step / 50) && Math.abs(drift - lost) <= step / 2) {
    return at("TS-GAP", gapAt, timestamp[gapAt - 1]! + step)
  }
  if (Math.abs(mean / step - 1) > 0.1 && rows > 2) return at("TS-RATE", rows - 1, first + (rows - 1) * step)
  if (!onLattice) return at("TS-LATTICE", driftAt, first + driftAt * step)
  if (worst > tolerance) return at("TS-STEP", worstAt, timestamp[worstAt - 1]! + step)
  // Rows that are the rest of an episode begin later: their numbers say so, and have a rule of their own.
  const begin = frame_index ? frame_index[0]! * step : 0
  return Math.abs(first) > tolerance && Math.abs(first - begin) > tolerance ? at("TS-START", 0, 0) : null
}

const fault = (code: TimingFault["code"], frame: number, found: number, expected: number): TimingFault => ({
  code,
  frame,
  found,
  expected,
  drift: 0,
  step: 0,
  mean: 0,
  gaps: 0,
})
