import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { hasSharedData } from "../../../test/shared-data.ts"
import { detectFormat } from "../detect.ts"
import { DatasetMetadata } from "../schema.ts"
import { cameraLines, data, extract, openFolder, signalLines } from "./datasets-lines.ts"
import { MADE } from "./datasets-made.ts"
import { REAL } from "./datasets-real.ts"

describe.skipIf(!hasSharedData)("every dataset at hand imports and says what is in it", () => {
  test.each(Object.entries({ ...REAL, ...MADE }))("%s", async (name, expected) => {
    const files = await openFolder(name)
    const detected = await detectFormat({ repo_id: "some/set", files }, "auto")
    expect(detected).toMatchObject({ format_type: "lerobot", version: expected.version })

    const metadata = DatasetMetadata.parse(await extract(files))
    expect(metadata).toMatchObject({
      format: "lerobot",
      format_version: expected.version,
      robot_type: expected.robot,
      fps: expected.fps,
      episode_count: expected.episodes,
      frame_count: expected.frames,
      duration_s: expected.frames / expected.fps,
      task_count: expected.tasks[0],
      licence: "mit",
    })
    expect(cameraLines(metadata)).toEqual(expected.cameras)
    expect(signalLines(metadata.sensors)).toEqual(expected.sensors)
    expect(signalLines(metadata.actions)).toEqual(expected.actions)
    expect([metadata.files.count, metadata.files.bytes]).toEqual(expected.files)
    if (expected.tasks[1] !== null) expect(metadata.tasks[0]).toEqual({ task_index: 0, task: expected.tasks[1] })
    for (const note of expected.notes) expect(metadata.notes).toContainEqual(expect.stringMatching(note))
    const isCounted = !expected.notes.some(({ source }) => source.includes("is declared in info"))
    expect(metadata.notes.some((note) => note.includes("episode_count"))).toBe(!isCounted)
  })

  test("a clean dataset has nothing to note", async () => {
    expect((await extract(await openFolder("lerobot-made/made-v30-rollover"))).notes).toEqual([])
  })

  test("no dataset of lerobot-made differs from FACTS.json in episodes, lengths, tasks or cameras", async () => {
    const facts = JSON.parse(readFileSync(resolve(data, "lerobot-made/FACTS.json"), "utf8")) as Record<string, Facts>
    for (const [name, fact] of Object.entries(facts)) {
      if (!fact.episodes) continue
      const metadata = await extract(await openFolder(`lerobot-made/${name}`))
      const lengths = fact.episodes.map(({ length }) => length).sort((a, b) => a - b)
      expect(metadata.details["episode_length"], name).toMatchObject({ min: lengths[0], max: lengths.at(-1) })
      expect(metadata.frame_count, name).toBe(fact.total_frames_rows)
      expect(metadata.episode_count, name).toBe(fact.episodes.length)
      expect(metadata.files, name).toMatchObject({ count: fact.counts.files, bytes: fact.counts.bytes })
      const videos = metadata.cameras.filter(({ codec }) => codec !== null)
      expect(videos.map(({ name }) => name).sort(), name).toEqual(Object.keys(fact.cameras).sort())
      for (const { name: camera, codec, pixel_format, width, height } of videos) {
        const seen = fact.cameras[camera]!
        expect([[codec], [pixel_format], [String(width)], [String(height)]], name).toEqual([
          seen.codec,
          seen.pix_fmt,
          seen.width,
          seen.height,
        ])
      }
    }
  })
})

interface Facts {
  episodes?: { length: number }[]
  total_frames_rows: number
  counts: { files: number; bytes: number }
  cameras: Record<string, { codec: string[]; pix_fmt: string[]; width: string[]; height: string[] }>
}

describe.skipIf(!hasSharedData)("what cannot be imported is refused with a reason that is true of it", () => {
  test.each([
    ["lerobot/legacy-v1-aloha_sim_insertion_scripted", /layout of LeRobot 1\.x \(meta_data\/\).*convert/],
    ["lerobot/lfs-pointers-aws-so101", /data\/chunk-000\/episode_000000\.parquet is a Git LFS pointer.*33 of 35 files/],
    [
      "lerobot/ioai-fixtures",
      /collection: 5 folders hold a LeRobot dataset each \("datasets\/lerobotv2", "datasets\/lerobotv2-image", "datasets\/lerobotv3"/,
    ],
  ])("%s", async (name, reason) => {
    const files = await openFolder(name)
    await expect(detectFormat({ repo_id: "some/set", files }, "auto")).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringMatching(reason) as string,
      extra: { recognised_format: "lerobot" },
    })
  })
})
