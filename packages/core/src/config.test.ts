import { afterEach, expect, test, vi } from "vitest"
import { stubRequired } from "../test/settings.ts"
import { config, resetConfig } from "./config.ts"

afterEach(() => {
  vi.unstubAllEnvs()
  resetConfig()
})

test("a job's thread gets half of its function's memory, unless told otherwise", () => {
  const heapOf = (settings: Record<string, string>) => {
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
    resetConfig()
    return config().JOB_MEMORY_MB
  }
  stubRequired()
  expect(heapOf({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "3008" })).toBe(1504)
  expect(heapOf({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "8192" })).toBe(4096)
  expect(heapOf({ JOB_MEMORY_MB: "64" })).toBe(64)
})
