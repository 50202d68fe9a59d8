import { expect, test } from "vitest"
import { Aggregate } from "./aggregate.ts"
import { statisticsOf } from "./statistics.ts"

const part = (values: Float32Array, dims = 1) => {
  const { rows, ...rest } = statisticsOf(values, dims, false)
  return { count: rows, ...rest }
}
const range = (from: number, to: number) => Float32Array.from({ length: to - from }, (_, at) => from + at)

test("two episodes give lerobot's aggregate", () => {
  const all = new Aggregate(1)
  all.add(part(range(0, 10)))
  all.add(part(range(10, 40)))
  expect([all.count, all.min[0], all.max[0], all.mean[0]]).toEqual([40, 0, 39, 19.5])
  expect(Math.sqrt(all.variance[0]!)).toBeCloseTo(11.5433968, 6)
})

test("parts in any grouping give the same, also as JSON", () => {
  const values = Float32Array.from({ length: 60 }, (_, at) => Math.sin(at) * 100 + 1000)
  const whole = part(values, 2)
  const [left, right] = [new Aggregate(2), new Aggregate(2)]
  left.add(part(values.subarray(0, 10), 2))
  right.add(part(values.subarray(10, 34), 2))
  right.add(part(values.subarray(34), 2))
  left.merge(JSON.parse(JSON.stringify(right)) as Aggregate)
  expect([left.count, left.parts]).toEqual([30, 3])
  for (const at of [0, 1]) {
    expect(left.mean[at]).toBeCloseTo(whole.mean[at]!, 9)
    expect(left.variance[at]).toBeCloseTo(whole.variance[at]!, 7)
  }
})

test("a dimension that stands still in each part is constant, wherever it stands", () => {
  const all = new Aggregate(2)
  all.add(part(Float32Array.of(1, 5, 1, 6), 2))
  all.add(part(Float32Array.of(2, 5, 2, 6), 2))
  expect([...all.constant]).toEqual([1, 0])
})
