import { z } from "zod"
import { AppError } from "../../error.ts"
import { watched } from "../../files/watched.ts"
import { adapterOf } from "../../format/registry.ts"
import type { DatasetMetadata } from "../../format/schema.ts"
import { defineJob, type PinnedDataset } from "../define.ts"

const NO_READER = "This format is recognised but not read yet."

export const metadataExtraction = defineJob({
  title: "Extract metadata",
  description: "Reads what the dataset says about itself: episodes, frames, cameras, sensors, actions and tasks.",
  version: 1,
  params: z.object({}).strict(),
  formats: { lerobot: true, rosbag: NO_READER, hdf5: NO_READER, parquet: true, custom: true },
  on_import: true,

  async run(_params, { dataset, files, card, progress, signal }) {
    const adapter = adapterOf(dataset.format_type)
    if (!adapter.extract) throw new AppError("job_unsupported", `${adapter.title} datasets are not read yet.`)
    const { repo_id, revision } = dataset
    const watch = watched(files)
    const metadata = await adapter.extract({ repo_id, revision, files: watch.files, card, progress, signal })
    const result = { ...metadata, read: withImport(metadata.read, dataset, watch.paths) }
    return {
      result,
      summary: summaryOf(result),
      artifacts: [{ name: "metadata.json", media_type: "application/json", body: JSON.stringify(result, null, 2) }],
    }
  },
})

/** What pinning and detection read belongs to the cost of knowing this, too; a file read by both counts once. */
function withImport(read: DatasetMetadata["read"], { import_usage }: PinnedDataset, paths: ReadonlySet<string>) {
  const onlyThere = import_usage.paths.filter((path) => !paths.has(path)).length
  return {
    requests: read.requests + import_usage.requests,
    bytes: read.bytes + import_usage.bytes,
    files: read.files + onlyThere,
  }
}

const summaryOf = (metadata: DatasetMetadata) => ({
  format: metadata.format,
  format_version: metadata.format_version,
  robot_type: metadata.robot_type?.slice(0, 200) ?? null,
  episode_count: metadata.episode_count,
  frame_count: metadata.frame_count,
  duration_s: metadata.duration_s,
  fps: metadata.fps,
  cameras: metadata.cameras.length,
  sensors: metadata.sensors.length,
  actions: metadata.actions.length,
  tasks: metadata.task_count,
  files: metadata.files.count,
  bytes: metadata.files.bytes,
  notes: metadata.notes.length,
})
