import { expect, test } from "vitest"
import { mayPass, pollDelay } from "./polling.ts"
import { ApiError } from "./problem.ts"

const job = (status: "pending" | "running" | "completed" | "failed", poll_after_ms = 2000) => ({
  status,
  poll_after_ms,
})
const failure = (status: number, retryAfterMs: number | null = null) =>
  new ApiError("no", { status, code: "x", retryAfterMs })

test("polling goes on while a job is open and stops with the last one", () => {
  expect(pollDelay([job("completed"), job("running")], null)).toBe(2000)
  expect(pollDelay([job("pending")], null)).toBe(2000)
  expect(pollDelay([job("completed"), job("failed")], null)).toBe(false)
  expect(pollDelay([], null)).toBe(false)
  expect(pollDelay(undefined, null)).toBe(false)
})

test("the server may ask for a slower pace, not for a faster one", () => {
  expect(pollDelay([job("running", 5000), job("pending", 8000)], null)).toBe(5000)
  expect(pollDelay([job("running", 10)], null)).toBe(2000)
})

test.each([401, 403, 404, 410])("what answers %i is not asked again", (status) => {
  expect(pollDelay([job("running")], failure(status))).toBe(false)
})

test("a server in trouble is asked less often, and not before it wants to be", () => {
  expect(pollDelay([job("running")], failure(500))).toBe(10_000)
  expect(pollDelay([job("running")], failure(503, 30_000))).toBe(30_000)
  expect(pollDelay(undefined, failure(0))).toBe(10_000)
})

test("only what may pass by itself is tried again unasked, twice at most, and never against Retry-After", () => {
  expect(mayPass(0, failure(0))).toBe(true)
  expect(mayPass(1, failure(503))).toBe(true)
  expect(mayPass(2, failure(503))).toBe(false)
  expect(mayPass(0, failure(503, 60_000))).toBe(false)
  expect(mayPass(0, failure(404))).toBe(false)
  expect(mayPass(0, new TypeError("a bug of ours"))).toBe(false)
})
