import { describe, expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { memoryFiles } from "../../../files/memory.ts"
import { buildLeRobot, type LeRobotSpec, type Tables } from "../builder.ts"
import { validate } from "./validate.ts"

const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101_follower",
  episodes: [{ length: 20, tasks: ["Pick"] }],
  signals: [
    {
      name: "action",
      role: "action",
      names: ["x", "y", "u", "v"],
      ranges: Array.from({ length: 4 }, () => [-1, 1] as [number, number]),
      grippers: [],
    },
  ],
}

/** Codes and features of what is said of the dataset with `names` in place of the action's, and more files beside it. */
async function said({ names, files = [] }: { names?: unknown; files?: string[] }) {
  const bytes = new Map<string, Uint8Array>(files.map((path) => [path, Buffer.from("x")]))
  const built = await buildLeRobot(spec, {
    edit({ info }) {
      if (names !== undefined) (info["features"] as Record<string, Record<string, unknown>>)["action"]!["names"] = names
    },
  })
  for (const [path, file] of built) bytes.set(path, await file.read(0, file.size))
  return found(bytes)
}

async function found(bytes: Map<string, Uint8Array>) {
  const ctx = contextOf(memoryFiles(bytes))
  const { findings } = await validate(ctx, { depth: "metadata", suppress: [] })
  return findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`)
}

describe("names of values", () => {
  test.each([
    ["parts of a map have names of their own", { left: ["x", "y"], right: ["x", "y"] }, []],
    ["one part has a name twice", { left: ["x", "x"], right: ["x", "y"] }, ['"x" twice']],
    ["a list has a name twice", ["x", "y", "y", "z"], ['"y" twice']],
    ["a list in a list has a name twice", [["x", "y", "y", "z"]], ['"y" twice']],
    ["a map has positions", { x: 0, y: 1, z: 2, w: 3 }, []],
  ])("%s", async (_, names, expected) => {
    const found = (await said({ names })).filter((each) => each.includes("FEAT-NAMES"))
    expect(found).toHaveLength(expected.length)
    for (const [at, part] of expected.entries()) expect(found[at]).toContain(part)
  })
})

test("a lock of packages is no leftover of an upload, one of a table is", async () => {
  const temporary = async (files: string[]) => (await said({ files })).filter((each) => each.includes("FILE-TMP"))
  expect(await temporary(["uv.lock", "scripts/poetry.lock"])).toEqual([])
  expect(await temporary(["data/chunk-000/file-000.parquet.lock"])).toHaveLength(1)
})

describe("version 2.1", () => {
  async function codes(edit: (tables: Tables) => void) {
    const bytes = new Map<string, Uint8Array>()
    for (const [path, file] of await buildLeRobot({ ...spec, version: "2.1" }, { edit })) {
      bytes.set(path, await file.read(0, file.size))
    }
    return found(bytes)
  }

  test.each([null, "x", 0])("chunks_size %j names no file", async (size) => {
    const said = await codes(({ info }) => void (info["chunks_size"] = size))
    expect(said.some((each) => each.startsWith("error INFO-SIZES"))).toBe(true)
  })

  test("an axis of 1e308 values is none", async () => {
    const said = await codes(({ info }) => {
      ;(info["features"] as Record<string, Record<string, unknown>>)["action"]!["shape"] = [4, 1e308]
    })
    expect(said.some((each) => each.startsWith("error FEAT-SHAPE"))).toBe(true)
  })
})

test.each(["null", '"many"'])("an episode of version 2.1 whose length is %s has none", async (length) => {
  const bytes = new Map<string, Uint8Array>()
  for (const [path, file] of await buildLeRobot({ ...spec, version: "2.1" })) {
    bytes.set(path, await file.read(0, file.size))
  }
  const lines = Buffer.from(bytes.get("meta/episodes.jsonl")!).toString("utf8")
  bytes.set("meta/episodes.jsonl", Buffer.from(lines.replace(/"length": ?\d+/, `"length": ${length}`)))
  expect(await found(bytes)).toContain("error EP-LEN-POS: Episode 0 has no length.")
})
