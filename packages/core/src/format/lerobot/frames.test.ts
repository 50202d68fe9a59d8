import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../../test/shared-data.ts"
import { treeOf } from "../../../test/indexing.ts"
import type { FramesRequest } from "../../episode/frames.ts"
import { noRows } from "../../episode/rows.ts"
import type { Files } from "../../files/files.ts"
import { folderFiles } from "../../files/folder.ts"
import { memoryFiles } from "../../files/memory.ts"
import { buildLeRobot, type LeRobotSpec } from "./builder.ts"
import { readFrames } from "./frames.ts"
import { lerobotIndex } from "./index-plan.ts"

const signal = new AbortController().signal
const ctxOf = (files: Files) => ({ files, progress() {}, signal })
const read = (files: Files, request: Partial<FramesRequest> & { episode_index: number }) =>
  readFrames({ length: null, data_path: null, points: 1000, ...request }, ctxOf(files))

async function episodesOf(files: Files) {
  const rows = noRows()
  for (const { part } of await lerobotIndex.plan(ctxOf(files))) {
    rows.episodes.push(...(await lerobotIndex.read(part, ctxOf(files))).rows.episodes)
  }
  return rows.episodes
}

const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101",
  episodes: Array.from({ length: 6 }, (_, at) => ({ length: 20 + at, tasks: ["a"] })),
  signals: [
    {
      name: "action",
      role: "action",
      names: ["pan.pos", "gripper.pos"],
      ranges: [
        [-1, 1],
        [0, 5],
      ],
      extra: { unit: "rad" },
    },
    { name: "next.done", role: "done" },
  ],
}

test.each(["2.0", "2.1", "3.0"] as const)(
  "version %s: every number of every row, at full resolution",
  async (version) => {
    for (const writer of ["recorder", "converter"] as const) {
      const files = memoryFiles(await treeOf(await buildLeRobot({ ...spec, version, writer })))
      const [, , third] = await episodesOf(files)
      const frames = await read(files, third!)
      expect(frames).toMatchObject({
        episode_index: 2,
        fps: 10,
        rows: 22,
        path: third!.data_path,
        flags: [],
        notes: [],
      })
      const of = (name: string) => frames.series.find((each) => each.name === name)!
      expect(frames.t).toEqual(Array.from({ length: 22 }, (_, at) => expect.closeTo(at / 10, 5)))
      expect(of("episode_index").min).toEqual(Array.from({ length: 22 }, () => 2))
      expect(of("frame_index").max).toEqual(Array.from({ length: 22 }, (_, at) => at))
      expect(of("action/gripper.pos")).toMatchObject({ feature: "action", index: 1, unit: "rad" })
      expect(of("next.done").max.at(-1)).toBe(1)
      expect(frames.read.requests).toBeGreaterThan(0)
    }
  },
)

test("points have the least and the greatest of their rows, and only the columns asked for", async () => {
  const files = memoryFiles(await treeOf(await buildLeRobot(spec)))
  const [episode] = await episodesOf(files)
  const whole = await read(files, episode!)
  const thin = await read(files, { ...episode!, points: 4, columns: ["action/pan.pos", "frame_index"] })
  expect(thin.series.map(({ name }) => name).toSorted()).toEqual(["action/pan.pos", "frame_index"])
  const pan = whole.series.find(({ name }) => name === "action/pan.pos")!
  const points = [0, 5, 10, 15].map((from) => pan.min.slice(from, from + 5) as number[])
  const thinned = thin.series.find(({ name }) => name === "action/pan.pos")!
  expect(thinned.min).toEqual(points.map((each) => Math.min(...each)))
  expect(thinned.max).toEqual(points.map((each) => Math.max(...each)))
  expect(thin.t).toEqual([0, 0.5, 1, 1.5].map((each) => expect.closeTo(each, 5)))
})

