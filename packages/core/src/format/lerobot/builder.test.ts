import { parquetMetadata, parquetReadObjects } from "hyparquet"
import { expect, test } from "vitest"
import { Builder, type BuiltFile, type LeRobotSpec, type Media, type Segment } from "./builder.ts"

const NAMES = ["pan", "lift", "gripper"]
const RANGES: [number, number][] = [
  [-100, 100],
  [-100, 100],
  [0, 100],
]
const spec: LeRobotSpec = {
  version: "3.0",
  fps: 10,
  robot_type: "so101_follower",
  episodes: Array.from({ length: 12 }, (_, at) => ({ length: 20 + at, tasks: [at % 2 ? "Pick" : "Place — 白い"] })),
  signals: [
    { name: "action", role: "action", names: NAMES, ranges: RANGES, grippers: [2] },
    { name: "observation.state", role: "state", names: NAMES, ranges: RANGES, grippers: [2] },
    { name: "next.done", role: "done" },
  ],
}
const CAMERA = { name: "observation.images.front", width: 4, height: 2, kind: "video" as const }

/** "Videos" that only say what they should show. */
const media = (perFrame = 0): Media => ({
  video: (_camera, segments) => Buffer.from(JSON.stringify(segments)),
  bytesPerFrame: () => perFrame,
  image: (_camera, episode, frame) => Uint8Array.of(episode, frame),
  levels: (_camera, _episode, frame) => [0, 1, 2].map(() => ({ values: [frame, 255], counts: [6, 2] })),
})

async function bytesOf(files: Map<string, BuiltFile>, path: string) {
  const file = files.get(path)
  if (!file) throw new Error(`${path} was not built; there are ${[...files.keys()].join(", ")}`)
  return new Uint8Array(await file.read(0, file.size))
}
const rowsOf = async (files: Map<string, BuiltFile>, path: string) =>
  (await parquetReadObjects({ file: (await bytesOf(files, path)).buffer, utf8: false })) as Record<string, unknown>[]
const jsonOf = async (files: Map<string, BuiltFile>, path: string) =>
  JSON.parse(Buffer.from(await bytesOf(files, path)).toString()) as Record<string, Record<string, unknown>>
const list = (value: unknown) => value as number[]
const matching = (files: Map<string, BuiltFile>, pattern: RegExp) =>
  [...files.keys()].filter((path) => pattern.test(path))

async function readV3(files: Map<string, BuiltFile>) {
  const all = async (pattern: RegExp) =>
    (await Promise.all(matching(files, pattern).map((path) => rowsOf(files, path)))).flat()
  return { episodes: await all(/^meta\/episodes/), frames: await all(/^data/) }
}

test("v3.0: the episodes table cuts the frames exactly, and its statistics are those of the rows", async () => {
  const files = await Builder.buildLeRobot(spec)
  const { episodes, frames } = await readV3(files)

  expect(episodes.map((row) => Number(row["length"]))).toEqual(spec.episodes.map(({ length }) => length))
  expect(frames.map((row) => Number(row["index"]))).toEqual(frames.map((_, at) => at))
  for (const row of episodes) {
    const own = frames.slice(Number(row["dataset_from_index"]), Number(row["dataset_to_index"]))
    expect(new Set(own.map((frame) => frame["episode_index"]))).toEqual(new Set([row["episode_index"]]))
    expect(own.map((frame) => Number(frame["frame_index"]))).toEqual(own.map((_, at) => at))
    expect(own.map((frame) => frame["timestamp"])).toEqual(own.map((_, at) => Math.fround(at / 10)))
    expect(own.map((frame) => frame["next.done"])).toEqual(own.map((_, at) => at === own.length - 1))

    const pan = own.map((frame) => list(frame["observation.state"])[0]!)
    expect(list(row["stats/observation.state/min"])[0]).toBe(Math.min(...pan))
    expect(list(row["stats/observation.state/max"])[0]).toBe(Math.max(...pan))
    expect(row["stats/observation.state/count"]).toEqual([BigInt(own.length)])
    const mean = pan.reduce((sum, value) => sum + value, 0) / own.length
    expect(list(row["stats/observation.state/mean"])[0]).toBeCloseTo(mean, 4)
    expect(row["stats/index/min"]).toEqual([row["dataset_from_index"]])
    expect(row["stats/action/q50"]).toHaveLength(3)
  }
})

