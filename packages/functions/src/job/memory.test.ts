import { MEMORY_MB } from "@robokit/core/usage/price"
import { expect, test } from "vitest"
import { FUNCTIONS } from "../sizes.ts"

test("a job is priced by the memory of the worker that runs it", () => {
  expect(MEMORY_MB.light).toBe(FUNCTIONS.worker.memory_mb)
})
