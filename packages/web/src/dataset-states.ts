import type { DatasetState } from "@robokit/core/dataset/schema"

export type StatusFilter = DatasetState | "all"

/** In the order a dataset goes through them. */
export const DATASET_STATES_SHOWN = [
  ["all", "All"],
  ["pending", "Waiting"],
  ["processing", "Processing"],
  ["completed", "Read"],
  ["failed", "Unreadable"],
] as const satisfies [StatusFilter, string][]
