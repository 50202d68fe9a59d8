import { describe, expect, test } from "vitest"
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatMoment,
  formatOrdinal,
  formatPrice,
  formatShare,
  plural,
  spelled,
  UNKNOWN,
} from "./formatting.ts"

// The portal speaks the reader's language; what is written down here is English.
const isEnglish = new Intl.NumberFormat().resolvedOptions().locale === "en-US"

describe.runIf(isEnglish)("in English", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [228_718, "229 kB"],
    [42_961_551, "43 MB"],
    [1_234_567_890, "1.2 GB"],
    [5e18, "5,000 PB"],
  ])("%d bytes read as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test.each([
    [0, "0 s"],
    [4.24, "4.2 s"],
    [59.9, "59.9 s"],
    [60, "1 min 00 s"],
    [1489.2, "24 min 49 s"],
    [3600, "1 h 00 min"],
    [7530, "2 h 05 min"],
  ])("%d seconds read as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  test("a share that is more than nothing never reads as nothing, and of nothing there is no share", () => {
    expect(formatShare(1, 1_000_000_000)).toBe("< 0.01%")
    expect(formatShare(0, 10)).toBe("0%")
    expect(formatShare(1, 4)).toBe("25%")
    expect(formatShare(1, 0)).toBeNull()
  })

  test.each([
    [0, "$0.00"],
    [0.000001, "< $0.0001"],
    [0.0001, "$0.0001"],
    [0.00034, "$0.0003"],
    [0.0123, "$0.0123"],
    [0.5, "$0.50"],
    [1.284, "$1.28"],
    [1234.5, "$1,234.50"],
  ])("%d dollars read as %s", (usd, text) => {
    expect(formatPrice(usd)).toBe(text)
  })

  test("places in a line are counted as people count them", () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 1000].map(formatOrdinal)).toEqual([
      "1st",
      "2nd",
      "3rd",
      "4th",
      "11th",
      "12th",
      "13th",
      "21st",
      "102nd",
      "1,000th",
    ])
  })

  test("instants are told by their distance, distant ones by their date, and none at all as unknown", () => {
    const now = Date.parse("2026-11-24T12:00:00Z")
    expect(formatAgo("2026-11-24T11:57:00Z", now)).toBe("3 minutes ago")
    expect(formatAgo("2026-11-22T12:00:00Z", now)).toBe("2 days ago")
    expect(formatAgo("2024-03-01T12:00:00Z", now)).toBe("Mar 1, 2024")
    expect(formatAgo("yesterday", now)).toBe(UNKNOWN)
  })

  test("one is not many", () => {
    expect(plural(1, "match", "matches")).toBe("1 match")
    expect(plural(2000, "episode")).toBe("2,000 episodes")
  })

  test("a name without a title is spelled out", () => {
    expect(spelled("metadata_extraction")).toBe("Metadata extraction")
  })
})

test("a moment of a recording reads as on a player, and never as sixty seconds", () => {
  expect([0, 3.4, 59.994, 59.996, 61.005, 3723.4].map(formatMoment)).toEqual([
    "0:00.00",
    "0:03.40",
    "0:59.99",
    "1:00.00",
    "1:01.01",
    "1:02:03.40",
  ])
})
