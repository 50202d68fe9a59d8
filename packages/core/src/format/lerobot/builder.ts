import { encodeLeRobot } from "./builder-encode.ts"
import { noMedia, type BuiltFile, type LeRobotSpec, type Media } from "./builder-spec.ts"
import { planLeRobot, type Tables } from "./builder-tables.ts"

export * as Builder from "./builder.ts"
export { encodeFrames, encodeLeRobot, encodeTasks } from "./builder-encode.ts"
export { noMedia } from "./builder-spec.ts"
export type { BuiltFile, CameraSpec, EpisodeSpec, LeRobotSpec, Media, Segment, SignalSpec } from "./builder-spec.ts"
export type { Levels, Stats } from "./builder-stats.ts"
export { aggregate, statsOf } from "./builder-stats.ts"
export { aggregateAll, planLeRobot } from "./builder-tables.ts"
export type { EpisodeTable, Tables } from "./builder-tables.ts"

/** Raised when the same spec gives other bytes than before: caches of built datasets are keyed by it. */
export const BUILDER_VERSION = 2

export interface BuildOptions {
  media?: Media
  /** Changes the tables before they are encoded; a defect injected here is written as it stands. */
  edit?: (tables: Tables) => void
}

/** Writes a whole LeRobot dataset into memory: path → file, in path order. */
export async function buildLeRobot(
  spec: LeRobotSpec,
  { media = noMedia, edit }: BuildOptions = {},
): Promise<Map<string, BuiltFile>> {
  const tables = planLeRobot(spec, media)
  edit?.(tables)
  const files: [string, BuiltFile][] = []
  for await (const [path, bytes] of encodeLeRobot(tables, media)) files.push([path, inMemory(bytes)])
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)))
}

export const inMemory = (bytes: Uint8Array): BuiltFile => ({
  size: bytes.length,
  read: (start, end) => bytes.subarray(start, end),
})
