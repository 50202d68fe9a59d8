import { expect, test } from "vitest"
import { samplesOf } from "./mp4-samples.ts"

type Numbers = readonly number[]

function box(type: string, ...numbers: Numbers): Buffer {
  const body = Buffer.alloc(8 + numbers.length * 4)
  body.writeUInt32BE(body.length)
  body.write(type, 4, "latin1")
  for (const [at, number] of numbers.entries()) body.writeInt32BE(number | 0, 8 + at * 4)
  return body
}

/** A track of four frames of 100 ticks, ten bytes each, in one chunk at byte 50. */
const track = (...more: Buffer[]) =>
  Buffer.concat([
    box("stsz", 0, 0, 4, 10, 10, 10, 10),
    box("stts", 0, 1, 4, 100),
    box("stsc", 0, 1, 1, 4, 1),
    box("stco", 0, 1, 50),
    ...more,
  ])
const scales = { timescale: 1000, movieTimescale: 500, fileSize: 90 }
const edits = (...entries: Numbers) => box("elst", 0, entries.length / 3, ...entries).subarray(8)

test("frames of one duration follow each other from 0", () => {
  expect(samplesOf(track(), undefined, scales)).toMatchObject({
    times: Float64Array.of(0, 0.1, 0.2, 0.3),
    hidden: 0,
    sync: null,
    stalled: null,
    unsigned: null,
    cut: null,
  })
})

test("frames that are decoded before others are put in the order they are shown, and the edit list takes the delay away", () => {
  const composed = track(box("ctts", 0, 4, 1, 200, 1, 300, 1, 100, 1, 200))
  const times = (found: ReturnType<typeof samplesOf>) => found?.times
  expect(times(samplesOf(composed, edits(200, 200, 0x10000), scales))).toEqual(Float64Array.of(0, 0.1, 0.2, 0.3))
  expect(times(samplesOf(composed, undefined, scales))?.[0]).toBe(0.2)
})

test("what the edit list leaves out at either end is hidden", () => {
  // 0.2 s, from 0.1 s on.
  expect(samplesOf(track(), edits(100, 100, 0x10000), scales)).toMatchObject({
    times: Float64Array.of(0, 0.1),
    hidden: 2,
  })
})

test("an empty edit delays what follows", () => {
  const found = samplesOf(track(), edits(250, -1, 0x10000, 0, 0, 0x10000), scales)
  expect(found?.times).toEqual(Float64Array.of(0.5, 0.6, 0.7, 0.8))
})

test("only the last frame may have no duration", () => {
  const of = (...runs: Numbers) =>
    samplesOf(Buffer.concat([box("stsz", 0, 5, 3), box("stts", 0, runs.length / 2, ...runs)]), undefined, scales)
  expect(of(2, 100, 1, 0)?.stalled).toBeNull()
  expect(of(1, 100, 2, 0)?.stalled).toBe(1)
  expect(of(1, -100, 2, 100)?.stalled).toBe(0)
})

test("a negative offset is told where the table has no sign, and taken where it has", () => {
  const of = (version: number) => samplesOf(track(box("ctts", version << 24, 2, 3, 0, 1, -50)), undefined, scales)
  expect(of(0)?.unsigned).toBe(3)
  expect(of(1)).toMatchObject({ unsigned: null, times: Float64Array.of(0, 0.1, 0.2, 0.25) })
})

test("frames whose bytes lie beyond the file are counted", () => {
  expect(samplesOf(track(), undefined, { ...scales, fileSize: 89 })?.cut).toEqual({ first: 3, count: 1 })
  expect(samplesOf(track(), undefined, { ...scales, fileSize: 55 })?.cut).toEqual({ first: 0, count: 4 })
})

test("key frames are numbered from 0", () => {
  expect(samplesOf(track(box("stss", 0, 3, 1, 3, 900)), undefined, scales)?.sync).toEqual(Uint32Array.of(0, 2))
})

test("a header that lies about its frames costs nothing", () => {
  expect(samplesOf(box("stsz", 0, 1, -1), undefined, scales)).toBeNull()
  expect(() => samplesOf(box("stsz", 0, 0, 1_000_000), undefined, scales)).toThrow(/no room/)
})
