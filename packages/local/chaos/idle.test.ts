import { expect, test } from "vitest"
import { run } from "./idle.ts"

test("the product with nothing to do asks the database nothing and sends nothing, for longer than a sweep waits", async () => {
  const { figures, violations } = await run({ isShort: true })
  console.log(figures)
  expect(violations).toEqual([])
}, 300_000)
