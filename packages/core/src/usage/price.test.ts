import { expect, test } from "vitest"
import { MEMORY_MB, priceOf, priceOfStep, toMicros, toUsd } from "./price.ts"
import list from "./prices.json" with { type: "json" }

const usage = (compute_ms: number, requests = 8, bytes = 1000) => ({ requests, bytes, compute_ms })
const { lambda_gb_s, lambda_requests, sqs_requests, s3_puts } = list.prices

test("a run is priced by its time and memory, one invocation, its message and one file, in whole micros rounded up", () => {
  const seconds = 100
  const usd =
    seconds * (MEMORY_MB.light / 1024) * lambda_gb_s.usd +
    lambda_requests.usd / lambda_requests.per +
    (3 * sqs_requests.usd) / sqs_requests.per +
    s3_puts.usd / s3_puts.per
  expect(priceOf(usage(seconds * 1000), "light")).toBe(Math.ceil(usd * 1e6))
  // 100 s × 1 GB × $0.0000133334 = $0.00133334, and $0.0000064.
  expect(priceOf(usage(100_000), "light")).toBe(1340)
})

test("nothing costs nothing, and the least that is something costs a micro or more, never a fraction", () => {
  expect(priceOf(usage(0, 0, 0), "heavy")).toBe(0)
  for (let ms = 0; ms < 2000; ms += 7) {
    const price = priceOf(usage(ms), "medium")
    expect(Number.isInteger(price) && price > 0).toBe(true)
    expect(price).toBeLessThanOrEqual(priceOf(usage(ms + 7), "medium"))
  }
})

test("time costs as much more as a class has more memory; requests and bytes cost the time they take", () => {
  const [light, heavy] = [priceOf(usage(1_000_000), "light"), priceOf(usage(1_000_000), "heavy")]
  expect(heavy / light).toBeCloseTo(MEMORY_MB.heavy / MEMORY_MB.light, 1)
  expect(priceOf(usage(500, 1), "light")).toBe(priceOf(usage(500, 9999, 1e12), "light"))
})

test("a step costs what it added", () => {
  expect(priceOfStep(usage(3000, 10), usage(1000, 4), "light")).toBe(priceOf(usage(2000, 6), "light"))
  expect(priceOfStep(usage(1000), usage(1000), "light")).toBe(0)
})

test("dollars and micros are the same amounts", () => {
  for (const micros of [0, 1, 1340, 20_000_000, 123_456_789]) expect(toMicros(toUsd(micros))).toBe(micros)
})
