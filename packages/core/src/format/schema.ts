import { z } from "zod"

export const FORMAT_TYPES = ["lerobot", "rosbag", "hdf5", "parquet", "custom"] as const
export const FormatType = z.enum(FORMAT_TYPES)
export type FormatType = z.infer<typeof FormatType>

export const Camera = z.object({
  name: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  fps: z.number().nullable(),
  codec: z.string().nullable(),
  pixel_format: z.string().nullable(),
  /** Episodes this camera has frames for; null when that cannot be known without reading more. */
  episodes: z.int().nullable(),
})
export type Camera = z.infer<typeof Camera>

export const Signal = z.object({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.int().nullable()),
  names: z.array(z.string()).nullable(),
  unit: z.string().optional(),
})
export type Signal = z.infer<typeof Signal>

export const Task = z.object({ task_index: z.int().nullable(), task: z.string() })

/** Result of `metadata_extraction`. What cannot be known is null with a line in `notes`, never 0. */
export const DatasetMetadata = z.object({
  format: FormatType,
  format_version: z.string().nullable(),
  robot_type: z.string().nullable(),
  episode_count: z.int().nullable(),
  frame_count: z.int().nullable(),
  duration_s: z.number().nullable(),
  fps: z.number().nullable(),
  cameras: z.array(Camera),
  sensors: z.array(Signal),
  actions: z.array(Signal),
  /** The first 1,000 tasks; `task_count` counts all of them. */
  tasks: z.array(Task),
  task_count: z.int().nullable(),
  files: z.object({
    count: z.int().nullable(),
    bytes: z.int().nullable(),
    by_kind: z.record(z.string(), z.object({ count: z.int(), bytes: z.int() })),
  }),
  licence: z.string().nullable(),
  tags: z.array(z.string()),
  read: z.object({ requests: z.int(), bytes: z.int(), files: z.int() }),
  notes: z.array(z.string()),
  /** What only this format has: lerobot `features`, `splits`, …; parquet `columns`, `row_groups`; custom `tables`. */
  details: z.record(z.string(), z.unknown()),
})
export type DatasetMetadata = z.infer<typeof DatasetMetadata>

/** What the Hub says about the repository at the pinned commit, beside its files. */
export interface Card {
  licence: string | null
  tags: string[]
  /** Absent: imported before they were looked at. */
  refs?: Refs
}

/** Branches and tags when the dataset was imported: its commit is pinned, these move. */
export interface Refs {
  /** RFC 3339. */
  read_at: string
  /** The commit of `main`; null where there is no such branch. */
  main: string | null
  /** Branches and tags whose names begin as a version does. */
  versions: { name: string; commit: string }[]
}
