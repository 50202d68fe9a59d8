import { expect, test } from "vitest"
import type { Found } from "../../../check/rule.ts"
import { statisticsOf } from "../../../numeric/statistics.ts"
import { lagRules } from "./values-lag.ts"
import type { DatasetFacts, EpisodeValues } from "./subjects.ts"

const ROWS = 200
const NAMES = ["pan", "lift", "roll"]
/** Where each joint is to be. */
const path = (frame: number, joint: number) => Math.sin(frame / (9 + 2 * joint)) + 0.3 * Math.sin(frame / 31 + joint)

type Of = (frame: number, joint: number) => number
interface Names {
  rows?: number
  names?: string[]
  states?: string[]
}

function look(action: Of, state: Of, { rows = ROWS, names = NAMES, states = names }: Names = {}) {
  const facts = {
    info: {
      parsed: {
        fps: 30,
        features: [
          { key: "action", names },
          { key: "observation.state", names: states },
        ],
      },
    },
  } as unknown as DatasetFacts
  const siblings = [action, state].map((of, at) => {
    const values = Float64Array.from({ length: rows * names.length }, (_, each) =>
      of(Math.floor(each / names.length), each % names.length),
    )
    return {
      feature: ["action", "observation.state"][at],
      dims: names.length,
      values,
      statistics: statisticsOf(values, names.length, false),
      of: { episode: 7, file: { entry: { path: "data/x.parquet" } } },
    }
  }) as unknown as EpisodeValues[]
  const found: Found[] = []
  const each = { ...siblings[0]!, siblings }
  lagRules["VAL-ACT-STATE-LAG"].check(each, (one) => found.push(one), facts)
  return found.map(({ group }) => group)
}

test("states that follow are sound: late, in part, off by an offset, or by the way they are told to go", () => {
  expect(look(path, path)).toEqual([])
  expect(look(path, (frame, joint) => path(frame - 12, joint))).toEqual([])
  expect(look(path, (frame, joint) => 0.5 * path(frame - 3, joint) + 1e6)).toEqual([])
  expect(look((frame, joint) => path(frame + 1, joint) - path(frame, joint), path)).toEqual([])
  // Towards a goal, a tenth of the rest at a time: the way is the longer the further off the joint is.
  const near: Of = (frame, joint) => (1 + joint) * (1 - 0.9 ** frame)
  expect(look((frame, joint) => near(frame + 1, joint) - near(frame, joint), near)).toEqual([])
})

test("a turned sign, and another motion, are told", () => {
  expect(look((frame, joint) => -path(frame, joint), path)).toEqual(["correlation"])
  expect(look((frame, joint) => (joint === 0 ? 1 : -1) * path(frame, joint), path)).toEqual(["correlation"])
  expect(look((frame, joint) => Math.sin((frame * frame) / 7 + joint), path)).toEqual(["correlation"])
})

test("one joint of three may have a will of its own", () => {
  expect(look((frame, joint) => (joint === 0 ? -1 : 1) * path(frame, joint), path)).toEqual([])
})

test("another unit is told, alone while the motion is the same", () => {
  expect(look((frame, joint) => 57.3 * path(frame, joint), path)).toEqual(["unit"])
  expect(look((frame, joint) => 2 * path(frame, joint), path)).toEqual([])
  expect(look((frame, joint) => -0.01 * path(frame, joint), path)).toEqual(["unit", "correlation"])
})

test("nothing is told of few frames, few joints that move, or joints of other names", () => {
  const turned: Of = (frame, joint) => -path(frame, joint)
  expect(look(turned, path, { rows: 29 })).toEqual([])
  expect(look(turned, path, { names: ["pan"] })).toEqual([])
  expect(look(turned, path, { states: ["x", "y", "z"] })).toEqual([])
  expect(look((frame, joint) => (joint === 0 ? turned(frame, joint) : 3), path)).toEqual([])
})
