import { expect, test } from "vitest"
import { isWithinRanges, parseRanges } from "./ranges.ts"

test("episodes are numbers and ranges, both ends included", () => {
  const ranges = parseRanges("0-9, 12")!
  expect(ranges).toEqual([
    [0, 9],
    [12, 12],
  ])
  expect([0, 9, 10, 12, NaN].map((episode) => isWithinRanges(ranges, episode))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ])
  expect(isWithinRanges(null, 7)).toBe(true)
})

test.each(["", "a", "-1", "1-", "3-2", "1,,2", "1.5", "0x1", "99999999999", "9-9999999999", "1,".repeat(1001) + "1"])(
  "%j is none",
  (text) => expect(parseRanges(text)).toBeUndefined(),
)
