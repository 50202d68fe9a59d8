import { expect, test } from "vitest"
import { demonstrate } from "./builder-motion.ts"

const ranges: [number, number][] = [
  [-100, 100],
  [-50, 50],
  [0, 100],
]
const take = (seed: number, frames = 240) => demonstrate({ frames, ranges, grippers: [2], seed })

test("the same seed makes the same take, another seed another", () => {
  expect(take(1)).toEqual(take(1))
  expect(take(1).command).not.toEqual(take(2).command)
})

test("commands stay in range and never jump", () => {
  for (let seed = 0; seed < 50; seed++) {
    const { command, frames } = take(seed)
    for (let at = 0; at < command.length; at++) {
      const [low, high] = ranges[at % 3]!
      expect(command[at]).toBeGreaterThanOrEqual(low)
      expect(command[at]).toBeLessThanOrEqual(high)
      // The fastest phase lasts a twentieth of the take and peaks at 1.875 times its mean speed.
      if (at >= 3) expect(Math.abs(command[at]! - command[at - 3]!)).toBeLessThan((30 * (high - low)) / frames)
    }
  }
})

test("the arm follows its command with a lag", () => {
  const { command, measured, frames } = take(3)
  const apart = (shift: number) => {
    let sum = 0
    for (let frame = 10; frame < frames; frame++) sum += Math.abs(measured[frame * 3]! - command[(frame - shift) * 3]!)
    return sum
  }
  expect(apart(2)).toBeLessThan(apart(0))
  expect(apart(2)).toBeLessThan(apart(6))
})

test("the gripper closes once and opens again", () => {
  const { command, frames } = take(5)
  const grip = Array.from({ length: frames }, (_, frame) => command[frame * 3 + 2]!)
  expect([grip[0], grip[Math.floor(frames / 2)]! < 30, grip.at(-1)]).toEqual([85, true, 85])
})

test("a take of one frame is a take", () => {
  expect(Array.from(take(1, 1).command)).toHaveLength(3)
})
