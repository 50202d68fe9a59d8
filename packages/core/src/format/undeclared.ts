import type { ExtractContext } from "./adapter.ts"
import type { FileTally } from "./file-kinds.ts"
import type { DatasetMetadata, FormatType } from "./schema.ts"

/** Metadata of a format that declares no episodes, frames, cameras or actions: all of them unknown, none of them 0. */
export const undeclared = (
  format: FormatType,
  { card, files }: ExtractContext,
  tally: FileTally,
  { notes, details }: Pick<DatasetMetadata, "notes" | "details">,
): DatasetMetadata => ({
  format,
  format_version: null,
  robot_type: null,
  episode_count: null,
  frame_count: null,
  duration_s: null,
  fps: null,
  cameras: [],
  sensors: [],
  actions: [],
  tasks: [],
  task_count: null,
  files: tally.toInfo(),
  licence: card.licence,
  tags: card.tags,
  read: { ...files.usage },
  notes,
  details,
})
