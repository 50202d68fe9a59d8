import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { buildLeRobot, type LeRobotSpec } from "@robokit/core/format/lerobot/builder"
import type { VersionName } from "@robokit/core/format/lerobot/check/subjects"
import { sharedData } from "@robokit/core/test/shared-data"
import { sampleMedia, toCameraSpec, type SampleCamera } from "@robokit/local/samples/media"
import { ROBOTS, signalsOf } from "@robokit/local/samples/robots"
import { cardOf } from "./card.ts"

/** A dataset to damage. */
export interface Subject {
  name: string
  /** Built by us; written by lerobot itself; somebody's own. */
  origin: "built" | "made" | "real"
  version: VersionName
  files(): Promise<Map<string, Uint8Array>>
}

const CAMERAS: SampleCamera[] = [
  { name: "observation.images.front", clip: "front-160x120-h264" },
  { name: "observation.images.wrist", clip: "wrist-96x72-h264" },
]

/** One camera of each kind, each in one file. */
const MIXED: SampleCamera[] = [
  { name: "observation.images.front", clip: "front-160x120-h264" },
  { name: "observation.images.top", view: "top", width: 48, height: 36 },
]

const EPISODES = [40, 55, 33, 47, 61, 38, 40, 55, 38].map((length, at) => ({
  length,
  tasks: [at % 3 === 2 ? "Push the block to the mark" : "Pick up the cube"],
}))

function built(
  version: LeRobotSpec["version"],
  name: string,
  more: Partial<LeRobotSpec> = {},
  cameras = CAMERAS,
): Subject {
  return {
    name,
    origin: "built",
    version: `v${version}` as VersionName,
    async files() {
      const spec: LeRobotSpec = {
        version,
        fps: 30,
        robot_type: ROBOTS.so101.robot_type,
        episodes: EPISODES,
        cameras: cameras.map(toCameraSpec),
        signals: signalsOf("so101"),
        ...more,
      }
      const files = await buildLeRobot(spec, { media: sampleMedia(cameras, spec.fps) })
      const bytes = new Map<string, Uint8Array>()
      for (const [path, file] of files) bytes.set(path, await file.read(0, file.size))
      bytes.set("README.md", Buffer.from(cardOf(Buffer.from(bytes.get("meta/info.json")!).toString("utf8"))))
      return bytes
    },
  }
}

const MADE: [name: string, version: VersionName][] = [
  ["made-v30-rollover", "v3.0"],
  ["made-v30-images", "v3.0"],
  ["made-v30-merged", "v3.0"],
  ["made-v30-p061-depth", "v3.0"],
  ["made-v21-tasks", "v2.1"],
  ["made-v21-images", "v2.1"],
]
const REAL: [name: string, version: VersionName][] = [
  ["screwdriver-koch-v21-novideo", "v2.1"],
  ["cr5-dobot-carved3", "v2.1"],
  ["groot-robot_sim.PickNPlace", "v2.0"],
]

/** Every dataset that is damaged; the third-party ones only where they are. */
export function subjects(): Subject[] {
  const found = (origin: "made" | "real", below: string, all: [string, VersionName][]) =>
    all
      .map(([name, version]) => ({ name, version, path: sharedData(`${below}/${name}`) }))
      .filter(({ path }) => existsSync(path))
      .map(({ name, version, path }): Subject => ({ name, origin, version, files: async () => folder(path) }))
  return [
    built("2.0", "built-v20", { episodes: [...EPISODES, ...EPISODES] }),
    built("2.1", "built-v21"),
    built("3.0", "built-v30", { data_files_size_in_mb: 0.02, video_files_size_in_mb: 0.2 }),
    ...(["2.0", "2.1", "3.0"] as const).map((version) =>
      built(version, `built-v${version.replace(".", "")}-mixed`, { episodes: EPISODES.slice(0, 4) }, MIXED),
    ),
    ...found("made", "lerobot-made", MADE),
    ...found("real", "lerobot", REAL),
  ]
}

function folder(root: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(root, path), readFileSync(path))
  }
  return files
}
