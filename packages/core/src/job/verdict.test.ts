import { expect, test } from "vitest"
import { AppError } from "../error.ts"
import { judge, plain } from "./verdict.ts"

test("from the fourth failure on, a thousand in one moment come back spread out: no second gets a twentieth", () => {
  const error = new AppError("hub_unavailable", "Down.")
  for (const tries of [3, 4, 5, 6]) {
    const buckets = new Map<number, number>()
    for (let each = 0; each < 1000; each++) {
      const verdict = judge(error, tries)
      if (verdict.action !== "retry") throw new Error("must be tried again")
      const second = Math.floor(verdict.delay_ms / 1000)
      buckets.set(second, (buckets.get(second) ?? 0) + 1)
    }
    expect(Math.max(...buckets.values())).toBeLessThan(50)
  }
})

test("waiting grows to a quarter of an hour and no further", () => {
  const error = new AppError("hub_timeout", "Slow.")
  const longest = [0, 1, 2, 6].map((tries) => judge(error, tries, () => 1))
  expect(longest).toMatchObject([{ delay_ms: 5000 }, { delay_ms: 10_000 }, { delay_ms: 20_000 }, { delay_ms: 320_000 }])
})

test("the storage's outage is sat out as the Hub's is: five minutes on average; a bug is given up after seconds", () => {
  const waits = (code: "storage_error" | "hub_unavailable" | "unexpected") => {
    const all = Array.from({ length: 8 }, (_, tries) => judge(new AppError(code, "Down."), tries, () => 0.5))
    return all.reduce((sum, verdict) => sum + (verdict.action === "retry" ? verdict.delay_ms : 0), 0)
  }
  expect(waits("storage_error")).toBe(317_500)
  expect(waits("hub_unavailable")).toBe(317_500)
  expect(waits("unexpected")).toBe(17_500)
})

test("what the other side asked for goes before our own idea", () => {
  const error = new AppError("hub_rate_limited", "Slowly.", { retry_after_ms: 123_456 })
  expect(judge(error, 0)).toMatchObject({ action: "retry", delay_ms: 123_456 })
})

test("a line of text keeps no control, direction or half characters", () => {
  expect(plain("a\nb\u0000c\u202ed\u001b[31m \ud800", 100)).toBe("a b c d [31m \ufffd")
  expect(plain("x".repeat(300), 200)).toHaveLength(200)
})
