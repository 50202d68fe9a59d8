import { expect, test } from "vitest"
import { run } from "./pause.ts"

test("workers that are stopped in a job and wake up when another has finished it change nothing", async () => {
  const { figures, violations } = await run({ isShort: true })
  console.log(figures)
  expect(violations).toEqual([])
}, 300_000)
