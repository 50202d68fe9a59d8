import type { JobDefinition } from "./define.ts"
import { indexing } from "./types/indexing.ts"
import { metadataExtraction } from "./types/metadata-extraction.ts"

/** Every job there is. The key is the job type on the wire and in the database. */
export const jobs = {
  metadata_extraction: metadataExtraction,
  indexing,
} as const satisfies Registry

// The parameters of one job are not those of the next, so a registry holds them as what they have in common.
// eslint-disable-next-line typescript/no-explicit-any -- the variance seam of the registry
export type Registry = Record<string, JobDefinition<any>>

export type JobType = keyof typeof jobs
