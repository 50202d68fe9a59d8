import { expect, test } from "vitest"
import { float32Moments, statisticsOf } from "../../../numeric/statistics.ts"
import { cancellationOf, deviationOf, isFloat32Sum } from "./stats-compare.ts"

const values = Float32Array.from({ length: 400 }, (_, at) => 50 + 40 * Math.sin(at / 20))
const actual = statisticsOf(values, 1, true)
const scale = actual.max[0]!

const stored = (change: Record<string, number> = {}) => {
  const names = ["q01", "q10", "q50", "q90", "q99"]
  const all = {
    min: actual.min[0]!,
    max: actual.max[0]!,
    mean: actual.mean[0]!,
    std: Math.sqrt(actual.variance[0]!),
    ...Object.fromEntries(names.map((name, at) => [name, actual.quantiles![at]!])),
    ...change,
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]]))
}

test("within the tolerances nothing is told, beyond them the worst is", () => {
  expect(deviationOf(stored(), actual)).toBeNull()
  expect(deviationOf(stored({ mean: actual.mean[0]! + 0.9e-5 * scale }), actual)).toBeNull()
  expect(deviationOf(stored({ mean: actual.mean[0]! + 1.1e-5 * scale }), actual)).toMatchObject({ statistic: "mean" })
  expect(deviationOf(stored({ max: actual.max[0]! + 1e-3 }), actual)).toMatchObject({ statistic: "max", dimension: 0 })
  const range = actual.max[0]! - actual.min[0]!
  expect(deviationOf(stored({ q90: actual.quantiles![3]! + 4.9e-4 * range }), actual)).toBeNull()
  expect(deviationOf(stored({ q90: actual.quantiles![3]! + 5.2e-4 * range }), actual)).toMatchObject({
    statistic: "q90",
  })
  expect(deviationOf(stored({ std: Math.sqrt(actual.variance[0]! + 2.1e-5 * scale ** 2) }), actual)).toMatchObject({
    statistic: "std",
  })
  expect(deviationOf(stored({ mean: 60, q10: 20 }), actual)!.statistic).toBe("mean")
})

test("a stored NaN and a dimension that is not finite are left to their own rules", () => {
  expect(deviationOf(stored({ mean: NaN }), actual)).toBeNull()
  expect(deviationOf(stored({ mean: 0 }), statisticsOf(Float32Array.of(1, NaN), 1, false))).toBeNull()
})

test("a deviation that float32 spoilt is told apart from one that is wrong", () => {
  const still = statisticsOf(new Float32Array(100).fill(152.3), 1, false)
  expect(cancellationOf({ std: [0.265] }, still)).toMatchObject({ statistic: "std", expected: 0 })
  expect(cancellationOf({ std: [0.01] }, still)).toBeNull()
  expect(cancellationOf({ std: [5] }, still)).toBeNull()
  expect(deviationOf({ std: [5] }, still)).toMatchObject({ statistic: "std" })
  expect(deviationOf({ std: [0.265] }, still)).toBeNull()
})

test("what a long episode's sums of float32 come to is no other data's", () => {
  const long = Float32Array.from({ length: 40_000 }, (_, at) => (at % 2 ? 99.7 : 170.1 + (at % 14) * 0.25))
  const exact = statisticsOf(long, 2, false)
  const { mean, variance } = float32Moments(long, 2)
  const summed = { mean, std: variance.map(Math.sqrt) }
  expect(deviationOf(summed, exact)).toMatchObject({ statistic: "mean" })
  expect(isFloat32Sum(summed, exact, long)).toBe(true)
  // lerobot 0.3 subtracts the mean before it squares.
  expect(isFloat32Sum({ mean, std: exact.variance.map(Math.sqrt) }, exact, long)).toBe(true)
  expect(isFloat32Sum({ ...summed, mean: mean.map((each) => each + 0.01) }, exact, long)).toBe(false)
  expect(isFloat32Sum(summed, exact, Float64Array.from(long))).toBe(false)
})
