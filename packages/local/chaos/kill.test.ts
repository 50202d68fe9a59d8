import { expect, test } from "vitest"
import { run } from "./kill.ts"

test("kill -9 of real workers at random: every job ends, each result is published once, no lease is left", async () => {
  const { figures, violations } = await run({ isShort: true })
  console.log(figures)
  expect(violations).toEqual([])
}, 300_000)
