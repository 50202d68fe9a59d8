import { expect, test } from "vitest"
import type { EpisodeRows } from "./subjects.ts"
import { timingFault, toleranceAt } from "./timing-fault.ts"

const FPS = 30
const LENGTH = 300

function episode(at: (frame: number) => number, numbers?: (frame: number) => number, length = LENGTH): EpisodeRows {
  const timestamp = Float64Array.from({ length }, (_, frame) => at(frame))
  const frame_index = Float64Array.from({ length }, (_, frame) => numbers?.(frame) ?? frame)
  const columns = { timestamp, frame_index, index: null, episode_index: null, task_index: null }
  return { columns, rows: length, episode: 0, first_row: 0, record: 0 } as unknown as EpisodeRows
}
const codeOf = (rows: EpisodeRows, fps = FPS) => timingFault(rows, fps)?.code ?? null
const jitter = (frame: number, by: number) => (by * Math.sin(frame * 12.9898)) / FPS

test("what a recorder writes in float32 is sound, also beyond 1,024 s", () => {
  expect(codeOf(episode((frame) => Math.fround(frame / FPS)))).toBeNull()
  expect(codeOf(episode((frame) => Math.fround(frame / FPS), undefined, 100_000))).toBeNull()
  expect(
    codeOf(
      episode((frame) => Math.fround(frame / 29.97)),
      29.97,
    ),
  ).toBeNull()
  expect(toleranceAt(100)).toBe(1e-4)
  expect(toleranceAt(1500)).toBeCloseTo(1.22e-4, 6)
})

test("just within the tolerance nothing is said, just beyond it something is", () => {
  expect(codeOf(episode((frame) => frame / FPS + (frame === 9 ? 0.9e-4 : 0)))).toBeNull()
  expect(codeOf(episode((frame) => frame / FPS + (frame === 9 ? 1.1e-4 : 0)))).toBe("TS-STEP")
  expect(codeOf(episode((frame) => frame / FPS + 0.9e-4))).toBeNull()
  expect(codeOf(episode((frame) => frame / FPS + 1.1e-4))).toBe("TS-START")
})

test("drift becomes another frame's picture at half a frame", () => {
  const drift = (frames: number) => episode((frame) => (frame / FPS) * (1 + frames / (LENGTH - 1)))
  expect(codeOf(drift(0.49))).not.toBe("TS-LATTICE")
  expect(codeOf(drift(0.51))).toBe("TS-LATTICE")
  expect(timingFault(drift(6), FPS)).toMatchObject({ code: "TS-LATTICE", frame: LENGTH - 1 })
})

test("one cause is named: a rate, lost frames, a clock", () => {
  expect(codeOf(episode((frame) => frame / 24))).toBe("TS-RATE")
  const gap = timingFault(
    episode((frame) => (frame < 100 ? frame : frame + 3) / FPS),
    FPS,
  )
  expect(gap).toMatchObject({ code: "TS-GAP", frame: 100, gaps: 1 })
  expect(codeOf(episode((frame) => (frame / FPS) * 1.05 + jitter(frame, 0.3)))).toBe("TS-LATTICE")
  // A clock that also lost frames is a clock.
  expect(codeOf(episode((frame) => (frame < 100 ? frame : frame + 3) / FPS + jitter(frame, 0.2)))).toBe("TS-LATTICE")
  expect(codeOf(episode((frame) => frame / FPS + jitter(frame, 0.1)))).toBe("TS-STEP")
})

test("frames that were dropped with their numbers are left to the rule of the numbers", () => {
  const after = (frame: number) => (frame < 100 ? frame : frame + 3)
  expect(codeOf(episode((frame) => after(frame) / FPS, after))).toBeNull()
  expect(
    codeOf(
      episode(
        (frame) => frame / FPS,
        (frame) => (frame === 50 ? 49 : frame),
      ),
    ),
  ).toBeNull()
})

test("time that stands still or goes back, and what is no time at all", () => {
  expect(
    timingFault(
      episode(() => 0),
      FPS,
    ),
  ).toMatchObject({ code: "TS-MONO", frame: 1 })
  expect(codeOf(episode((frame) => (frame === 50 ? 1 : frame / FPS)))).toBe("TS-MONO")
  expect(codeOf(episode(() => NaN))).toBeNull()
  expect(codeOf(episode(() => 5, undefined, 1))).toBe("TS-START")
  expect(
    codeOf(
      episode((frame) => frame / FPS),
      NaN,
    ),
  ).toBeNull()
})
