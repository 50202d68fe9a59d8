import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../../test/shared-data.ts"
import { AppError } from "../../error.ts"
import { memoryFiles, type MemoryBody } from "../../files/memory.ts"
import { detectFormat } from "../detect.ts"
import { DatasetMetadata } from "../schema.ts"
import { lerobot } from "./lerobot.ts"

const data = sharedData("")

function treeOf(name: string): Record<string, MemoryBody> {
  if (!hasSharedData) return { "meta/info.json": Buffer.from("{}") }
  const root = resolve(data, name)
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return Object.fromEntries(
    entries.map((each) => {
      const path = join(each.parentPath, each.name)
      return [path.slice(root.length + 1), readFileSync(path)]
    }),
  )
}
const v2 = treeOf("lerobot/ioai-fixtures/datasets/lerobotv2")
const v3 = treeOf("lerobot/ioai-fixtures/datasets/lerobotv3")
const infoOf = (tree: Record<string, MemoryBody>) =>
  JSON.parse(Buffer.from(tree["meta/info.json"] as Uint8Array).toString()) as Record<string, unknown>

const importTree = (tree: Record<string, MemoryBody>) =>
  detectFormat({ repo_id: "some/set", files: memoryFiles(tree) }, "auto")
const extract = async (tree: Record<string, MemoryBody>) =>
  DatasetMetadata.parse(
    await lerobot.extract!({
      repo_id: "some/set",
      revision: "0".repeat(40),
      files: memoryFiles(tree),
      card: { licence: null, tags: [] },
      progress() {},
      signal: new AbortController().signal,
    }),
  )
const withInfo = (tree: Record<string, MemoryBody>, info: string | Uint8Array) => ({ ...tree, "meta/info.json": info })
const changed = (tree: Record<string, MemoryBody>, change: Record<string, unknown>) =>
  withInfo(tree, write({ ...infoOf(tree), ...change }))

/** As Python writes it, bare tokens included. */
const write = (value: unknown) =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === "number" && !Number.isFinite(each) ? `token:${each}` : each,
  ).replaceAll(/"token:(-?\w+)"/g, "$1")

let deep: unknown = "end"
for (let level = 0; level < 55; level++) deep = [deep]
const HOSTILE: unknown[] = [
  null,
  true,
  "",
  "30",
  "../../../etc/passwd",
  "/etc/passwd",
  "{a}{b:03d}{",
  "{episode_index:099999999d}",
  "\0",
  "\ud800",
  "x".repeat(100_000),
  -1,
  0,
  0.5,
  1e18,
  1e308,
  NaN,
  Infinity,
  -Infinity,
  [],
  [null],
  [6],
  [6.5],
  [-1],
  [1e300],
  [[["x"]]],
  {},
  { a: { b: "c" } },
  deep,
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
]

/** Every path into a value, containers included. */
function* paths(value: unknown, here: (string | number)[] = []): Generator<(string | number)[]> {
  if (here.length) yield here
  if (typeof value !== "object" || value === null) return
  for (const [key, each] of Object.entries(value)) yield* paths(each, [...here, key])
}

function replaced(value: unknown, path: (string | number)[], by: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return by
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[first] = replaced(copy[first], rest, by)
  return copy
}

describe.skipIf(!hasSharedData)("an info.json with any value anywhere", () => {
  test.each([
    ["2.1", v2],
    ["3.0", v3],
  ])("of version %s imports with truthful nulls or ends in a classed error", async (_, tree) => {
    const info = infoOf(tree)
    let imported = 0
    for (const path of paths(info)) {
      for (const value of HOSTILE) {
        const hostile = withInfo(tree, write(replaced(info, path, value)))
        try {
          const metadata = await extract(hostile)
          imported++
          // The table is whole, so no declaration can make its figures wrong.
          expect([metadata.episode_count, metadata.frame_count], path.join("/")).toEqual([2, 6])
          if (metadata.fps !== null) expect(metadata.duration_s).toBeCloseTo(6 / metadata.fps)
          else expect(metadata.duration_s).toBeNull()
          expect(JSON.stringify(metadata).length).toBeLessThan(256 * 1024)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          expect(error.path, path.join("/")).toBeDefined()
        }
        await importTree(hostile).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error
        })
      }
    }
    expect(imported).toBeGreaterThan(500)
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined()
  })
})

