import { expect, test } from "vitest"
import type { Series } from "./api/episodes.ts"
import { columnsOf, firstRows, isThinned, panelsOf, pointOf, timestampsOff, valueAt, valueName } from "./chart-data.ts"

const series = (over: Partial<Series> = {}): Series => ({
  name: "action/pan",
  feature: "action",
  index: 0,
  min: [1, null, 3],
  max: [1, null, 5],
  ...over,
})

test("one chart a feature, in the order of the columns; bookkeeping apart", () => {
  const { panels, bookkeeping } = panelsOf([
    series({ unit: "deg" }),
    series({ name: "action/tilt", index: 1, unit: "deg" }),
    series({ name: "frame_index", feature: "frame_index" }),
    series({ name: "state/pan", feature: "state", unit: "deg" }),
    series({ name: "state/grip", feature: "state", unit: "mm" }),
  ])
  expect(panels.map(({ feature, unit, series: each }) => [feature, unit, each.length])).toEqual([
    ["action", "deg", 2],
    ["state", null, 2],
  ])
  expect(bookkeeping.map(({ feature }) => feature)).toEqual(["frame_index"])
})

test("a value is called without its feature, wherever its slashes are", () => {
  expect(valueName(series())).toBe("pan")
  expect(valueName(series({ name: "next.reward", feature: "next.reward" }))).toBe("next.reward")
  expect(valueName(series({ name: "a/b/c", feature: "a/b" }))).toBe("c")
})

test("every row is in the point that the server put it into", () => {
  for (const [rows, points] of [
    [218, 218],
    [1000, 1000],
    [2500, 1000],
    [20_000, 1000],
    [1001, 1000],
    [7, 3],
  ] as const) {
    const frames = { rows, t: Array.from({ length: points }, () => null) }
    const first = firstRows(frames)
    for (let row = 0; row < rows; row++) {
      const point = pointOf(row, frames)
      expect(point).toBe(Math.floor((row * points) / rows))
      expect(first[point]).toBeLessThanOrEqual(row)
      expect(first[point + 1] ?? rows).toBeGreaterThan(row)
    }
    expect(isThinned(frames)).toBe(rows > points)
  }
})

test("a gap stays a gap; thinned out there are two lines a value, drawn from the first row of each point", () => {
  const [panel] = panelsOf([series()]).panels
  expect(columnsOf(panel!, { rows: 3, t: [0, 0.1, 0.2] }, 10)).toEqual([
    [0, 0.1, 0.2],
    [1, null, 5],
  ])
  expect(columnsOf(panel!, { rows: 7, t: [0, 0.3, 0.5] }, 10)).toEqual([
    [0, 0.3, 0.5],
    [1, null, 5],
    [1, null, 3],
  ])
})

test("a value is told at a row, as a range where it is one, and a gap as one", () => {
  const frames = { rows: 3, t: [0, 1, 2] }
  expect([0, 1, 2].map((row) => valueAt(series(), row, frames))).toEqual(["1", "–", "3 … 5"])
})

test("timestamps that are not frame / fps are told, rounding and half a frame are not", () => {
  const t = [0, 0.033333335, 0.066666666, 0.1]
  expect(timestampsOff({ rows: 4, t }, 30)).toBeNull()
  expect(timestampsOff({ rows: 4, t: [0, null, null, null] }, 30)).toBeNull()
  expect(timestampsOff({ rows: 4, t: [0, 0.033, 0.5, 0.6] }, 30)).toEqual({ by_s: expect.closeTo(0.5), row: 3 })
})
