import { expect, test } from "vitest"
import { sampleOf } from "./sample.ts"

test("a sample holds the first, the last and one in a hundred, at least 200, and is the same for the same commit", () => {
  const sample = sampleOf(442_226, "a".repeat(40))
  expect(sample).toHaveLength(4423)
  expect([sample[0], sample.at(-1)]).toEqual([0, 442_225])
  expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b))
  expect(sampleOf(442_226, "a".repeat(40))).toEqual(sample)
  expect(sampleOf(442_226, "b".repeat(40))).not.toEqual(sample)
  expect(sampleOf(1001, "x")).toHaveLength(200)
  expect(sampleOf(3, "x")).toEqual([0, 1, 2])
  expect(sampleOf(0, "x")).toEqual([])
})

test("no part of the files is left out", () => {
  const sample = sampleOf(100_000, "c".repeat(40))
  const tenths = new Set(sample.map((at) => Math.floor(at / 10_000)))
  expect(tenths.size).toBe(10)
})
