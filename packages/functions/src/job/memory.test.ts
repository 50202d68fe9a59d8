import { SIZE_CLASSES } from "@robokit/core/job/schema"
import { MEMORY_MB } from "@robokit/core/usage/price"
import { expect, test } from "vitest"
import { FUNCTIONS } from "../sizes.ts"

test.each(SIZE_CLASSES)("a %s job is priced by the memory of the worker that runs it", (size_class) => {
  expect(MEMORY_MB[size_class]).toBe(FUNCTIONS[`worker-${size_class}`].memory_mb)
})
