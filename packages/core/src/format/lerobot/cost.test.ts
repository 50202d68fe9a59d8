import { execFile } from "node:child_process"
import { resolve } from "node:path"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import type { FileEntry, Files } from "../../files/files.ts"
import type { DatasetMetadata } from "../schema.ts"
import { buildLeRobot, type BuiltFile, type LeRobotSpec, type Media } from "./builder.ts"
import { lerobot } from "./lerobot.ts"

const CAMERAS = ["front", "wrist", "side"].map((name) => ({
  name: `observation.images.${name}`,
  width: 640,
  height: 480,
  kind: "video" as const,
  codec: "av1",
  pix_fmt: "yuv420p",
}))
const BYTES_PER_FRAME = 1200
/** Bodies of the size a recorder writes; their content does not matter, for nobody may read it. */
const media: Media = {
  video: (_, segments) => new Uint8Array(segments.reduce((sum, { frames }) => sum + frames, 0) * BYTES_PER_FRAME),
  bytesPerFrame: () => BYTES_PER_FRAME,
  image: () => new Uint8Array(0),
  levels: () => null,
}
const RANGES: [number, number][] = Array.from({ length: 6 }, () => [-90, 90])
const spec: LeRobotSpec = {
  version: "3.0",
  fps: 30,
  robot_type: "so101",
  episodes: Array.from({ length: 217 }, (_, at) => ({ length: 90 + (at % 20), tasks: ["Put the die on the mat"] })),
  cameras: CAMERAS,
  signals: [
    { name: "action", role: "action", ranges: RANGES },
    { name: "observation.state", role: "state", ranges: RANGES },
    { name: "observation.velocity", role: "velocity", ranges: RANGES },
    { name: "observation.effort", role: "effort", ranges: RANGES },
  ],
}

/** A built dataset as `Files`, each read remembered. */
function filesOf(built: ReadonlyMap<string, BuiltFile>): Files & { reads: { path: string; bytes: number }[] } {
  const reads: { path: string; bytes: number }[] = []
  const usage = { requests: 0, bytes: 0, files: 0 }
  const entry = (path: string): FileEntry => ({
    path,
    size: built.get(path)!.size,
    oid: null,
    lfs: /\.(?:parquet|mp4)$/.test(path),
  })
  return {
    reads,
    usage,
    async *list() {
      usage.requests++
      for (const path of built.keys()) yield entry(path)
    },
    folder: () => Promise.reject(new Error("not needed")),
    async stat(paths) {
      usage.requests++
      return new Map(paths.flatMap((path) => (built.has(path) ? [[path, entry(path)]] : [])))
    },
    open: ({ path, size }) => ({
      path,
      size,
      async read(start, end) {
        usage.requests++
        usage.bytes += end - start
        reads.push({ path, bytes: end - start })
        return built.get(path)!.read(start, end)
      },
    }),
  }
}

const extract = (files: Files) =>
  lerobot.extract!({
    repo_id: "some/set",
    revision: "0".repeat(40),
    files,
    card: { licence: "mit", tags: [] },
    progress() {},
    signal: new AbortController().signal,
  })

describe("the seed's example: 217 episodes, 3 cameras, 3 sensors", () => {
  test("costs no byte of a video or a data table, under 2 % of the repository, and a handful of requests", async () => {
    const built = await buildLeRobot(spec, { media })
    const total = [...built.values()].reduce((sum, { size }) => sum + size, 0)
    const files = filesOf(built)
    const metadata = await extract(files)

    expect(metadata).toMatchObject({
      episode_count: 217,
      frame_count: spec.episodes.reduce((sum, { length }) => sum + length, 0),
    })
    expect(metadata.cameras.map(({ name, episodes }) => [name, episodes])).toEqual(
      CAMERAS.map(({ name }) => [name, 217]),
    )
    expect(metadata.sensors).toHaveLength(3)
    expect(files.reads.filter(({ path }) => !path.startsWith("meta/"))).toEqual([])
    expect(files.usage.bytes / total).toBeLessThan(0.02)
    // With the redirects of info.json, tasks and episodes that the Hub adds, and detection's four, this stays within 12.
    expect(files.usage.requests).toBeLessThanOrEqual(6)
  })
})

describe("the largest datasets there are, in a process of their own with 512 MB", { timeout: 120_000 }, () => {
  const run = async (which: "v2" | "v3") => {
    const script = resolve(import.meta.dirname, "huge.run.ts")
    const { stdout } = await promisify(execFile)(process.execPath, ["--max-old-space-size=400", script, which], {
      maxBuffer: 64 * 1024 * 1024,
    })
    return JSON.parse(stdout) as Measured
  }

  test("442,226 episode files of version 2.0 take one listing and 20 more requests", async () => {
    const seen = await run("v2")
    expect(seen.metadata).toMatchObject({
      episode_count: 442_226,
      frame_count: 7_045_476,
      task_count: 127_605,
      cameras: [{ episodes: 442_226 }],
      files: { count: 884_456 },
    })
    expect(seen.max_rss_mb).toBeLessThan(512)
    expect(seen.usage.requests - seen.listed_requests).toBeLessThanOrEqual(20)
    expect([seen.mp4_ranges, seen.data_ranges]).toEqual([0, 0])
    expect(seen.json_bytes).toBeLessThan(256 * 1024)
  })

  test("95,658 episodes of version 3.0 in 7 shards take 60 requests and 3 % of their metadata", async () => {
    // The builder writes its shards once; the second run measures reading alone.
    await run("v3")
    const seen = await run("v3")
    expect(seen.metadata).toMatchObject({ episode_count: 95_658, frame_count: 27_630_375, task_count: 20_000 })
    expect(seen.metadata.cameras.map(({ episodes }) => episodes)).toEqual([95_658, 95_658, 95_658])
    expect(seen.max_rss_mb).toBeLessThan(512)
    expect(seen.usage.requests).toBeLessThanOrEqual(60)
    expect(seen.usage.bytes / seen.metadata.files.by_kind["metadata"]!.bytes).toBeLessThan(0.03)
    expect([seen.mp4_ranges, seen.data_ranges]).toEqual([0, 0])
  })
})

interface Measured {
  metadata: DatasetMetadata
  json_bytes: number
  max_rss_mb: number
  usage: { requests: number; bytes: number }
  listed_requests: number
  mp4_ranges: number
  data_ranges: number
}