describe("an episode that is not where its table says", () => {
  test("is found by its name in version 2, whatever the template", async () => {
    const tree = await treeOf(await buildLeRobot({ ...spec, version: "2.1" }))
    const info = JSON.parse(Buffer.from(tree["meta/info.json"]!).toString())
    info.data_path = "data/chunk-{episode_index:03d}/episode_{episode_index:06d}.parquet"
    const files = memoryFiles({ ...tree, "meta/info.json": JSON.stringify(info) })
    const episodes = await episodesOf(files)
    const frames = await read(files, episodes[3]!)
    expect(frames).toMatchObject({ path: "data/chunk-000/episode_000003.parquet", rows: 23, flags: ["relocated"] })
  })

  test("and nowhere else is said to be missing", async () => {
    const files = memoryFiles(await treeOf(await buildLeRobot(spec)))
    await expect(read(files, { episode_index: 77, data_path: "data/none.parquet" })).rejects.toMatchObject({
      code: "file_missing",
      episode: 77,
    })
    const [episode] = await episodesOf(files)
    await expect(read(files, { episode_index: 77, data_path: episode!.data_path })).rejects.toMatchObject({
      code: "dataset_malformed",
    })
  })

  test("has another length than stated is flagged", async () => {
    const files = memoryFiles(await treeOf(await buildLeRobot(spec)))
    const [episode] = await episodesOf(files)
    expect((await read(files, { ...episode!, length: 99 })).flags).toEqual(["rows_differ"])
  })
})

test("a column that cannot be read is a note, and the others are given", async () => {
  const tree = await treeOf(await buildLeRobot(spec))
  const path = "data/chunk-000/file-000.parquet"
  const whole = await read(memoryFiles(tree), { episode_index: 0, data_path: path })
  expect(whole.series.length).toBeGreaterThan(5)
  const bytes = Buffer.from(tree[path]!)
  // Somewhere in the first column's pages.
  bytes.fill(0xff, 4, 40)
  const broken = await read(memoryFiles({ ...tree, [path]: bytes }), { episode_index: 0, data_path: path })
  expect(broken.notes).toEqual([expect.stringContaining("cannot be read")])
  expect(broken.series.length).toBeLessThan(whole.series.length)
  expect(broken.rows).toBe(20)
})

describe.runIf(hasSharedData)("datasets that LeRobot wrote", () => {
  const facts = JSON.parse(readFileSync(sharedData("lerobot-made/FACTS.json"), "utf8"))

  test("every episode of the set with lying pointers has its rows, the first of each file in another one", async () => {
    const name = "made-v21-tasks.official-v30-rollover-p044"
    const files = await folderFiles(sharedData(`lerobot-made/${name}`))
    const relocated: number[] = []
    for (const episode of await episodesOf(files)) {
      const frames = await read(files, episode)
      expect(frames.rows).toBe(facts[name].per_episode_rows[episode.episode_index])
      if (frames.flags.includes("relocated")) relocated.push(episode.episode_index)
      const index = frames.series.find((each) => each.name === "index")!
      expect(index.min[0]).toBe(episode.rows_from)
    }
    const lies = facts[name].self_check["episode->data file"] as string[]
    expect(relocated).toEqual(lies.map((each) => Number(/^episode (\d+)/.exec(each)![1])))
    expect(relocated).toContain(10)
  })

  test.each(["made-v30-nan", "made-v21-array2d", "made-v30-images", "made-v21-images", "made-v30-merged"])(
    "%s: the extremes of all rows are those of its facts",
    async (name) => {
      const files = await folderFiles(sharedData(`lerobot-made/${name}`))
      const { column_sha256: columns } = facts[name]
      const extremes = new Map<string, { min: number; max: number }>()
      for (const episode of await episodesOf(files)) {
        const frames = await read(files, { ...episode, points: 7 })
        expect(frames.flags).toEqual([])
        for (const { feature, index, min, max } of frames.series) {
          const key = `${feature}/${index}`
          const known = extremes.get(key) ?? { min: Infinity, max: -Infinity }
          for (const each of min) if (each !== null) known.min = Math.min(known.min, each)
          for (const each of max) if (each !== null) known.max = Math.max(known.max, each)
          extremes.set(key, known)
        }
      }
      const { min, max } = columns.action
      for (const [at, each] of (min as number[]).entries()) {
        if (!Number.isFinite(each)) continue
        expect(extremes.get(`action/${at}`)!.min).toBeCloseTo(each, 5)
        expect(extremes.get(`action/${at}`)!.max).toBeCloseTo(max[at], 5)
      }
    },
  )
})
