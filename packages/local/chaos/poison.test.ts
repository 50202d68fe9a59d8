import { expect, test } from "vitest"
import { run } from "./poison.ts"

test("jobs that kill, starve or block their thread fail by name, and their neighbours complete", async () => {
  const { figures, violations } = await run({ isShort: true })
  console.log(figures)
  expect(violations).toEqual([])
}, 300_000)
