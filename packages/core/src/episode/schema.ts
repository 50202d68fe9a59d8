import { z } from "zod"
import { FormatType } from "../format/schema.ts"

/** Values of one feature in one episode; a number per dimension, of the first dimensions only where there are many. */
export const FeatureStats = z.object({
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  mean: z.array(z.number().nullable()),
})
export type FeatureStats = z.infer<typeof FeatureStats>

/**
 * What is odd about an episode, as far as its table says. `no_length`, `no_tasks`, `no_data_file`, `no_video`: not
 * stated; `rows_differ`, `video_differs`: the rows or the seconds stated are not those of its length.
 */
export const EPISODE_FLAGS = [
  "no_length",
  "no_tasks",
  "no_data_file",
  "no_video",
  "rows_differ",
  "video_differs",
] as const
export const EpisodeFlag = z.enum(EPISODE_FLAGS)
export type EpisodeFlag = z.infer<typeof EpisodeFlag>

export const EpisodeVideo = z.object({
  camera: z.string(),
  path: z.string().nullable(),
  /** Seconds inside the file at `path`. */
  from_s: z.number().nullable(),
  to_s: z.number().nullable(),
  /** The file on the Hub, at the dataset's commit. */
  url: z.string().nullable(),
})
export type EpisodeVideo = z.infer<typeof EpisodeVideo>

export const Episode = z.object({
  episode_index: z.int(),
  /** Frames. */
  length: z.int().nullable(),
  duration_s: z.number().nullable(),
  tasks: z.array(z.string()),
  data: z.object({
    path: z.string().nullable(),
    /** The values of the column `index`, `to` not included, as the table of the episodes states them. Null: not stated. */
    rows: z.object({ from: z.int(), to: z.int() }).nullable(),
  }),
  videos: z.array(EpisodeVideo),
  flags: z.array(EpisodeFlag),
})
export type Episode = z.infer<typeof Episode>

export const EpisodeDetail = Episode.extend({
  /** By feature, where the dataset has statistics of the episode. */
  stats: z.record(z.string(), FeatureStats).nullable(),
})
export type EpisodeDetail = z.infer<typeof EpisodeDetail>

export const FEATURE_ROLES = ["camera", "sensor", "action", "other"] as const
export const FeatureRole = z.enum(FEATURE_ROLES)
export type FeatureRole = z.infer<typeof FeatureRole>

export const Feature = z.object({
  name: z.string(),
  role: FeatureRole,
  dtype: z.string().nullable(),
  shape: z.array(z.int().nullable()),
  names: z.array(z.string()).nullable(),
  unit: z.string().nullable(),
})
export type Feature = z.infer<typeof Feature>

export const SORTS = ["episode_index", "length", "duration_s"] as const
export const EpisodeSort = z.enum([...SORTS, "-episode_index", "-length", "-duration_s"])
export type EpisodeSort = z.infer<typeof EpisodeSort>

const HitDataset = z.object({ id: z.int(), repo_id: z.string(), revision: z.string(), format_type: FormatType })
/** `score`: how well it fits, for the order within one kind only. */
const hit = { dataset: HitDataset, score: z.number() }

export const EpisodeHit = z.object({
  ...hit,
  episode_index: z.int(),
  length: z.int().nullable(),
  tasks: z.array(z.string()),
})
export const TaskHit = z.object({ ...hit, task_index: z.int().nullable(), task: z.string() })
export const FeatureHit = Feature.extend(hit)

export const SEARCH_KINDS = ["episodes", "tasks", "features"] as const
export const SearchKind = z.enum(SEARCH_KINDS)
export type SearchKind = z.infer<typeof SearchKind>

/** Best first; a kind that was not asked for is empty. */
export const IndexSearch = z.object({
  episodes: z.array(EpisodeHit),
  tasks: z.array(TaskHit),
  features: z.array(FeatureHit),
})
export type IndexSearch = z.infer<typeof IndexSearch>
