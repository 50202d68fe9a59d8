import { describe, expect, test } from "vitest"
import { contextOf } from "../../../../test/validating.ts"
import { hasSharedData, sharedData } from "../../../../test/shared-data.ts"
import { folderFiles } from "../../../files/folder.ts"
import { memoryFiles } from "../../../files/memory.ts"
import { buildLeRobot, type LeRobotSpec } from "../builder.ts"
import { validate } from "./validate.ts"

type Statistics = Record<string, Record<string, unknown>>

/** What ST-AGG says after stats.json was edited. */
async function said(bytes: Map<string, Uint8Array>, edit: (stats: Statistics) => void) {
  const stats = JSON.parse(Buffer.from(bytes.get("meta/stats.json")!).toString("utf8")) as Statistics
  edit(stats)
  bytes.set("meta/stats.json", Buffer.from(JSON.stringify(stats)))
  const ctx = contextOf(memoryFiles(bytes))
  const { findings } = await validate(ctx, { depth: "metadata", suppress: [] })
  return findings
    .filter(({ code }) => code === "ST-AGG")
    .map(({ severity, message, where }) => `${severity} ${where.feature}: ${message}`)
}

const LENGTHS = [20, 25, 20, 3]
const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101_follower",
  episodes: LENGTHS.map((length) => ({ length, tasks: ["Pick"] })),
  signals: [
    {
      name: "action",
      role: "action",
      names: ["x", "y"],
      ranges: [
        [-1, 1],
        [-1, 1],
      ],
      grippers: [],
    },
    { name: "observation.buttons", role: "state", dtype: "int16", names: ["a"], ranges: [[0, 200]], grippers: [] },
  ],
}

async function built() {
  const bytes = new Map<string, Uint8Array>()
  for (const [path, file] of await buildLeRobot(spec)) bytes.set(path, await file.read(0, file.size))
  return bytes
}

test("statistics of relative actions are known by what they count", async () => {
  const chunks = (frames: number) => LENGTHS.reduce((sum, length) => sum + Math.max(0, length - frames + 1), 0) * frames
  const relative = (count: number) => (stats: Statistics) => {
    stats["action"]!["mean"] = [0.01, -0.02]
    stats["action"]!["count"] = [count]
  }
  expect(await said(await built(), relative(chunks(10)))).toEqual([
    "info action: meta/stats.json has the statistics of relative actions, in chunks of 10.",
  ])
  expect(await said(await built(), relative(chunks(10) + 1))).toEqual([expect.stringMatching(/^warning action: /)])
})

test("a deviation that was computed anew where the episodes' own overflowed is no stale one", async () => {
  const deviation = (stats: Statistics) => void (stats["observation.buttons"]!["std"] = [57])
  expect(await said(await built(), deviation)).toEqual([])
  const mean = (stats: Statistics) => void (stats["observation.buttons"]!["mean"] = [57])
  expect(await said(await built(), mean)).toEqual([expect.stringMatching(/^warning observation.buttons: /)])
})

describe.skipIf(!hasSharedData)("pictures", () => {
  const CAMERA = "observation.images.front"
  const recorded = async () => {
    const files = await folderFiles(sharedData("lerobot-made/made-v30-session2"))
    const bytes = new Map<string, Uint8Array>()
    for await (const file of files.list()) bytes.set(file.path, await files.open(file).read(0, file.size))
    return bytes
  }
  const shift =
    (by: number, std = 0.28) =>
    (stats: Statistics) => {
      const camera = stats[CAMERA]!
      camera["std"] = [[[std]], [[std]], [[std]]]
      camera["count"] = [282]
      camera["mean"] = (camera["mean"] as number[][][]).map((pixel) => [[pixel[0]![0]! + by]])
    }

  test("may be those of the decoded video, and of all its frames", async () => {
    expect(await said(await recorded(), shift(0.02))).toEqual([])
  })

  test("have a deviation that their range allows", async () => {
    expect(await said(await recorded(), shift(0, 0.7))).toEqual([expect.stringContaining(`warning ${CAMERA}: `)])
  })

  test("of other pictures are told", async () => {
    expect(await said(await recorded(), shift(0.2))).toEqual([expect.stringContaining(`warning ${CAMERA}: `)])
  })
})
