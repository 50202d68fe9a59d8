import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../test/shared-data.ts"
import { folderFiles } from "../files/folder.ts"
import { memoryFiles } from "../files/memory.ts"
import type { FileEntry } from "../files/files.ts"
import { probeMp4 } from "./mp4.ts"

const data = sharedData("")
const files = hasSharedData ? await folderFiles(data) : memoryFiles({})
const entries = new Map<string, FileEntry>()
for await (const file of files.list()) if (file.path.endsWith(".mp4")) entries.set(file.path, file)
const open = (path: string) => files.open(entries.get(path)!)
const inMemory = (body: Uint8Array | string) => {
  const folder = memoryFiles({ "x.mp4": body })
  const size = typeof body === "string" ? body.length : body.length
  return { folder, bytes: folder.open({ path: "x.mp4", size, oid: null, lfs: false }) }
}

interface Stream {
  codec_name: string
  codec_type: string
  width: number
  height: number
  pix_fmt?: string
  r_frame_rate: string
  duration?: string
  nb_frames?: string
}
const facts = JSON.parse(hasSharedData ? readFileSync(resolve(data, "FACTS.json"), "utf8") : "{}") as Record<
  string,
  { streams?: Stream[] }
>
const measured = Object.entries(facts).flatMap(([path, { streams }]) => {
  const video = streams?.find(({ codec_type }) => codec_type === "video")
  return path.endsWith(".mp4") && video ? [{ path, video }] : []
})

describe.skipIf(!hasSharedData)("what ffprobe says", () => {
  test("is known for a good number of files", () => expect(measured.length).toBeGreaterThan(30))

  test.each(measured)("$path", async ({ path, video }) => {
    const before = files.usage.requests
    const mp4 = await probeMp4(open(path))
    expect(files.usage.requests - before).toBeLessThanOrEqual(3)
    const [num, den] = video.r_frame_rate.split("/").map(Number)
    expect(mp4).toMatchObject({ codec: video.codec_name, width: video.width, height: video.height })
    expect(mp4.frames).toBe(Number(video.nb_frames))
    expect(mp4.fps).toBeCloseTo(num! / den!, 2)
    // ffprobe could not decode two of them; the header names their format all the same.
    if (video.pix_fmt) expect(mp4.pixel_format).toBe(video.pix_fmt)
    expect(mp4.duration_s).toBeCloseTo(Number(video.duration), 1)
    // With edit lists and reordering undone, every one of them begins at 0 and keeps its rate.
    const { times, hidden } = mp4.samples!
    expect({ shown: times.length, hidden, first: times[0] }).toEqual({ shown: mp4.frames, hidden: 0, first: 0 })
    const uneven = times.findIndex((time, at) => Math.abs(time - at / mp4.fps!) > 1e-6)
    expect(uneven).toBe(-1)
  })

  test("gray of 12 bits is told from colour, and the end of the file is not needed when moov comes first", async () => {
    const path = "lerobot-made/made-v30-p061-depth/videos/observation.images.front_depth/chunk-000/file-000.mp4"
    expect(await probeMp4(open(path))).toMatchObject({
      width: 128,
      height: 96,
      codec: "hevc",
      fourcc: "hev1",
      pixel_format: "gray12le",
      fps: 15,
      frames: 135,
      duration_s: 9,
      fast_start: true,
    })
  })
})

describe.skipIf(!hasSharedData)("what is read", () => {
  test("is never a byte of mdat, in two ranges, wherever the moov lies", async () => {
    for (const [path, { size }] of entries) {
      if (!path.startsWith("lerobot-made/")) continue
      const ranges: [number, number][] = []
      const bytes = open(path)
      const spy = {
        path,
        size,
        read: (start: number, end: number) => (ranges.push([start, end]), bytes.read(start, end)),
      }
      await probeMp4(spy)
      const mdat = mdatOf(readFileSync(resolve(data, path)))
      expect(ranges.length).toBeLessThanOrEqual(2)
      for (const [start, end] of ranges) {
        const overlap = Math.min(end, mdat.end) - Math.max(start, mdat.start)
        // The first 64 bytes may hold the head of mdat and the few bytes behind it, never a frame.
        expect(overlap, path).toBeLessThanOrEqual(64)
      }
    }
  })

  test("is one range where the first one has the whole header, and no byte twice where it has a part", async () => {
    const path = "lerobot-made/made-v30-session2/videos/observation.images.front/chunk-000/file-000.mp4"
    const { size } = entries.get(path)!
    const rangesWith = async (firstRead: number) => {
      const ranges: [number, number][] = []
      const read = (start: number, end: number) => (ranges.push([start, end]), open(path).read(start, end))
      const mp4 = await probeMp4({ path, size, read }, { firstRead })
      expect(mp4).toMatchObject({ frames: 282, fast_start: true })
      return { ranges, moov_end: mp4.moov_end }
    }
    const { ranges, moov_end } = await rangesWith(4096)
    expect(ranges).toEqual([[0, 4096]])
    expect(await rangesWith(moov_end)).toMatchObject({ ranges: [[0, moov_end]] })
    expect(await rangesWith(1000)).toMatchObject({
      ranges: [
        [0, 1000],
        [1000, moov_end],
      ],
    })
    expect(await rangesWith(0)).toMatchObject({
      ranges: [
        [0, 64],
        [64, moov_end],
      ],
    })
  })
})

function mdatOf(file: Buffer) {
  for (let at = 0; at < file.length;) {
    const short = file.readUInt32BE(at)
    const size = short === 1 ? Number(file.readBigUInt64BE(at + 8)) : short || file.length - at
    if (file.toString("latin1", at + 4, at + 8) === "mdat") return { start: at + 8, end: at + size }
    at += size
  }
  throw new Error("no mdat")
}

describe.skipIf(!hasSharedData)("files that are no video", () => {
  test("a Git LFS pointer is called one", async () => {
    const path = "lerobot/lfs-pointers-aws-so101/videos/chunk-000/observation.images.front/episode_000000.mp4"
    await expect(probeMp4(open(path))).rejects.toMatchObject({ code: "lfs_pointer", path })
  })

  test("sound without pictures is said to have no video track", async () => {
    const path = "mp4/mp4parse-rust/sine-3s-xhe-aac-44khz-mono.mp4"
    await expect(probeMp4(open(path))).rejects.toMatchObject({
      code: "dataset_malformed",
      message: expect.stringMatching(/no video track/),
    })
  })

  test.each([
    ["an empty file", "", /0 bytes long/],
    ["a text", "this is a text and not a video at all", /no MP4/],
    ["a recording that never ended", "\0\0\0\x08ftyp\0\0\0\x20mdat0123456789abcdef01234567", /no moov/],
  ])("%s", async (_, body, message) => {
    await expect(probeMp4(inMemory(body).bytes)).rejects.toMatchObject({
      code: "dataset_malformed",
      message: expect.stringMatching(message),
    })
  })

  test("every byte of a small file flipped ends in facts or in a classed error", async () => {
    const sound = readFileSync(resolve(data, "mp4/mp4parse-rust/tiny_av1.mp4"))
    for (let at = 0; at < Math.min(sound.length, 2000); at++) {
      for (const mask of [0xff, 0x80, 0x01]) {
        const body = Uint8Array.from(sound)
        body[at]! ^= mask
        const { bytes, folder } = inMemory(body)
        const error: unknown = await probeMp4(bytes).catch((e: unknown) => e)
        if (error instanceof Error) expect(error).toMatchObject({ name: "AppError", path: "x.mp4" })
        expect(folder.usage.requests).toBeLessThanOrEqual(24)
      }
    }
  })
})