test("v3.0: info.json, stats.json and tasks agree with the tables", async () => {
  const files = await Builder.buildLeRobot(spec)
  const info = await jsonOf(files, "meta/info.json")
  const stats = await jsonOf(files, "meta/stats.json")
  const total = spec.episodes.reduce((sum, { length }) => sum + length, 0)

  expect(info).toMatchObject({
    codebase_version: "v3.0",
    total_episodes: 12,
    total_frames: total,
    total_tasks: 2,
    splits: { train: "0:12" },
    video_path: null,
  })
  expect(Object.keys(info["features"]!)).toEqual([
    "action",
    "observation.state",
    "next.done",
    "timestamp",
    "frame_index",
    "episode_index",
    "index",
    "task_index",
  ])
  expect(stats["index"]).toMatchObject({ min: [0], max: [total - 1], count: [total] })
  expect(await rowsOf(files, "meta/tasks.parquet")).toEqual([
    { task_index: 0n, task: "Place — 白い" },
    { task_index: 1n, task: "Pick" },
  ])
})

test("v3.0: a recorder writes a row group per episode and ten episodes at a time, a converter one of each", async () => {
  const groups = async (writer: "recorder" | "converter", path: string) =>
    parquetMetadata((await bytesOf(await Builder.buildLeRobot({ ...spec, writer }), path)).buffer)
  const sizes = ({ row_groups }: ReturnType<typeof parquetMetadata>) =>
    row_groups.map(({ num_rows }) => Number(num_rows))
  const keys = ({ key_value_metadata }: ReturnType<typeof parquetMetadata>) => key_value_metadata?.map(({ key }) => key)

  const recorded = await groups("recorder", "data/chunk-000/file-000.parquet")
  expect(sizes(recorded)).toEqual(spec.episodes.map(({ length }) => length))
  expect(keys(recorded)).toEqual(["huggingface"])
  const converted = await groups("converter", "data/chunk-000/file-000.parquet")
  expect(sizes(converted)).toHaveLength(1)
  expect(keys(converted)).toEqual(["pandas"])

  expect(sizes(await groups("recorder", "meta/episodes/chunk-000/file-000.parquet"))).toEqual([10, 2])
  const episodes = await groups("converter", "meta/episodes/chunk-000/file-000.parquet")
  expect(sizes(episodes)).toEqual([12])
  const columns = episodes.schema.map(({ name }) => name)
  expect(columns.slice(1, 6)).toEqual([
    "episode_index",
    "data/chunk_index",
    "data/file_index",
    "dataset_from_index",
    "dataset_to_index",
  ])
  expect(columns.filter((name) => name.endsWith("/q50"))).toEqual([])
})

test("v3.0: data and cameras roll over on their own, and every take is where its row says", async () => {
  const files = await Builder.buildLeRobot(
    { ...spec, cameras: [CAMERA], chunks_size: 2, data_files_size_in_mb: 0.006, video_files_size_in_mb: 0.02 },
    { media: media(500) },
  )
  const { episodes } = await readV3(files)
  expect(matching(files, /^data/).length).toBeGreaterThan(2)
  expect(matching(files, /^data/)[2]).toBe("data/chunk-001/file-000.parquet")
  expect(matching(files, /mp4$/).length).not.toBe(matching(files, /^data/).length)

  for (const path of matching(files, /mp4$/)) {
    const [, chunk, file] = /chunk-(\d+)\/file-(\d+)/.exec(path)!.map(Number)
    let frames = 0
    for (const segment of (await jsonOf(files, path)) as unknown as Segment[]) {
      const row = episodes[segment.episode]!
      expect(Number(row[`videos/${CAMERA.name}/chunk_index`])).toBe(chunk)
      expect(Number(row[`videos/${CAMERA.name}/file_index`])).toBe(file)
      expect(row[`videos/${CAMERA.name}/from_timestamp`]).toBe(frames / 10)
      frames += segment.frames
      expect(row[`videos/${CAMERA.name}/to_timestamp`]).toBe(frames / 10)
    }
  }
  for (const path of matching(files, /^data/)) {
    const [, chunk, file] = /chunk-(\d+)\/file-(\d+)/.exec(path)!.map(Number)
    for (const index of new Set((await rowsOf(files, path)).map((frame) => Number(frame["episode_index"])))) {
      const row = episodes[index]!
      expect([Number(row["data/chunk_index"]), Number(row["data/file_index"])]).toEqual([chunk, file])
    }
  }
})

test("v3.0: a resumed recording opens new files everywhere", async () => {
  const files = await Builder.buildLeRobot({ ...spec, cameras: [CAMERA], sessions: [5] }, { media: media(1) })

  expect(matching(files, /^data/)).toHaveLength(2)
  expect(matching(files, /^meta\/episodes/)).toHaveLength(2)
  expect(matching(files, /mp4$/)).toHaveLength(2)
  const later = await rowsOf(files, "meta/episodes/chunk-000/file-001.parquet")
  expect(later[0]!["episode_index"]).toBe(5n)
  expect(later[0]![`videos/${CAMERA.name}/from_timestamp`]).toBe(0)
})

