import { readdirSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../test/shared-data.ts"
import { folderFiles } from "../files/folder.ts"
import { memoryFiles } from "../files/memory.ts"
import { detectFormat } from "./detect.ts"
import { adapterOf, formats } from "./registry.ts"
import { FORMAT_TYPES } from "./schema.ts"

const repo_id = "acme/arm"
const detect = (tree: Record<string, string | Uint8Array>, wanted: Parameters<typeof detectFormat>[1] = "auto") =>
  detectFormat({ repo_id, files: memoryFiles(tree) }, wanted)

const magic = (...bytes: number[]) => new Uint8Array(64).fill(0).map((_, at) => bytes[at] ?? 0)
const MCAP = magic(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a)
const HDF5 = magic(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)

test("every format has an adapter under its own name, and every folder of formats is registered", () => {
  expect(Object.keys(formats)).toEqual([...FORMAT_TYPES])
  for (const id of FORMAT_TYPES) expect(adapterOf(id).id).toBe(id)
  const folders = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map((each) => each.name)
  expect(folders.sort()).toEqual([...FORMAT_TYPES].sort())
})

describe("auto", () => {
  test("falls back to custom and says what it looked for", async () => {
    const found = await detect({ "README.md": "hello", "log.csv": "a,b\n1,2\n" })
    expect(found.format_type).toBe("custom")
    expect(found.reason).toContain("2 files")
    expect(found.reason).toContain("there is no .parquet file")
  })

  test("takes a Parquet table by its first bytes, not by its name", async () => {
    expect((await detect({ "a.parquet": "PAR1....PAR1" })).format_type).toBe("parquet")
    const renamed = await detect({ "a.parquet": "this is text" })
    expect(renamed.format_type).toBe("custom")
    expect(renamed.reason).toContain("a.parquet does not begin as its name promises")
  })

  test("says that a table is a Git LFS pointer", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"
    expect((await detect({ "a.parquet": pointer })).reason).toContain("a.parquet is a Git LFS pointer")
  })

  test.each([
    ["a ROS recording", { "x.mcap": MCAP }, /x\.mcap is a MCAP file.*cannot read ROS/],
    ["HDF5", { "x.hdf5": HDF5 }, /x\.hdf5 begins with its signature.*cannot read HDF5/],
  ])("recognises %s and refuses it until there is a reader", async (_, tree, sentence) => {
    await expect(detect(tree as Record<string, Uint8Array>)).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringMatching(sentence),
      user_action: expect.stringContaining("custom"),
    })
  })

  test("stops listing after the first page of a long repository", async () => {
    let listed = 0
    const files = memoryFiles({})
    const long = {
      ...files,
      usage: files.usage,
      async *list() {
        for (;;) yield { path: `data/${String(listed++).padStart(9, "0")}.bin`, size: 1, oid: null, lfs: false }
      },
      folder: async () => ({ files: [], folders: ["data"] }),
    }
    const found = await detectFormat({ repo_id, files: long }, "auto")
    expect(listed).toBe(1000)
    expect(found.reason).toContain("more than 1000 files")
  })
})

test("a named format that does not fit is refused with the adapter's reason", async () => {
  await expect(detect({ "log.csv": "a\n" }, "parquet")).rejects.toMatchObject({
    code: "format_unsupported",
    message: expect.stringContaining("there is no .parquet file"),
  })
})

describe.skipIf(!hasSharedData)("real files", () => {
  test.each([
    ["rosbag/ros2-rosbag2-py-resources/mcap/talker", "MCAP"],
    ["rosbag/ros2-rosbag2-py-resources/sqlite3/talker", "ROS 2 SQLite bag"],
    ["rosbag/foxglove-ros1-fixtures", "ROS 1 bag"],
    ["rosbag/ros2-compressed_bag-zstd", "zstd-compressed"],
    ["hdf5/isaaclab-franka-stack-annotated", "HDF5"],
  ])("%s is told as %s", async (path, what) => {
    const files = await folderFiles(sharedData(path))
    await expect(detectFormat({ repo_id, files }, "auto")).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringContaining(what),
    })
  })
})
