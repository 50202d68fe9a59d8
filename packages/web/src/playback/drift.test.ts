import { expect, test } from "vitest"
import { correction } from "./drift.ts"

test("less than a quarter of a frame is left alone", () => {
  expect([correction(0.008, 30), correction(-0.008, 30)]).toEqual([1, 1])
})

test("who is ahead goes slower, who is behind faster, until they are in step", () => {
  for (const begin of [0.1, -0.1]) {
    let drift = begin
    for (let frame = 0; frame < 90; frame++) drift += ((correction(drift, 30) ?? NaN) - 1) / 30
    expect(Math.abs(drift)).toBeLessThan(1 / 30)
  }
})

test("who is far off starts anew", () => {
  expect([correction(0.2, 30), correction(-5, 30)]).toEqual([null, null])
})
