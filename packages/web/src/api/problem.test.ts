import { expect, test } from "vitest"
import { problemOf } from "./problem.ts"

test("a problem's sentence, code, advice and request are kept", () => {
  const error = problemOf(
    409,
    {
      title: "Conflict",
      detail: "It is there.",
      code: "dataset_exists",
      user_action: "Open it.",
      existing_id: 7,
      request_id: "r1",
    },
    new Headers(),
  )
  expect(error).toMatchObject({
    message: "It is there.",
    status: 409,
    code: "dataset_exists",
    userAction: "Open it.",
    existingId: 7,
    requestId: "r1",
    fields: [],
  })
})

test.each([
  ["FastAPI's", { detail: [{ loc: ["body", "limit"], msg: "too big", type: "x" }] }],
  [
    "problem JSON's",
    { detail: "body.limit: too big", errors: [{ loc: ["body", "limit"], pointer: "#/limit", detail: "too big" }] },
  ],
])("the fields at fault are found in %s shape", (_name, body) => {
  expect(problemOf(422, body, new Headers())).toMatchObject({
    fields: [{ loc: ["body", "limit"], message: "too big" }],
    message: expect.stringContaining("limit: too big"),
  })
})

test("a budget that does not reach is told with all of its numbers, or as a sentence alone", () => {
  const budget = { period: "day", limit_usd: 1, spent_usd: 0.6, reserved_usd: 0.3, wanted_usd: 0.2 }
  const resets_at = "2026-11-27T00:00:00Z"
  const shortageOf = (status: number, body: object) => problemOf(status, body, new Headers()).shortage
  expect(shortageOf(402, { detail: "Too much.", ...budget, resets_at })).toEqual({ ...budget, resets_at })
  expect(shortageOf(402, budget)).toEqual({ ...budget, resets_at: null })
  expect(shortageOf(402, { ...budget, spent_usd: "0.6" })).toBeNull()
  expect(shortageOf(402, { detail: "The job would read more than one job may." })).toBeNull()
  expect(shortageOf(409, budget)).toBeNull()
})

test("an answer that says nothing is still a sentence", () => {
  expect(problemOf(502, undefined, new Headers()).message).toBe("The server answered 502 without saying why.")
  expect(problemOf(500, { detail: 5, errors: [null, {}, { loc: "x" }] }, new Headers())).toMatchObject({
    message: "The server answered 500.",
    fields: [],
  })
})

test("Retry-After is read as seconds and as a date, and nonsense as nothing", () => {
  const after = (value: string) => problemOf(503, {}, new Headers({ "retry-after": value })).retryAfterMs
  expect(after("30")).toBe(30_000)
  expect(after(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000)
  expect(after("soon")).toBeNull()
})
