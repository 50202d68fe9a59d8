import { expect, test } from "vitest"
import type { Found } from "../../../check/rule.ts"
import { lerobotRules } from "./rules.ts"
import type { Rule } from "./rule.ts"
import type { DatasetFacts, VideoFile } from "./subjects.ts"

const FPS = 30

interface Window {
  length: number
  from: number
  to?: number
}

/** A file of one camera at 30 frames a second, and the windows of its episodes; in version 2 there is one, and no window. */
function film(times: readonly number[], windows: readonly Window[], timescale = 15360, major: 2 | 3 = 3) {
  const numbers = (value: (window: Window, row: number) => number) => Float64Array.from(windows, value)
  let index = 0
  const starts = windows.map(({ length }) => (index += length) - length)
  const episodes = {
    rows: windows.length,
    broken: [],
    badLines: [],
    episode_index: numbers((_, row) => row),
    length: numbers(({ length }) => length),
    from: Float64Array.from(starts),
    to: numbers(({ length }, row) => starts[row]! + length),
    windows: new Map(
      major === 2
        ? []
        : [
            [
              "cam",
              {
                chunk: numbers(() => 0),
                file: numbers(() => 0),
                from: numbers(({ from }) => from),
                to: numbers(({ from, to, length }) => to ?? from + length / FPS),
              },
            ],
          ],
    ),
    videoPath: () => "videos/cam/chunk-000/file-000.mp4",
  }
  const facts = {
    version: { major },
    has: () => true,
    info: { parsed: { fps: FPS, features: [] } },
    episodes,
  } as unknown as DatasetFacts
  const samples = { timescale, times: Float64Array.from(times), hidden: 0, sync: null, stalled: null, unsigned: null }
  const video = {
    entry: { path: "videos/cam/chunk-000/file-000.mp4", size: 1000 },
    camera: "cam",
    mp4: { fps: FPS, frames: times.length, samples },
    episodeRows: windows.map((_, row) => row),
  } as unknown as VideoFile
  const found: { code: string; severity: string; where?: Found["where"] }[] = []
  for (const [code, rule] of Object.entries<Rule>(lerobotRules)) {
    if (!/^VID-(?:RANGE|FRAMES|DRIFT|CFR|START|DTS|CAM-LEN)/.test(code)) continue
    if (rule.versions !== "all" && !rule.versions.some((name) => name.startsWith(`v${major}`))) continue
    const report = ({ severity = rule.severity, where }: Found) => found.push({ code, severity, where })
    if (rule.on === "video_file") rule.check(video, report, facts)
    if (rule.on === "dataset") rule.check(facts, report, facts)
  }
  return found
}

const lattice = (count: number, at = 0) => Array.from({ length: count }, (_, frame) => at + frame / FPS)
const TWO: Window[] = [
  { length: 20, from: 0 },
  { length: 30, from: 20 / FPS },
]
const codes = (found: ReturnType<typeof film>) => found.map(({ code, severity }) => `${severity} ${code}`)

test("a file that holds its episodes exactly is sound", () => {
  expect(film(lattice(50), TWO)).toEqual([])
})

test("drift is silent up to what a lookup forgives, a warning up to half a frame, and an error beyond", () => {
  const joined = (late: number) => film([...lattice(20), ...lattice(30, 20 / FPS + late)], TWO)
  expect(joined(0.00009)).toEqual([])
  expect(codes(joined(0.0005))).toEqual(["warning VID-DRIFT"])
  expect(codes(joined(0.6 / FPS))).toEqual(["warning VID-CFR", "error VID-DRIFT"])
})

test("joins of old ffmpeg add up, and are drift, not an uneven rate", () => {
  const windows = Array.from({ length: 40 }, (_, row): Window => ({ length: 20, from: (row * 20) / FPS }))
  const times = windows.flatMap(({ from }, row) => lattice(20, from + row * 0.00037))
  expect(new Set(codes(film(times, windows)))).toEqual(new Set(["warning VID-DRIFT"]))
})

test("times rounded to whole milliseconds are even", () => {
  const found = film(
    lattice(50).map((time) => Math.round(time * 1000) / 1000),
    TWO,
    1000,
  )
  expect(codes(found).filter((each) => each.includes("CFR"))).toEqual([])
})

test("frames of a discarded take between two episodes are a risk, told once, with the episode before them", () => {
  const windows: Window[] = [
    { length: 20, from: 0 },
    { length: 30, from: 40 / FPS },
  ]
  const [orphans, ...others] = film(lattice(70), windows)
  expect(others).toEqual([])
  expect(orphans).toMatchObject({ code: "VID-FRAMES-V3", severity: "warning", where: { episode: 0 } })
})

test("the same inside a window is told by the window alone (lerobot#4104 as lerobot writes it)", () => {
  const windows: Window[] = [
    { length: 20, from: 0, to: 40 / FPS },
    { length: 30, from: 40 / FPS },
  ]
  expect(codes(film(lattice(70), windows))).toEqual(["warning VID-RANGE-LEN"])
})

test("a frame short is the last episode's, and told once", () => {
  const found = film(lattice(49), TWO)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ code: "VID-FRAMES-V3", severity: "error", where: { episode: 1 } })
})

test("of version 2, frames too few are an error and frames too many a risk: lookups by time find the right ones", () => {
  const one = [{ length: 50, from: 0 }]
  const of = (frames: number) => codes(film(lattice(frames), one, 15360, 2))
  expect([of(49), of(50), of(51)]).toEqual([["error VID-FRAMES-V2"], [], ["warning VID-FRAMES-V2"]])
})

test("a writer that always ends at the last frame is told so, one that does once has an error", () => {
  const end = ({ length, from }: Window): Window => ({ length, from, to: from + (length - 1) / FPS })
  expect(codes(film(lattice(50), TWO.map(end)))).toEqual(["warning VID-RANGE-LEN", "warning VID-RANGE-LEN"])
  expect(codes(film(lattice(50), [TWO[0]!, end(TWO[1]!)]))).toEqual(["error VID-RANGE-LEN"])
})

test("episodes behind the end of a file are told by their windows, not by their frames", () => {
  const found = film(lattice(50), [...TWO, { length: 10, from: 50 / FPS }])
  expect(codes(found)).toEqual(["error VID-RANGE-END"])
  expect(found[0]!.where).toMatchObject({ episode: 2 })
})

test("a late start is told once, whatever depends on it", () => {
  expect(codes(film(lattice(50, 2 / FPS), TWO))).toEqual(["error VID-START"])
})

test("windows that are no numbers have a rule of their own", () => {
  expect(film(lattice(50), [TWO[0]!, { length: 30, from: NaN, to: NaN }])).toEqual([])
})
