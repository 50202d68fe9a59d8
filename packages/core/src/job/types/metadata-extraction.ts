import { z } from "zod"
import { AppError } from "../../error.ts"
import { watched } from "../../files/watched.ts"
import { adapterOf } from "../../format/registry.ts"
import type { Listing } from "../../dataset/schema.ts"
import type { DatasetMetadata, FormatType } from "../../format/schema.ts"
import { listingWork, partOf, workOf } from "../../usage/work.ts"
import { defineJob, type PinnedDataset } from "../define.ts"

const NO_READER = "This format is recognised but not read yet."

export const metadataExtraction = defineJob({
  title: "Extract metadata",
  description: "Reads what the dataset says about itself: episodes, frames, cameras, sensors, actions and tasks.",
  version: 1,
  params: z.object({}).strict(),
  formats: { lerobot: true, rosbag: NO_READER, hdf5: NO_READER, parquet: true, custom: true },
  on_import: true,
  size_class: "light",
  estimate: (listing, _params, format_type) => {
    const list = listingWork(listing)
    const read = readOf(listing, format_type)
    // The first read of a file is redirected.
    return workOf(list.requests + 2 * read.files, list.bytes + read.bytes)
  },

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

const FOOTER = 64 * 1024

/** What the readers of the formats fetch: `meta/` of LeRobot, the footers of tables, the beginnings of others. At most. */
function readOf(listing: Listing, format_type: FormatType) {
  if (format_type === "lerobot") return partOf(listing, "meta")
  return partOf(listing, "table", { files: format_type === "parquet" ? 1000 : 40, most: FOOTER })
}

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