test("image cameras lie in the table, and picture statistics are nested as channels × 1 × 1", async () => {
  const files = await Builder.buildLeRobot({ ...spec, cameras: [{ ...CAMERA, kind: "image" }] }, { media: media() })
  const { episodes, frames } = await readV3(files)

  expect(matching(files, /mp4$/)).toEqual([])
  expect(frames[21]![CAMERA.name]).toEqual({ bytes: Uint8Array.of(1, 1), path: "frame-000001.png" })
  const max = episodes[0]![`stats/${CAMERA.name}/max`]
  expect(max).toEqual([[[1]], [[1]], [[1]]])
  expect(episodes[0]![`stats/${CAMERA.name}/count`]).toEqual([20n])
})

test("v2.1: a table and a video per episode in chunks, statistics per episode", async () => {
  const files = await Builder.buildLeRobot(
    { ...spec, version: "2.1", cameras: [CAMERA], chunks_size: 5 },
    { media: media() },
  )
  const lines = async (path: string) =>
    Buffer.from(await bytesOf(files, path))
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))

  expect(matching(files, /^data/)).toHaveLength(12)
  expect(matching(files, /^data/).at(-1)).toBe("data/chunk-002/episode_000011.parquet")
  expect(matching(files, /mp4$/).at(-1)).toBe(`videos/chunk-002/${CAMERA.name}/episode_000011.mp4`)
  expect(await rowsOf(files, "data/chunk-002/episode_000011.parquet")).toHaveLength(31)
  expect(await jsonOf(files, "meta/info.json")).toMatchObject({ total_chunks: 3, total_videos: 12 })
  expect((await lines("meta/episodes.jsonl"))[3]).toEqual({ episode_index: 3, tasks: ["Pick"], length: 23 })
  const [first] = await lines("meta/episodes_stats.jsonl")
  expect(first.stats["action"].count).toEqual([20])
  expect(first.stats["action"].q50).toBeUndefined()
  expect(first.stats[CAMERA.name].mean).toHaveLength(3)
  expect(first.stats[CAMERA.name].mean[0][0]).toHaveLength(1)
  expect(files.has("meta/stats.json")).toBe(false)
})

test("v2.0: one stats.json without counts", async () => {
  const files = await Builder.buildLeRobot({ ...spec, version: "2.0" })
  const stats = await jsonOf(files, "meta/stats.json")

  expect(Object.keys(stats["action"]!)).toEqual(expect.arrayContaining(["min", "max", "mean", "std"]))
  expect(stats["action"]).not.toHaveProperty("count")
  expect(files.has("meta/episodes_stats.jsonl")).toBe(false)
})

test("the same spec gives the same bytes in every version of the rows, another seed others", async () => {
  const [once, again] = [await Builder.buildLeRobot(spec), await Builder.buildLeRobot(spec)]
  const path = "data/chunk-000/file-000.parquet"
  expect(await bytesOf(once, path)).toEqual(await bytesOf(again, path))

  const other = await Builder.buildLeRobot({ ...spec, seed: 2 })
  expect(await bytesOf(other, path)).not.toEqual(await bytesOf(once, path))

  const v2 = await Builder.buildLeRobot({ ...spec, version: "2.1" })
  const { frames } = await readV3(once)
  expect(await rowsOf(v2, "data/chunk-000/episode_000000.parquet")).toEqual(frames.slice(0, 20))
})

test("an edit is written as it stands: one defect, the rest untouched", async () => {
  const files = await Builder.buildLeRobot(spec, {
    edit: ({ info, episodes }) => {
      info["fps"] = NaN
      episodes[1]!.columns.find(({ name }) => name === "action")!.values[4] = NaN
    },
  })
  const { frames } = await readV3(files)

  expect(Buffer.from(await bytesOf(files, "meta/info.json")).toString()).toContain('"fps": NaN,')
  expect(list(frames[21]!["action"])[1]).toBeNaN()
  expect(frames.flatMap((frame) => list(frame["action"])).filter(Number.isNaN)).toHaveLength(1)
})

test("a camera without media is a mistake that says so", async () => {
  await expect(Builder.buildLeRobot({ ...spec, cameras: [CAMERA] })).rejects.toThrow(
    /observation.images.front.*no media/,
  )
})
