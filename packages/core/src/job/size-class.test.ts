import { expect, test } from "vitest"
import { SIZE_CLASSES } from "./schema.ts"
import { classOf, larger, upTo } from "./size-class.ts"

test("an estimate of bytes has one class, larger for more", () => {
  expect([0, 256e6, 256e6 + 1, 4e9, 4e9 + 1, 1e15].map(classOf)).toEqual([
    "light",
    "light",
    "medium",
    "medium",
    "heavy",
    "heavy",
  ])
})

test("the classes are a ladder that ends", () => {
  expect(SIZE_CLASSES.map(larger)).toEqual(["medium", "heavy", undefined])
  expect(SIZE_CLASSES.map(upTo)).toEqual([["light"], ["light", "medium"], ["light", "medium", "heavy"]])
})
