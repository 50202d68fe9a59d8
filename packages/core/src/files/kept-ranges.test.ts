import { expect, test } from "vitest"
import type { Bytes } from "./files.ts"
import { keepRanges } from "./kept-ranges.ts"

function counted(size: number) {
  const body = Uint8Array.from({ length: size }, (_, at) => at % 251)
  const times = new Uint8Array(size)
  const bytes: Bytes = {
    path: "a",
    size,
    read: (start, end) => {
      for (let at = start; at < end; at++) times[at]!++
      return Promise.resolve(body.slice(start, end))
    },
  }
  return { bytes, body, times }
}

test("ranges that overlap in any way give the right bytes, and none is read twice", async () => {
  const { bytes, body, times } = counted(1000)
  const kept = keepRanges(bytes, () => true)
  const ranges = [
    [900, 1000],
    [100, 200],
    [150, 400],
    [50, 60],
    [0, 1000],
    [300, 301],
    [0, 0],
    [55, 950],
  ]
  for (const [start, end] of ranges) {
    expect([...(await kept.read(start!, end!))]).toEqual([...body.subarray(start, end)])
  }
  expect([...new Set(times)]).toEqual([1])
})

test("a read that failed is not kept", async () => {
  const { bytes, body } = counted(10)
  let isDown = true
  const read: Bytes["read"] = (...at) => (isDown ? Promise.reject(new Error("down")) : bytes.read(...at))
  const kept = keepRanges({ ...bytes, read }, () => true)
  await expect(kept.read(0, 10)).rejects.toThrow("down")
  isDown = false
  expect([...(await kept.read(0, 10))]).toEqual([...body])
})

test("what there is no room for is read again", async () => {
  const { bytes, body, times } = counted(100)
  const kept = keepRanges(bytes, (length) => length <= 10)
  for (let look = 0; look < 2; look++) {
    for (const [start, end] of [
      [0, 10],
      [20, 60],
    ]) {
      expect([...(await kept.read(start!, end!))]).toEqual([...body.subarray(start, end)])
    }
  }
  expect([times[5], times[30], times[80]]).toEqual([1, 2, 0])
})
