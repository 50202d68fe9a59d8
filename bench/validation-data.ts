import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { buildLeRobot, type LeRobotSpec } from "../packages/core/src/format/lerobot/builder.ts"
import { sampleMedia, toCameraSpec, type SampleCamera } from "../packages/local/src/samples/media.ts"
import { signalsOf } from "../packages/local/src/samples/robots.ts"

const CAMERAS: SampleCamera[] = [
  { name: "observation.images.front", clip: "front-160x120-h264" },
  { name: "observation.images.side", clip: "front-160x120-h264" },
  { name: "observation.images.wrist", clip: "wrist-96x72-h264" },
]

const episodes = (count: number, length: number) =>
  Array.from({ length: count }, (_, at) => ({
    length,
    tasks: [at % 2 ? "Push the block to the mark" : "Pick up the cube"],
  }))

/** Writes a dataset of 1,000 episodes of 14 joints, action and state, into a folder: 251,000 rows of 28 values, no camera. */
export async function writeLarge(root: string) {
  const spec: LeRobotSpec = {
    version: "3.0",
    fps: 30,
    robot_type: "aloha",
    episodes: episodes(1000, 251),
    signals: signalsOf("aloha"),
  }
  await write(root, spec)
}

/** Writes a dataset of 12 episodes and three cameras into a folder. */
export async function writeSmall(root: string) {
  await write(root, {
    version: "3.0",
    fps: 30,
    robot_type: "so101_follower",
    episodes: episodes(12, 300),
    cameras: CAMERAS.map(toCameraSpec),
    signals: signalsOf("so101"),
  })
}

async function write(root: string, spec: LeRobotSpec) {
  const files = await buildLeRobot(spec, spec.cameras ? { media: sampleMedia(CAMERAS, spec.fps) } : {})
  for (const [path, file] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), await file.read(0, file.size))
  }
}
