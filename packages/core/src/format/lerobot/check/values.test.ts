import { expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { memoryFiles } from "../../../files/memory.ts"
import type { Files } from "../../../files/files.ts"
import type { Depth } from "../../../check/schema.ts"
import { buildLeRobot, type LeRobotSpec, type Tables } from "../builder.ts"
import { validate } from "./validate.ts"

const NAMES = ["pan", "lift", "gripper"]
const RANGES: [number, number][] = [
  [-100, 100],
  [-100, 100],
  [0, 100],
]
const spec = (episodes: number, version: LeRobotSpec["version"] = "3.0"): LeRobotSpec => ({
  version,
  fps: 10,
  robot_type: "so101_follower",
  episodes: Array.from({ length: episodes }, (_, at) => ({ length: 20 + (at % 7), tasks: ["Pick"] })),
  signals: [
    { name: "action", role: "action", names: NAMES, ranges: RANGES, grippers: [2] },
    { name: "observation.state", role: "state", names: NAMES, ranges: RANGES, grippers: [2] },
  ],
})

async function built(of: LeRobotSpec, edit?: (tables: Tables) => void) {
  const bytes = new Map<string, Uint8Array>()
  for (const [path, file] of await buildLeRobot(of, edit ? { edit } : {})) {
    bytes.set(path, await file.read(0, file.size))
  }
  return bytes
}

const look = (files: Files, depth: Depth) => validate(contextOf(files), { depth, fail_on: "error", suppress: [] })

/** Writes one number into every value of a feature, and leaves the statistics as they are. */
const still = (tables: Tables, feature: string, episodes = tables.episodes) => {
  for (const { columns } of episodes) {
    columns.find(({ name }) => name === feature)!.values = (
      columns.find(({ name }) => name === feature)!.values as Float32Array
    ).map(() => 0.5)
  }
}

test("actions that are the same in every row are the first thing said, whatever else is wrong", async () => {
  const bytes = await built(spec(4), (tables) => {
    still(tables, "action")
    tables.info["total_frames"] = 7
  })
  const { findings, reason, verdict } = await look(memoryFiles(bytes), "full")
  expect(verdict).toBe("fail")
  expect(findings[0]).toMatchObject({ code: "VAL-CONST-ALL", severity: "error", where: { feature: "action" } })
  expect(reason).toMatch(/All actions of the dataset are identical/)
  expect(findings.map(({ code }) => code)).toContain("INFO-TOTAL-FRAMES")
  expect(findings.map(({ code }) => code)).not.toContain("VAL-CONST-EP")
})

test("one episode that stands still says nothing of the dataset", async () => {
  const bytes = await built(spec(4), (tables) => still(tables, "action", tables.episodes.slice(0, 1)))
  const { findings } = await look(memoryFiles(bytes), "full")
  expect(findings.map(({ code }) => code)).not.toContain("VAL-CONST-ALL")
})

test("a quick rule is silent, and says why, where a closer one looks", async () => {
  const bytes = await built(spec(3), ({ episodes }) => {
    for (const { columns } of episodes) {
      const times = columns.find(({ name }) => name === "timestamp")!
      times.values = (times.values as Float64Array).map((time) => time * 1.04)
    }
  })
  const codes = async (depth: Depth) =>
    (await look(memoryFiles(bytes), depth)).findings.map(({ code }) => code).filter((code) => code.startsWith("TS-"))
  expect(await codes("metadata")).toEqual(["TS-FOOTER"])
  expect(await codes("columns")).toEqual(["TS-LATTICE"])
  const { not_run } = await look(memoryFiles(bytes), "columns")
  expect(not_run.find(({ code }) => code === "TS-FOOTER")?.reason).toMatch(/TS-LATTICE/)
})

test.each([
  ["a small shard of the episodes table", 12],
  ["a large one", 700],
])("no byte is read twice: %s", { timeout: 30_000 }, async (_, episodes) => {
  const bytes = await built(spec(episodes))
  const shard = bytes.get("meta/episodes/chunk-000/file-000.parquet")!
  expect(shard.length > 1024 * 1024).toBe(episodes > 100)
  const files = memoryFiles(bytes)
  const times = new Map<string, Uint8Array>()
  const open = files.open.bind(files)
  files.open = (file) => {
    const inner = open(file)
    const counts = times.get(file.path) ?? new Uint8Array(file.size)
    times.set(file.path, counts)
    return {
      ...inner,
      path: file.path,
      size: file.size,
      read: (start, end, signal) => {
        for (let at = start; at < end; at++) counts[at]!++
        return inner.read(start, end, signal)
      },
    }
  }
  expect((await look(files, "full")).verdict).toBe("pass")
  for (const [path, counts] of times) expect(Math.max(...new Set(counts)), path).toBe(1)
})

test("statistics of pictures that lack and lines that are no JSON do not stop what can be judged", async () => {
  const bytes = await built(spec(3, "2.1"))
  const path = "meta/episodes_stats.jsonl"
  const lines = Buffer.from(bytes.get(path)!).toString("utf8").split("\n")
  bytes.set(path, Buffer.from([lines[0], "{broken", lines[2], ""].join("\n")))
  const { findings } = await look(memoryFiles(bytes), "full")
  expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual(["error ST-EP-BIJECTION"])
  expect(findings[0]!.message).toMatch(/Line 2 /)
})

test.each([
  ["2.0", []],
  ["2.1", []],
  ["3.0", ["action", "observation.state"]],
] as const)("v%s: what a long episode's sums of float32 lose is lerobot's own", async (version, expected) => {
  const still: [number, number] = [99.7, 99.7]
  const { signals, ...rest } = spec(1, version)
  const long: LeRobotSpec = {
    ...rest,
    episodes: [{ length: 20_000, tasks: ["Pick"] }],
    signals: signals.map((signal) => ({ ...signal, ranges: [still, ...RANGES.slice(1)], grippers: [] })),
  }
  const { findings } = await look(memoryFiles(await built(long)), "full")
  const told = findings.filter(({ code }) => code.startsWith("ST-"))
  expect(told.map(({ severity, code, where }) => [severity, code, where.feature])).toEqual(
    expected.map((feature) => ["info", "ST-F32-CANCEL", feature]),
  )
})

test("actions that are zero whenever nothing is commanded are no placeholders", async () => {
  const relative = (of: number) => (frame: number) => (frame >= 3 && frame % 5 < of ? 1 : 0)
  const codes = async (at: (frame: number) => number) => {
    const bytes = await built(spec(1), ({ episodes }) => {
      const action = episodes[0]!.columns.find(({ name }) => name === "action")!
      action.values = (action.values as Float32Array).map((_, each) => at(Math.floor(each / 3)))
    })
    return (await look(memoryFiles(bytes), "full")).findings.map(({ code }) => code)
  }
  expect(await codes(relative(1))).not.toContain("VAL-FIRST-ZERO")
  expect(await codes(relative(5))).toContain("VAL-FIRST-ZERO")
})

test("a clock in nanoseconds is read although a double cannot hold it to the last one", async () => {
  const clock = { name: "observation.clock", role: "state", dtype: "int64", names: ["ns"], ranges: [[0, 9]] } as const
  const timed: LeRobotSpec = {
    ...spec(2),
    signals: [...spec(2).signals, { ...clock, names: ["ns"], ranges: [[0, 9]] }],
  }
  const bytes = await built(timed, ({ episodes }) => {
    for (const { columns } of episodes) {
      const column = columns.find(({ name }) => name === "observation.clock")!
      column.values = Float64Array.from(column.values as ArrayLike<number>, (_, at) => 1.76e18 + at * 33_333_333)
    }
  })
  const { findings, verdict } = await look(memoryFiles(bytes), "full")
  expect(verdict).toBe("pass")
  const stale = findings.filter(({ code }) => code === "ST-MATCH-DATA")
  expect(stale.map(({ where }) => where.feature)).toEqual(["observation.clock"])
})

test("a goal that is another one in each episode is worth knowing, and no risk", async () => {
  const aim = ({ episodes }: Tables) => {
    for (const [episode, { columns }] of episodes.entries()) {
      const state = columns.find(({ name }) => name === "observation.state")!
      state.values = (state.values as Float32Array).map((value, at) => [value, episode, 7][at % 3]!)
    }
  }
  const { findings } = await look(memoryFiles(await built(spec(3), aim)), "full")
  const still = findings.filter(({ code }) => code === "VAL-CONST-EP")
  expect(still.map(({ severity, message }) => [severity, message])).toEqual([
    ["warning", '"observation.state" never changes in 1 dimension of 3: "gripper".'],
    ["info", '"observation.state" never changes within an episode in 1 dimension of 3: "lift".'],
  ])
})

test("episodes of one frame that differ from each other do not stand still", async () => {
  const short: LeRobotSpec = { ...spec(3), episodes: Array.from({ length: 3 }, () => ({ length: 1, tasks: ["Pick"] })) }
  const move = ({ episodes }: Tables) => {
    for (const [episode, { columns }] of episodes.entries()) {
      const action = columns.find(({ name }) => name === "action")!
      action.values = Float32Array.of(episode, 1, -episode)
    }
  }
  const { findings } = await look(memoryFiles(await built(short, move)), "full")
  const still = findings.filter(({ code, where }) => code === "VAL-CONST-EP" && where.feature === "action")
  expect(still.map(({ message }) => message)).toEqual([expect.stringContaining('1 dimension of 3: "lift"')])
})

test.each([
  [0.5, true, "warning"],
  [1.76e9, true, "error"],
  [1.76e9, false, "warning"],
])("timestamps that begin at %d s, with video %j: %s", async (start, hasVideo, severity) => {
  const bytes = await built(spec(1), ({ episodes, info }) => {
    const times = episodes[0]!.columns.find(({ name }) => name === "timestamp")!
    times.type = "float64"
    times.values = Float64Array.from(times.values as ArrayLike<number>, (_, frame) => start + frame / 10)
    const camera = { dtype: "video", shape: [64, 64, 3], names: ["height", "width", "channels"] }
    if (hasVideo) (info["features"] as Record<string, unknown>)["observation.images.front"] = camera
  })
  const { findings } = await look(memoryFiles(bytes), "columns")
  expect(findings.filter(({ code }) => code === "TS-START").map((each) => each.severity)).toEqual([severity])
})
