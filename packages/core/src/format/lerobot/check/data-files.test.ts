import { parquetWriteBuffer } from "hyparquet-writer"
import { expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { memoryFiles } from "../../../files/memory.ts"
import { buildLeRobot, type LeRobotSpec, type Tables } from "../builder.ts"
import { validate } from "./validate.ts"

const spec = (version: LeRobotSpec["version"]): LeRobotSpec => ({
  version,
  fps: 10,
  robot_type: "so101_follower",
  episodes: Array.from({ length: 3 }, (_, at) => ({ length: 20 + at, tasks: ["Pick"] })),
  sessions: [1, 2],
  signals: [
    { name: "action", role: "action", names: ["x"], ranges: [[-1, 1]], grippers: [] },
    { name: "observation.state", role: "state", names: ["x"], ranges: [[-1, 1]], grippers: [] },
    { name: "observation.button", role: "state", dtype: "int64", names: ["n"], ranges: [[0, 900]], grippers: [] },
  ],
})

async function built(version: LeRobotSpec["version"], edit?: (tables: Tables) => void) {
  const bytes = new Map<string, Uint8Array>()
  for (const [path, file] of await buildLeRobot(spec(version), edit ? { edit } : {})) {
    bytes.set(path, await file.read(0, file.size))
  }
  return bytes
}

async function found(bytes: Map<string, Uint8Array>) {
  const ctx = contextOf(memoryFiles(bytes))
  return (await validate(ctx, { depth: "full", suppress: [] })).findings
}

test.each([
  ["2.1", "data/chunk-000/episode_000001.parquet"],
  ["3.0", "data/chunk-000/file-001.parquet"],
] as const)("v%s: of a file and its copy the copy is too many, whatever sorts first", async (version, path) => {
  const bytes = await built(version)
  const copy = path.replace(".parquet", " (1).parquet")
  bytes.set(copy, bytes.get(path)!)
  const wrong = (await found(bytes)).filter(({ severity }) => severity !== "info")
  expect(wrong.map(({ code, where }) => [code, where.path])).toEqual([
    ["IDX-GLOBAL", copy],
    ["PATH-ORPHAN-FILE", copy],
  ])
})

test.each([
  ["uint32", []],
  ["int64", []],
  ["int32", ["warning"]],
])("a column of int64 for a declared %s: %j", async (dtype, expected) => {
  const bytes = await built("3.0", ({ info }) => {
    const features = info["features"] as Record<string, { dtype: string }>
    features["observation.button"]!.dtype = dtype
  })
  const types = (await found(bytes)).filter(({ code }) => code === "FEAT-COL-TYPE")
  expect([...new Set(types.map(({ severity }) => severity))]).toEqual(expected)
})

test("what is said in a frame has as many times as it has, whatever its shape is declared to be", async () => {
  const edit = ({ info }: Tables) => {
    const features = info["features"] as Record<string, Record<string, unknown>>
    features["language_persistent"] = { dtype: "language", shape: [1], names: null }
  }
  const spoken = spec("3.0")
  spoken.signals.push({
    name: "language_persistent",
    role: "effort",
    names: ["a", "b"],
    ranges: [
      [0, 1],
      [0, 1],
    ],
  })
  const bytes = new Map<string, Uint8Array>()
  for (const [path, file] of await buildLeRobot(spoken, { edit })) bytes.set(path, await file.read(0, file.size))
  const told = (await found(bytes)).filter(({ where }) => where.feature === "language_persistent")
  expect(told.filter(({ code }) => code.startsWith("VAL-"))).toEqual([])
})

test("nulls and tasks that do not exist are placed where several episodes share a row group", async () => {
  const two: LeRobotSpec = {
    ...spec("3.0"),
    writer: "converter",
    sessions: [],
    episodes: spec("3.0").episodes.slice(0, 2),
  }
  const bytes = new Map<string, Uint8Array>()
  for (const [path, file] of await buildLeRobot(two)) bytes.set(path, await file.read(0, file.size))
  const rows = Array.from({ length: 41 }, (_, row) => ({
    row,
    episode: row < 20 ? 0 : 1,
    frame: row < 20 ? row : row - 20,
  }))
  const whole = (name: string, of: (row: (typeof rows)[number]) => number) =>
    ({ name, data: rows.map((row) => BigInt(of(row))), type: "INT64" }) as const
  const real = (name: string, of: (row: (typeof rows)[number]) => number | null) =>
    ({ name, data: rows.map(of), type: "FLOAT" }) as const
  const table = parquetWriteBuffer({
    columnData: [
      real("action", ({ row }) => Math.sin(row)),
      real("observation.state", ({ row, episode, frame }) => (episode === 1 && frame === 5 ? null : Math.cos(row))),
      whole("observation.button", ({ row }) => row),
      real("timestamp", ({ frame }) => frame / 10),
      whole("frame_index", ({ frame }) => frame),
      whole("episode_index", ({ episode }) => episode),
      whole("index", ({ row }) => row),
      whole("task_index", ({ episode, frame }) => (episode === 1 && frame >= 7 ? 3 : 0)),
    ],
  })
  bytes.set("data/chunk-000/file-000.parquet", new Uint8Array(table))
  const all = await found(bytes)
  const placeOf = (wanted: string) => all.find(({ code }) => code === wanted)?.where
  expect(placeOf("PQ-NULLS")).toMatchObject({ episode: 1, feature: "observation.state" })
  expect(placeOf("TASK-DATA-RESOLVE")).toMatchObject({ episode: 1, frame: 7, feature: "task_index" })
  expect(placeOf("VAL-VEC-LEN")).toBeUndefined()
})