describe.skipIf(!hasSharedData)("an info.json of the largest size", () => {
  test("gives a result under 256 KB that says what was left out", async () => {
    const feature = (dtype: string) => ({
      dtype,
      shape: [200],
      names: Array.from({ length: 200 }, (_, at) => `joint ${at}`),
    })
    const features = Object.fromEntries(
      Array.from({ length: 1900 }, (_, at) => [
        `observation.${"x".repeat(200)}${at}`,
        feature(at % 3 ? "float32" : "video"),
      ]),
    )
    const metadata = await extract(changed(v2, { features }))
    expect(Buffer.byteLength(JSON.stringify(metadata))).toBeLessThan(256 * 1024)
    expect(metadata).toMatchObject({ episode_count: 2, frame_count: 6 })
    expect(metadata.notes).toContainEqual(expect.stringMatching(/^\d+ of 1266 sensors are listed/))
  })
})

describe.skipIf(!hasSharedData)("the text of info.json", () => {
  const text = write(infoOf(v2))

  test("may have a byte order mark and bare NaN and Infinity", async () => {
    const info = text.replace('"fps":10', '"fps":NaN,"x":[Infinity,-Infinity],"y":"NaN Infinity \\" NaN"')
    const metadata = await extract(withInfo(v2, `\uFEFF${info}`))
    expect(metadata).toMatchObject({ fps: null, duration_s: null, frame_count: 6 })
    expect(metadata.notes).toContainEqual(expect.stringContaining("fps is NaN, which is no frame rate"))
  })

  test("may be windows-1252, and a note says that it was read so", async () => {
    const metadata = await extract(withInfo(v2, Buffer.from(text.replace("test_so100", "Gerät"), "latin1")))
    expect(metadata.robot_type).toBe("Gerät")
    expect(metadata.notes).toContainEqual(expect.stringContaining("not UTF-8"))
  })

  test.each([
    ["is cut off", text.slice(0, 300), /not valid JSON/],
    ["is a list", "[1,2]", /holds a list, not an object/],
    ["is empty", "", /is empty/],
    ["nests 100,000 deep", "[".repeat(100_000), /nests deeper than 64/],
    ["is 9 MB long", " ".repeat(9 * 1024 * 1024), /the limit is/],
    ["has a million quotes and backslashes", `{"a":"${'\\"'.repeat(500_000)}`, /not valid JSON/],
    ["is a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", /Git LFS pointer/],
  ])("that %s is refused", async (_, info, reason) => {
    const tree = withInfo(v2, info)
    await expect(extract(tree)).rejects.toMatchObject({
      path: "meta/info.json",
      message: expect.stringMatching(reason) as string,
    })
    await expect(importTree(tree)).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringMatching(reason) as string,
    })
  })
})

