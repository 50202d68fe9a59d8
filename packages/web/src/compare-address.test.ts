import { expect, test } from "vitest"
import { comparedAddress, readCompared } from "./compare-address.ts"

const SHA = "2be301e37a2098ba908a2f9ef6c8b593e97e591d"

test("after /compare/ stands a revision of the same repository, or another one's name", () => {
  expect(readCompared("", "a/b")).toBeNull()
  expect(readCompared(SHA, "a/b")).toEqual({ repo_id: "a/b", revision: SHA })
  expect(readCompared("v2.1", "a/b")).toEqual({ repo_id: "a/b", revision: "v2.1" })
  expect(readCompared("c/d", "a/b")).toEqual({ repo_id: "c/d", revision: null })
  expect(readCompared(`c/d@${SHA}`, "a/b")).toEqual({ repo_id: "c/d", revision: SHA })
})

test.each([
  { repo_id: "a/b", revision: SHA },
  { repo_id: "c/d", revision: SHA },
])("an address leads back to where it was made for", (source) => {
  expect(readCompared(comparedAddress(source, "a/b"), "a/b")).toEqual(source)
})
