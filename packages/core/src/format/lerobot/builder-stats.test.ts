import { expect, test } from "vitest"
import { aggregate, sampledFrames, statsOf, statsOfLevels } from "./builder-stats.ts"

/** What lerobot ≥ 0.4 with numpy 2 stores for a float32 column. */
const recorded = (values: number[], width = 1) =>
  statsOf(Float32Array.from(values), { width, single: true, method: "running" })
const float32 = (values: number[] | undefined) => values?.map(Math.fround)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

test("0…9 has lerobot's own statistics", () => {
  const stats = recorded(range(0, 10))

  expect(stats).toMatchObject({ min: [0], max: [9], mean: [4.5], count: [10] })
  expect(stats.std).toEqual(float32([2.8722813]))
  expect(float32(stats.q01)).toEqual(float32([-1e-10]))
  expect(float32(stats.q10)).toEqual(float32([-1e-10]))
  expect(float32(stats.q50)).toEqual(float32([4.0014]))
  expect(float32(stats.q90)).toEqual(float32([8.0009995]))
  expect(float32(stats.q99)).toEqual(float32([8.9998199]))
})

test("10…39 has lerobot's own statistics", () => {
  const stats = recorded(range(10, 40))

  expect(stats.mean).toEqual([24.5])
  expect(stats.std).toEqual(float32([8.6554422]))
  expect([stats.q10, stats.q50, stats.q90, stats.q99].map((each) => Math.fround(each![0]!))).toEqual(
    float32([12.000999, 24.0012, 36.0014, 38.99826]),
  )
})

test("a constant column has no spread and its value as every quantile", () => {
  const stats = recorded([2.5, 2.5, 2.5, 2.5, 2.5])

  expect(stats.std).toEqual([0])
  for (const quantile of [stats.q01, stats.q50, stats.q99]) expect(quantile).toEqual([2.5])
})

test("dimensions are taken apart row by row", () => {
  const stats = recorded([0, 10, 1, 20, 2, 30, 3, 40], 2)

  expect(stats.mean).toEqual([1.5, 25])
  expect(stats.std).toEqual(float32([1.118034, 11.18034]))
  expect(float32(stats.q50)).toEqual(float32([1.0002, 20.001999]))
})

test("float32 cancels as lerobot's does: 10000, 10001, 10002 have no spread", () => {
  expect(recorded([10_000, 10_001, 10_002]).std).toEqual([0])
  const [std] = statsOf([10_000, 10_001, 10_002], { width: 1, single: true, method: "numpy" }).std
  expect(std).toBeCloseTo(0.816, 3)
})

test("one NaN makes every statistic of its dimension NaN and leaves the others", () => {
  const { count, ...stats } = recorded([1, NaN, 2, 5, 3, 6], 2)

  expect(count).toEqual([3])
  for (const values of Object.values(stats)) {
    expect(values[0]).not.toBeNaN()
    expect(values[1]).toBeNaN()
  }
})

test("two episodes add up by count, with either rule for quantiles", () => {
  const parts = [recorded(range(0, 10)), recorded(range(10, 40))]
  const mean = aggregate(parts)
  const envelope = aggregate(parts, "envelope")

  expect(mean.mean).toEqual([19.5])
  expect(mean.std[0]).toBeCloseTo(11.5433968, 6)
  expect(mean).toMatchObject({ min: [0], max: [39], count: [40] })
  expect(mean.q50![0]).toBeCloseTo((10 * 4.0014 + 30 * 24.0012) / 40, 4)
  expect(envelope.q50![0]).toBeCloseTo(4.0014, 6)
  expect(envelope.q90![0]).toBeCloseTo(36.0014, 4)
})

test("pictures are summed up from counted levels, scaled to 0…1", () => {
  const black = { values: [0, 255], counts: [3, 1] }
  const stats = statsOfLevels([black], { samples: 4, scale: 1 / 255, method: "running" })

  expect(stats).toMatchObject({ min: [0], max: [1], count: [4] })
  expect(stats.mean[0]).toBeCloseTo(0.25, 12)
  expect(stats.std[0]).toBeCloseTo(Math.sqrt(3) / 4, 12)
})

test("the frames looked at are lerobot's", () => {
  expect(sampledFrames(1)).toEqual([0])
  expect(sampledFrames(99)).toEqual(range(0, 99))
  expect(sampledFrames(150).slice(0, 6)).toEqual([0, 2, 3, 5, 6, 8])
  expect(sampledFrames(150).slice(-3)).toEqual([146, 147, 149])
  expect(sampledFrames(500).slice(0, 6)).toEqual([0, 5, 10, 14, 19, 24])
  expect([101, 464, 500, 1000, 2000, 5000, 10_000, 250_000].map((frames) => sampledFrames(frames).length)).toEqual([
    100, 100, 105, 177, 299, 594, 1000, 10_000,
  ])
  expect(sampledFrames(1000).slice(0, 6)).toEqual([0, 6, 11, 17, 23, 28])
})