describe.skipIf(!hasSharedData)("versions and look-alikes", () => {
  test.each([
    ["2.1", "v2.1", /"2\.1", read as v2\.1/],
    [2.1, "v2.1", /2\.1, read as v2\.1/],
    ["v3.0.1", "v3.0", /"v3\.0\.1", read as v3\.0/],
    ["v2.0", "v2.0", /"v2\.0"\./],
  ])("codebase_version %s is read as %s", async (written, version, reason) => {
    const detected = await importTree(changed(v2, { codebase_version: written }))
    expect(detected).toMatchObject({ version, reason: expect.stringMatching(reason) as string })
  })

  test.each([
    ["v1.6", /1\.6.*convert/],
    ["v4.0", /2\.0, 2\.1 and 3\.0 can be read/],
    ["latest", /no version/],
  ])("codebase_version %s is recognised and refused", async (written, reason) => {
    await expect(importTree(changed(v2, { codebase_version: written }))).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringMatching(reason) as string,
      extra: { recognised_format: "lerobot" },
    })
  })

  const only = (info: unknown) => ({ "meta/info.json": write(info), "x.mcap": "nothing" })
  test.each([
    [
      "another tool's info.json",
      {
        format: "lerobot_v2",
        features: { a: { dtype: "video", shape: [1], info: "a text" } },
        data_path: "data/{episode_index}.parquet",
      },
      /text as info/,
    ],
    [
      "a description of a dataset",
      { dataset_type: "LeRobotDataset", num_episodes: 3 },
      /no codebase_version, and its features are no object/,
    ],
    [
      "features that are none",
      { features: { a: "float" }, data_path: "data/{episode_index}.parquet" },
      /no dtype and shape/,
    ],
  ])("%s is no LeRobot dataset, and the reason says why", async (_, info, reason) => {
    const first = Object.keys(only(info)).map((path) => ({ path, size: 1, oid: null, lfs: false }))
    const files = memoryFiles(only(info))
    const entry = (await files.stat(["meta/info.json"])).get("meta/info.json")!
    const glimpse = {
      repo_id: "a/b",
      root: { files: [], folders: ["meta"] },
      first: [entry, ...first.slice(1)],
      complete: true,
      files,
    }
    expect(await lerobot.recognise(glimpse)).toEqual({
      recognised: false,
      reason: expect.stringMatching(reason) as string,
    })
  })

  test("an info.json at the root is recognised and refused", async () => {
    const tree = Object.fromEntries(
      Object.entries(v2).map(([path, body]) => [path.replace("meta/info.json", "info.json"), body]),
    )
    await expect(importTree(tree)).rejects.toMatchObject({
      message: expect.stringContaining("lies at the root instead of in meta/") as string,
    })
  })

  test("a collection whose members lie behind a long listing is found by asking for them", async () => {
    const info = v2["meta/info.json"]!
    const many = Object.fromEntries(
      Array.from({ length: 1200 }, (_, at) => [`a/data/chunk-000/episode_${String(at).padStart(6, "0")}.parquet`, ""]),
    )
    const tree = { ...many, "a/meta/info.json": info, "b/meta/info.json": info }
    await expect(importTree(tree)).rejects.toMatchObject({
      message: expect.stringMatching(/collection: at least 2 folders.*"a", "b"/) as string,
    })
  })
})

