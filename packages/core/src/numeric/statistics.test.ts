import { expect, test } from "vitest"
import { float32Moments, statisticsOf } from "./statistics.ts"

const range = (from: number, to: number) => Float32Array.from({ length: to - from }, (_, at) => from + at)
const std = (variance: Float64Array) => [...variance].map(Math.sqrt)

// Goldens are what lerobot 0.4.4 gives.
test("numbers from 0 to 9", () => {
  const { min, max, mean, variance, quantiles } = statisticsOf(range(0, 10), 1, true)
  expect([min[0], max[0], mean[0]]).toEqual([0, 9, 4.5])
  expect(std(variance)[0]).toBeCloseTo(2.8722813, 6)
  expect(quantiles![0]).toBeCloseTo(-1e-10, 12)
  expect(quantiles![1]).toBeCloseTo(-1e-10, 12)
  expect(quantiles![2]).toBeCloseTo(4.0014, 6)
  expect(quantiles![3]).toBeCloseTo(8.0009995, 5)
  expect(quantiles![4]).toBeCloseTo(8.9998199, 5)
})

test("numbers from 10 to 39", () => {
  const { mean, variance, quantiles } = statisticsOf(range(10, 40), 1, true)
  expect(mean[0]).toBe(24.5)
  expect(std(variance)[0]).toBeCloseTo(8.6554422, 5)
  for (const [at, golden] of [12.001, 24.0012, 36.0014, 38.99826].entries()) {
    expect(quantiles![at + 1]).toBeCloseTo(golden, 4)
  }
})

test("two dimensions, row by row", () => {
  const { mean, variance, quantiles } = statisticsOf(Float32Array.of(0, 10, 1, 20, 2, 30, 3, 40), 2, true)
  expect([...mean]).toEqual([1.5, 25])
  expect(std(variance)[0]).toBeCloseTo(1.118034, 6)
  expect(std(variance)[1]).toBeCloseTo(11.18034, 5)
  expect(quantiles![2]).toBeCloseTo(1.0002, 6)
  expect(quantiles![7]).toBeCloseTo(20.002, 5)
})

// What NumPy 2.2 gives: x.mean(axis=0), and (x**2).mean(axis=0) − x.mean(axis=0)**2.
test("sums of float32, row after row", () => {
  const values = new Float32Array(20_000 * 3)
  for (let row = 0; row < 20_000; row++) values.set([99.7, 0.1, 170.1 + (row % 7) * 0.5], row * 3)
  const { mean, variance } = float32Moments(values, 3)
  expect([...mean]).toEqual([99.71906280517578, 0.09998293966054916, 171.57179260253906])
  expect([...variance]).toEqual([0, 1.8803402781486511e-6, 10.521484375])
  expect(statisticsOf(values, 3, false).variance[2]).toBeCloseTo(1, 3)
})

test("a constant has no variance and is its own quantile", () => {
  const { variance, quantiles } = statisticsOf(new Float32Array(5).fill(2.5), 1, true)
  expect(variance[0]).toBe(0)
  expect([...quantiles!]).toEqual([2.5, 2.5, 2.5, 2.5, 2.5])
})

test("a large mean costs no digits", () => {
  expect(std(statisticsOf(Float32Array.of(10_000, 10_001, 10_002), 1, false).variance)[0]).toBeCloseTo(0.8164966, 6)
})

test("what is not finite is named per dimension", () => {
  const values = Float64Array.of(1, NaN, 1e308, 2, 5, -1e308, 3, 6, Infinity)
  expect([...statisticsOf(values, 3, true).finite]).toEqual([1, 0, 0])
  expect([...statisticsOf(Float64Array.of(1e308, -1e308), 1, true).finite]).toEqual([1])
})

test("one row and none", () => {
  const one = statisticsOf(Float32Array.of(3), 1, true)
  expect([one.rows, one.mean[0], one.variance[0], one.quantiles![4]]).toEqual([1, 3, 0, 3])
  expect(statisticsOf(new Float32Array(0), 3, true).rows).toBe(0)
})

test("quantiles are those of a histogram that is searched bin by bin", () => {
  let seed = 7
  const random = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647) * 2 - 1
  for (let round = 0; round < 20; round++) {
    const values = Float64Array.from({ length: 2 + round * 37 }, () => random() ** 3 * 10 ** (round % 5))
    const { quantiles } = statisticsOf(values, 1, true)
    const [min, max] = [Math.min(...values), Math.max(...values)]
    const step = (max - min + 2e-10) / 5000
    const sorted = [...values].sort((a, b) => a - b)
    for (const [at, share] of [0.01, 0.1, 0.5, 0.9, 0.99].entries()) {
      // The quantile lies in the bin of the value of that rank.
      const value = sorted[Math.max(0, Math.ceil(share * values.length) - 1)]!
      expect(Math.abs(quantiles![at]! - value)).toBeLessThanOrEqual(step * 1.0001)
    }
  }
})
