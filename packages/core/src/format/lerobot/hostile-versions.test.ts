import { describe, expect, test } from "vitest"
import { hasSharedData } from "../../../test/shared-data.ts"
import { memoryFiles } from "../../files/memory.ts"
import { changed, importTree, v2, write } from "./hostile-trees.ts"
import { lerobot } from "./lerobot.ts"

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
