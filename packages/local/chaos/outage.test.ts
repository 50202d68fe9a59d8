import { expect, test } from "vitest"
import { run } from "./outage.ts"

test("connections, queue and storage go away under load and come back: what was accepted completes", async () => {
  const { figures, violations } = await run({ isShort: true })
  console.log(figures)
  expect(violations).toEqual([])
}, 300_000)
