import { expect, test } from "vitest"
import { run } from "./delivery.ts"

test("messages may come ten times, late, mixed up or never: every job ends once, with every part counted once", async () => {
  const { figures, violations } = await run({ isShort: true })
  expect(violations).toEqual([])
  // Otherwise nothing was shown.
  expect(figures).toMatchObject({ dropped: expect.any(Number), sleeps: expect.any(Number), deaths: expect.any(Number) })
  expect(Number(figures.dropped)).toBeGreaterThan(0)
  expect(Number(figures.copies)).toBeGreaterThan(Number(figures.messages))
}, 600_000)
