import { expect, test } from "vitest"
import { readImportSearch } from "./import-search.ts"

test("an address is read for what it may say, and the rest of it is left out", () => {
  expect(readImportSearch({ q: "so101", page: 3, sort: "likes", all: true, lerobot: "3.0", evil: "x" })).toEqual({
    q: "so101",
    page: 3,
    sort: "likes",
    all: true,
    lerobot: "3.0",
  })
})

test("nonsense is as good as nothing", () => {
  expect(readImportSearch({ q: {}, page: -1, sort: "constructor", lerobot: "9", all: "maybe", dataset: "" })).toEqual(
    {},
  )
})

test("a query of digits stays text", () => {
  expect(readImportSearch({ q: 101 })).toEqual({ q: "101" })
})

test("a version written without quotation marks is the one that was meant", () => {
  // The router reads `lerobot=2.0` as the number 2.
  expect(readImportSearch({ lerobot: 2 })).toEqual({ lerobot: "2.0" })
  expect(readImportSearch({ lerobot: 2.1 })).toEqual({ lerobot: "2.1" })
})
