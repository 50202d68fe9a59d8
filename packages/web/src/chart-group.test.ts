import type uPlot from "uplot"
import { expect, test, vi } from "vitest"
import { ChartGroup } from "./chart-group.ts"

/** A chart that says, as the real one does, that its range was changed. */
function chart(group: ChartGroup) {
  const setScale = vi.fn((_key: string, { min, max }: { min: number; max: number }) => group.follow(min, max))
  group.add({ setScale } as unknown as uPlot)
  return setScale
}

test("what is zoomed in one chart is zoomed in all, once", () => {
  const group = new ChartGroup(10)
  const charts = [chart(group), chart(group)]
  group.follow(2, 4)
  expect(group.range).toEqual([2, 4])
  for (const each of charts) expect(each.mock.calls).toEqual([["x", { min: 2, max: 4 }]])
  group.reset()
  expect([group.range, group.isZoomed]).toEqual([[0, 10], false])
})

test("looking closer stays around the moment and inside the episode, and farther ends at all of it", () => {
  const group = new ChartGroup(10)
  group.zoomIn(5)
  expect(group.range).toEqual([2.5, 7.5])
  group.zoomIn(7.4)
  expect(group.range[0]).toBeCloseTo(6.15)
  group.zoomIn(10)
  expect(group.range).toEqual([8.75, 10])
  for (let step = 0; step < 20; step++) group.zoomIn(0)
  expect(group.range).toEqual([0, 0.05])
  for (let step = 0; step < 20; step++) group.zoomOut(0)
  expect([group.range, group.isZoomed]).toEqual([[0, 10], false])
})

test("who listens hears the row under the pointer change, not that it did not", () => {
  const group = new ChartGroup(10)
  const heard = vi.fn()
  const stop = group.subscribe(heard)
  group.point(3)
  group.point(3)
  group.point(null)
  expect(heard).toHaveBeenCalledTimes(2)
  stop()
  group.reset()
  expect(heard).toHaveBeenCalledTimes(2)
})
