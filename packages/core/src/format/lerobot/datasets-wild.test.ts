import { readFileSync } from "node:fs"
import { basename, resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { hasSharedData } from "../../../test/shared-data.ts"
import { memoryFiles } from "../../files/memory.ts"
import { detectFormat } from "../detect.ts"
import { DatasetMetadata } from "../schema.ts"
import { cameraLines, data, extract, signalLines } from "./datasets-lines.ts"
import { WILD } from "./datasets-wild.ts"

describe.skipIf(!hasSharedData)("every info.json of the wild imports as a repository of that one file", () => {
  test.each(Object.entries(WILD))(
    "%s",
    async (name, [version, robot, fps, episodes, frames, tasks, cameras, sensors, actions]) => {
      const files = memoryFiles({
        "meta/info.json": readFileSync(resolve(data, "lerobot-info/wild", `${basename(name)}.info.json`)),
      })
      const detected = await detectFormat({ repo_id: "some/set", files }, "auto")
      expect(detected).toMatchObject({ format_type: "lerobot", version })
      const metadata = DatasetMetadata.parse(await extract(files))
      expect(metadata).toMatchObject({
        format_version: version,
        robot_type: robot,
        fps,
        episode_count: episodes,
        frame_count: frames,
        task_count: tasks,
      })
      expect(cameraLines(metadata)).toEqual(cameras)
      expect(signalLines(metadata.sensors)).toEqual(sensors)
      expect(signalLines(metadata.actions)).toEqual(actions)
      for (const figure of [`episode_count ${episodes}`, `frame_count ${frames}`]) {
        expect(metadata.notes).toContainEqual(
          expect.stringContaining(`${figure} is declared in info.json, not counted`),
        )
      }
      if (robot === null) expect(metadata.notes).toContainEqual(expect.stringContaining("no robot_type"))
    },
  )

  test("lerobot.js leaves out codebase_version, and the reason says on what grounds it is read all the same", async () => {
    const files = memoryFiles({
      "meta/info.json": readFileSync(resolve(data, "lerobot-info/wild/NERDDISCO__test5.info.json")),
    })
    const { reason } = await detectFormat({ repo_id: "some/set", files }, "auto")
    expect(reason).toContain('no codebase_version but LeRobot\'s features and data_path; its version is "2.1"')
  })
})
