import type { FileEntry } from "../files/files.ts"
import type { DatasetMetadata } from "./schema.ts"

/** Kind by extension; what is not listed is `other`. */
const KINDS: Record<string, readonly string[]> = {
  parquet: ["parquet"],
  video: ["mp4", "mkv", "avi", "mov", "webm", "m4v"],
  image: ["png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "gif", "exr"],
  rosbag: ["bag", "mcap", "db3"],
  hdf5: ["h5", "hdf5", "hdf"],
  csv: ["csv", "tsv"],
  jsonl: ["jsonl", "ndjson"],
  json: ["json"],
  yaml: ["yaml", "yml"],
  text: ["txt", "md", "rst", "log"],
  array: ["npy", "npz", "safetensors", "arrow", "feather", "pkl", "pickle", "zarr", "pt", "mat"],
  archive: ["zip", "tar", "gz", "tgz", "zst", "zstd", "bz2", "xz", "7z"],
  audio: ["wav", "mp3", "flac", "ogg"],
}
const KIND_OF = new Map(Object.entries(KINDS).flatMap(([kind, extensions]) => extensions.map((each) => [each, kind])))
/** A compressed recording is still a recording: `x.mcap.zstd` counts as what is inside. */
const WRAPPED = /\.(mcap|db3|csv|tsv|jsonl|json)\.(?:zst|zstd|gz|bz2)$/

export function kindOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase()
  const extension = WRAPPED.exec(name)?.[1] ?? (name.includes(".", 1) ? name.slice(name.lastIndexOf(".") + 1) : "")
  return KIND_OF.get(extension) ?? "other"
}

/** Counts files and bytes by kind as a listing streams by, so that its length does not matter. */
export class FileTally {
  count = 0
  bytes = 0
  readonly by_kind: Record<string, { count: number; bytes: number }> = {}

  add(file: Pick<FileEntry, "path" | "size">, kind = kindOf(file.path)) {
    this.count++
    this.bytes += file.size
    const tally = (this.by_kind[kind] ??= { count: 0, bytes: 0 })
    tally.count++
    tally.bytes += file.size
  }

  toInfo = (): DatasetMetadata["files"] => ({ count: this.count, bytes: this.bytes, by_kind: this.by_kind })
}
