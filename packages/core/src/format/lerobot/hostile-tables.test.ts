import { describe, expect, test } from "vitest"
import { hasSharedData } from "../../../test/shared-data.ts"
import { AppError } from "../../error.ts"
import { memoryFiles } from "../../files/memory.ts"
import { detectFormat } from "../detect.ts"
import { changed, extract, importTree, infoOf, treeOf, v2, v3, write } from "./hostile-trees.ts"
import { lerobot } from "./lerobot.ts"

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
