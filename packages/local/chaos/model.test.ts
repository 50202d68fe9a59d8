import { expect, test } from "vitest"
import { run } from "./model.ts"

test("no commands in whatever order, and no two at once, lead the rows away from the model", async () => {
  const { figures, violations } = await run({ isShort: true })
  expect(violations).toEqual([])
  // Commands that lead nowhere would prove nothing.
  expect(Number(figures["jobs that ended"])).toBeGreaterThan(100)
  expect(Number(figures["sequences with parts done"])).toBeGreaterThan(10)
}, 600_000)