describe.skipIf(!hasSharedData)("tables that differ from the rule", () => {
  const lines = (...each: string[]) => ({ ...v2, "meta/episodes.jsonl": each.join("") })

  test("blank lines, CRLF, a byte order mark, disorder and a missing last newline do not matter", async () => {
    const tree = lines(
      "\uFEFF",
      '{"episode_index": 1, "tasks": [], "length": 4}\r\n',
      "\r\n",
      '{"episode_index": 0, "length": 3, "extra": NaN}',
    )
    expect(await extract(tree)).toMatchObject({
      episode_count: 2,
      frame_count: 7,
      details: { episode_length: { min: 3, median: 3.5, max: 4 } },
    })
  })

  test("an episode that is listed twice counts once, and broken lines are named", async () => {
    const tree = lines(
      '{"episode_index": 0, "length": 3}\n',
      '{"episode_index": 0, "length": 9}\n',
      "{broken\n",
      '{"episode_index": 1, "length": 3}\n',
    )
    const metadata = await extract(tree)
    expect(metadata).toMatchObject({ episode_count: 2, frame_count: 6 })
    expect(metadata.notes).toContainEqual(expect.stringContaining("lists 1 episode more than once"))
    expect(metadata.notes).toContainEqual(expect.stringContaining("first: line 3"))
  })

  test("a missing length makes the sum unknown, so the declared figure is given and said to be declared", async () => {
    const metadata = await extract(lines('{"episode_index": 0, "length": 3}\n', '{"episode_index": 1}\n'))
    expect(metadata).toMatchObject({ episode_count: 2, frame_count: 6 })
    expect(metadata.notes).toContainEqual(
      expect.stringContaining("frame_count 6 is declared in info.json, not counted"),
    )
  })

  test("version 3 declared over files of version 2 is read from what is there (lerobot#2652)", async () => {
    const metadata = await extract(changed(v2, { codebase_version: "v3.0" }))
    expect(metadata).toMatchObject({
      format_version: "v3.0",
      episode_count: 2,
      frame_count: 6,
      task_count: 1,
      cameras: [{ episodes: 2 }],
    })
    expect(metadata.notes).toContainEqual(
      expect.stringContaining("the episodes come from meta/episodes.jsonl as in version 2"),
    )
  })

  test("version 2 declared over files of version 3 likewise", async () => {
    const metadata = await extract(changed(v3, { codebase_version: "v2.1" }))
    expect(metadata).toMatchObject({ format_version: "v2.1", episode_count: 2, frame_count: 6, task_count: 1 })
  })

  test("an episode without a file of its camera or data is counted out and named", async () => {
    const {
      "videos/chunk-000/observation.images.cam/episode_000001.mp4": _video,
      "data/chunk-000/episode_000001.parquet": _data,
      ...rest
    } = v2
    const metadata = await extract(rest)
    expect(metadata.cameras[0]!.episodes).toBe(1)
    expect(metadata.notes).toContainEqual(expect.stringContaining("has a video file for 1 of 2 episodes"))
    expect(metadata.notes).toContainEqual(expect.stringContaining("1 episode of 2 has no data file (first: episode 1)"))
  })

  test("videos that are Git LFS pointers count as missing while the tables are read", async () => {
    const pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:52572ee9cedf9b6e83f5131cedae9d68b9c09f977399b2e16a964fc2c02e7991\nsize 13986\n"
    const tree = Object.fromEntries(
      Object.entries(v2).map(([path, body]) => [path, path.endsWith(".mp4") ? pointer : body]),
    )
    expect(await importTree(tree)).toMatchObject({ version: "v2.1" })
    const metadata = await extract(tree)
    expect(metadata).toMatchObject({ episode_count: 2, cameras: [{ episodes: 0 }] })
    expect(metadata.notes).toContainEqual(
      expect.stringContaining("2 video files are empty or no longer than a Git LFS pointer"),
    )
  })

  test("a declaration that the file contradicts gives way to the file", async () => {
    const info = infoOf(v2)
    const features = info["features"] as Record<string, Record<string, unknown>>
    const cam = {
      ...features["observation.images.cam"],
      info: { "video.codec": "av1" },
      video_info: { "video.codec": "libx265" },
    }
    const metadata = await extract(changed(v2, { features: { ...features, "observation.images.cam": cam } }))
    expect(metadata.cameras[0]).toMatchObject({
      codec: "h264",
      pixel_format: "yuv420p",
      fps: 10,
      width: 64,
      height: 64,
    })
    expect(metadata.notes).toContainEqual(
      expect.stringContaining('declares codec "av1" and "hevc", its video file has "h264"'),
    )
  })

  test("the draft of version 2.0 lists keys instead of features, and names its files otherwise", async () => {
    const video = v2["videos/chunk-000/observation.images.cam/episode_000000.mp4"]!
    const info = {
      codebase_version: "v2.0",
      fps: 10,
      robot_type: "koch",
      total_episodes: 2,
      data_path: "data/train-{episode_index:05d}-of-{total_episodes:05d}.parquet",
      keys: ["observation.state", "action"],
      video_keys: ["observation.images.cam"],
      image_keys: [],
      shapes: { "observation.state": 1, action: [1], "observation.images.cam": { width: 64, height: 64, channels: 3 } },
      names: { "observation.state": ["joint1"] },
      videos: { "observation.images.cam": { "video.fps": 10, "video.codec": "h264", "video.pix_fmt": "yuv420p" } },
    }
    const metadata = await extract({
      "meta/info.json": write(info),
      "meta/episodes.jsonl": v2["meta/episodes.jsonl"]!,
      "data/train-00000-of-00002.parquet": v2["data/chunk-000/episode_000000.parquet"]!,
      "videos/observation.images.cam_episode_000000.mp4": video,
      "videos/observation.images.cam_episode_000001.mp4": video,
    })
    expect(metadata).toMatchObject({
      episode_count: 2,
      frame_count: 6,
      cameras: [
        {
          name: "observation.images.cam",
          width: 64,
          height: 64,
          fps: 10,
          codec: "h264",
          pixel_format: "yuv420p",
          episodes: 2,
        },
      ],
      sensors: [{ name: "observation.state", dtype: "unknown", shape: [1], names: ["joint1"] }],
      actions: [{ name: "action", dtype: "unknown", shape: [1], names: null }],
    })
    expect(metadata.notes).toContainEqual(expect.stringContaining("draft of version 2.0"))
  })

  test("tables left over from version 2 in a dataset of version 3 are named", async () => {
    const table = v2["data/chunk-000/episode_000001.parquet"]!
    const { notes } = await extract({ ...v3, "data/chunk-000/episode_000001.parquet": table })
    expect(notes).toContainEqual(
      expect.stringContaining(
        "1 data file is named by episode as in version 2 (first: data/chunk-000/episode_000001.parquet)",
      ),
    )
  })

  test("a clone whose pointers the Hub took into LFS once more is recognised all the same", async () => {
    const tree = treeOf("lerobot/lfs-pointers-aws-so101")
    const files = memoryFiles(tree)
    const list = files.list.bind(files)
    files.list = async function* () {
      for await (const file of list()) yield { ...file, lfs: /\.(?:parquet|mp4)$/.test(file.path) }
    }
    await expect(detectFormat({ repo_id: "a/b", files }, "auto")).rejects.toMatchObject({
      message: expect.stringContaining("is a Git LFS pointer, not the file itself; 33 of 35 files") as string,
    })
  })

  test("a camera declared as images that has videos is told so", async () => {
    const info = infoOf(v2)
    const features = info["features"] as Record<string, Record<string, unknown>>
    const cam = { ...features["observation.images.cam"], dtype: "image" }
    const metadata = await extract(changed(v2, { features: { ...features, "observation.images.cam": cam } }))
    expect(metadata.notes).toContainEqual(
      expect.stringContaining("declared as images in the tables, yet has 2 video files"),
    )
    expect(metadata.notes).toContainEqual(
      expect.stringContaining("data/chunk-000/episode_000000.parquet has no such column"),
    )
    expect(metadata.notes.join()).not.toContain("has no data table")
    expect(metadata.cameras[0]!.episodes).toBe(0)
  })

  test("a Hub error is thrown, never noted as the dataset's fault", async () => {
    const files = memoryFiles(v3)
    const open = files.open.bind(files)
    files.open = (file) => {
      const bytes = open(file)
      const isTable = file.path.startsWith("meta/episodes/")
      return isTable
        ? { ...bytes, read: () => Promise.reject(new AppError("hub_unavailable", "The Hub is down.")) }
        : bytes
    }
    const run = lerobot.extract!({
      repo_id: "a/b",
      revision: "0",
      files,
      card: { licence: null, tags: [] },
      progress() {},
      signal: new AbortController().signal,
    })
    await expect(run).rejects.toMatchObject({ code: "hub_unavailable" })
  })
})
