import { expect, test } from "vitest"
import { readValidationSearch } from "./validation-search.ts"

test("what an address says of the findings is kept, and what it cannot mean is left out", () => {
  const all = { severity: "error", kind: "risk", episode: 0, q: "rows", job: 12, finding: 3, format: "lerobot" }
  expect(readValidationSearch(all)).toEqual(all)
  expect(readValidationSearch({ severity: "bad", kind: 1, episode: -1, q: "", job: 1.5, finding: "x" })).toEqual({})
  expect(readValidationSearch({ q: 30 })).toEqual({ q: "30" })
  expect(readValidationSearch({ q: "x".repeat(5000) }).q).toHaveLength(200)
})
