import { z } from "zod"
import { Finding } from "../check/schema.ts"
import { PartialResult } from "../job/schema.ts"
import { Feature } from "./schema.ts"

export const Side = z.object({
  id: z.int(),
  repo_id: z.string(),
  revision: z.string(),
  /** Its index is not whole: episodes, tasks and features that only the other one has may be in this one too. */
  partial: PartialResult.nullable(),
})
const Changed = <T extends z.ZodType>(schema: T) => ({ from: schema, to: schema })
const EpisodeChange = z.object({
  episode_index: z.int(),
  length: z.object(Changed(z.int().nullable())),
  tasks: z.object(Changed(z.array(z.string()))),
})

/** What is other in one dataset than in another. Lists hold the first hundred; the counts count all. */
export const Comparison = z.object({
  from: Side,
  to: Side,
  /** Fields of the metadata that differ. Null where one has none: its metadata job has not completed. */
  metadata: z.array(z.object({ field: z.string(), ...Changed(z.unknown()) })).nullable(),
  tasks: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    added_count: z.int(),
    removed_count: z.int(),
  }),
  features: z.object({
    added: z.array(Feature),
    removed: z.array(Feature),
    changed: z.array(z.object({ name: z.string(), ...Changed(Feature) })),
  }),
  episodes: z.object({
    count: z.object(Changed(z.int())),
    frames: z.object(Changed(z.int().nullable())),
    added: z.array(z.int()),
    removed: z.array(z.int()),
    changed: z.array(EpisodeChange),
    added_count: z.int(),
    removed_count: z.int(),
    changed_count: z.int(),
  }),
  /** What became of the findings of validation. Null where one has none: its validation has not completed. */
  findings: z
    .object({
      new: z.array(Finding),
      gone: z.array(Finding),
      same: z.array(Finding),
      /** By a rule that was not run on the other side. */
      not_compared: z.array(Finding),
    })
    .nullable(),
})
export type Comparison = z.infer<typeof Comparison>
