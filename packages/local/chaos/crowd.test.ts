import { expect, test } from "vitest"
import { run } from "./crowd.ts"

test("more processes than the database has connections: every call is answered or told when to come again", async () => {
  const { figures, violations } = await run({ isShort: true })
  console.log(figures)
  expect(violations).toEqual([])
}, 120_000)
