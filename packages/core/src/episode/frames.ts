import { z } from "zod"

/** `relocated`: the rows lie in another file than the table of the episodes says. `rows_differ`: there are not as many as it says. */
export const FRAME_FLAGS = ["relocated", "rows_differ"] as const

export const Series = z.object({
  /** `<feature>/<name of the value>`; of a feature with one value its name alone. */
  name: z.string(),
  feature: z.string(),
  /** Which value of the feature. */
  index: z.int(),
  /** A number per point; null where no row of the point has a finite value. */
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  unit: z.string().optional(),
})
export type Series = z.infer<typeof Series>

/** The numbers of an episode, thinned out: each point is a run of rows with the least and the greatest value in it. */
export const Frames = z.object({
  episode_index: z.int(),
  fps: z.number().nullable(),
  rows: z.int(),
  /** Timestamp of the first row of each point, in seconds. */
  t: z.array(z.number().nullable()),
  series: z.array(Series),
  /** The file the rows were found in. */
  path: z.string(),
  flags: z.array(z.enum(FRAME_FLAGS)),
  notes: z.array(z.string()),
  read: z.object({ requests: z.int(), bytes: z.int() }),
})
export type Frames = z.infer<typeof Frames>

/** What a format's reader needs to find and thin out the rows of an episode. */
export interface FramesRequest {
  episode_index: number
  length: number | null
  data_path: string | null
  /** Points at most. */
  points: number
  /** Features, or names of series; absent: all. */
  columns?: string[] | undefined
}
