import { expect, test } from "vitest"
import { frameAt, frameDuring, frameOfPicture, framesIn, mediaTimeOf, timeOf } from "./window.ts"

const RATES = [10, 15, 24, 25, 29.97, 30, 50, 60, 120]

test("every frame's moment, written with milliseconds, leads back to the frame", () => {
  for (const fps of RATES) {
    const frames = Array.from({ length: 20_000 }, (_, frame) => frame)
    const lost = frames.filter((frame) => frameAt(Number(timeOf(frame, fps).toFixed(3)), fps, 20_000) !== frame)
    expect(lost, `at ${fps} fps`).toEqual([])
  }
})

test("moments outside the episode are its first and its last frame", () => {
  expect([frameAt(-3, 30, 90), frameAt(1e9, 30, 90), frameAt(0, 30, 0)]).toEqual([0, 89, 0])
})

test("a player is sent into the frame, far inside a long file, and with its times off by less than a quarter of one", () => {
  for (const fps of RATES) {
    for (const from_s of [0, 33.133333333333333, 1372.9666666666667, 17_280.2]) {
      for (const drift of [-0.24 / fps, 0, 0.24 / fps]) {
        for (const frame of [0, 1, 57, 218]) {
          const sent = mediaTimeOf(frame, { from_s, to_s: null }, fps)
          const picture = (n: number) => from_s + n / fps + drift
          expect(picture(frame)).toBeLessThanOrEqual(sent)
          expect((picture(frame) + picture(frame + 1)) / 2).toBeGreaterThan(sent)
          expect(frameOfPicture(picture(frame), { from_s, to_s: null }, fps) === frame).toBe(true)
          expect(frameDuring(sent, { from_s, to_s: null }, fps)).toBe(frame)
        }
      }
    }
  }
})

test("the last picture of the episode before and the first of the next one are known as strangers", () => {
  const window = { from_s: 8.2, to_s: 16.2 }
  expect(frameOfPicture(8.2 - 1 / 30, window, 30)).toBe(-1)
  expect(frameOfPicture(16.2, window, 30)).toBe(framesIn(window, 240, 30))
})

test("a window has the frames it is long enough for, and never more than the episode", () => {
  const from_s = 1372.9666666666667
  expect(framesIn({ from_s, to_s: 1380.2333333333333 }, 218, 30)).toBe(218)
  expect(framesIn({ from_s, to_s: from_s + 217 / 30 }, 218, 30)).toBe(217)
  expect(framesIn({ from_s, to_s: from_s + 900 }, 218, 30)).toBe(218)
  expect(framesIn({ from_s, to_s: null }, 218, 30)).toBe(218)
  expect(framesIn({ from_s, to_s: from_s - 1 }, 218, 30)).toBe(0)
})
