import { expect, test } from "vitest"
import { run } from "./crash.ts"

test("a process may die anywhere: its jobs come to their ends, once", async () => {
  const { figures, violations } = await run({ isShort: true })
  expect(violations).toEqual([])
  expect(Object.values(figures)).not.toContain("0 deaths")
}, 600_000)
