import type { EpisodeFlag, EpisodeVideo, Feature, FeatureStats } from "./schema.ts"

/** One episode as a format's reader found it. */
export interface EpisodeRow {
  episode_index: number
  /** Where it stands in the dataset's own table: of two with one index the first counts. */
  place: number
  length: number | null
  duration_s: number | null
  tasks: string[]
  data_path: string | null
  rows_from: number | null
  rows_to: number | null
  videos: Omit<EpisodeVideo, "url">[]
  flags: EpisodeFlag[]
  stats: Record<string, FeatureStats> | null
}

export interface TaskRow {
  /** Where it stands in the dataset's own table. */
  place: number
  task_index: number | null
  task: string
}

export interface FeatureRow extends Feature {
  place: number
}

/** Statistics that lie apart from the table of the episodes and come after it. */
export interface StatsRow {
  episode_index: number
  stats: Record<string, FeatureStats>
}

/** What one part of an index is made of. */
export interface IndexRows {
  episodes: EpisodeRow[]
  tasks: TaskRow[]
  features: FeatureRow[]
  stats: StatsRow[]
}

export const noRows = (): IndexRows => ({ episodes: [], tasks: [], features: [], stats: [] })
