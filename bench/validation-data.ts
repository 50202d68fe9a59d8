import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { type BuiltFile, buildLeRobot, type LeRobotSpec } from "../packages/core/src/format/lerobot/builder.ts"
import { sampleMedia, toCameraSpec, type SampleCamera } from "../packages/local/src/samples/media.ts"
import { signalsOf } from "../packages/local/src/samples/robots.ts"

const CAMERAS: SampleCamera[] = [
  { name: "observation.images.front", clip: "front-160x120-h264" },
  { name: "observation.images.side", clip: "front-160x120-h264" },
  { name: "observation.images.wrist", clip: "wrist-96x72-h264" },
]

const episodes = (count: number, length: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ({
    length: length(at),
    tasks: [at % 2 ? "Push the block to the mark" : "Pick up the cube"],
  }))

const filmed = (spec: Pick<LeRobotSpec, "version" | "episodes"> & Partial<LeRobotSpec>): LeRobotSpec => ({
  fps: 30,
  robot_type: "so101_follower",
  cameras: CAMERAS.map(toCameraSpec),
  signals: signalsOf("so101"),
  ...spec,
})

const SPECS = {
  /** 12 episodes and three cameras. */
  small: filmed({ version: "3.0", episodes: episodes(12, () => 300) }),
  /** A file for each episode and camera. */
  "v2.1": filmed({ version: "2.1", episodes: episodes(40, (at) => 150 + 20 * (at % 11)) }),
  /** 300 episodes whose rows and pictures fill several files. */
  several: filmed({
    version: "3.0",
    episodes: episodes(300, (at) => 150 + 20 * (at % 11)),
    data_files_size_in_mb: 1,
    video_files_size_in_mb: 4,
  }),
  /** The same from the official converter: one row group a file, no quantiles. */
  converted: filmed({ version: "3.0", writer: "converter", episodes: episodes(120, (at) => 150 + 20 * (at % 11)) }),
  /** 1,000 episodes of 14 joints, action and state: 251,000 rows of 28 values, no camera. */
  large: {
    version: "3.0",
    fps: 30,
    robot_type: "aloha",
    episodes: episodes(1000, () => 251),
    signals: signalsOf("aloha"),
  },
} satisfies Record<string, LeRobotSpec>
export type DatasetName = keyof typeof SPECS

/** The files of a dataset, in memory. */
export function built(name: DatasetName): Promise<ReadonlyMap<string, BuiltFile>> {
  const spec: LeRobotSpec = SPECS[name]
  return buildLeRobot(spec, spec.cameras ? { media: sampleMedia(CAMERAS, spec.fps) } : {})
}

/** Writes a dataset into a folder. */
export async function write(name: DatasetName, root: string) {
  for (const [path, file] of await built(name)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), await file.read(0, file.size))
  }
}
