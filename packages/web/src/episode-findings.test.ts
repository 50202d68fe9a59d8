import type { Finding } from "@robokit/core/check/schema"
import { expect, test } from "vitest"
import { countFindings, findingsOf } from "./episode-findings.ts"

const finding = (over: Partial<Finding>): Finding => ({
  code: "RK101",
  severity: "error",
  kind: "defect",
  message: "Wrong.",
  where: {},
  evidence: {},
  reference: null,
  fix: null,
  occurrences: 1,
  ...over,
})

test("a finding is an episode's when any of its places is, with the frames there", () => {
  const found = finding({
    where: { episode: 4, episodes: [3, 4, 9], frame: 7 },
    places: [{ episode: 4, frame: 7 }, { episode: 3, frame: 20 }, { episode: 3, frame: 2 }, { path: "a" }],
  })
  expect(findingsOf([found], 4)).toEqual([{ finding: found, frames: [7], worstIn: null }])
  expect(findingsOf([found], 3)).toEqual([{ finding: found, frames: [2, 20], worstIn: 4 }])
  expect(findingsOf([found], 9)).toEqual([{ finding: found, frames: [], worstIn: 4 }])
  expect(findingsOf([found], 5)).toEqual([])
})

test("a finding of the whole dataset is no episode's", () => {
  expect(findingsOf([finding({ where: { path: "meta/info.json" } })], 0)).toEqual([])
})

test("an episode counts each finding once, with the worst severity", () => {
  const counts = countFindings([
    finding({ severity: "info", where: { episode: 1 }, places: [{ episode: 1 }, { episode: 1, frame: 3 }] }),
    finding({ severity: "warning", where: { episodes: [1, 2] } }),
    finding({}),
  ])
  expect(Object.fromEntries(counts)).toEqual({
    1: { count: 2, severity: "warning" },
    2: { count: 1, severity: "warning" },
  })
})
