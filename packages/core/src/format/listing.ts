import type { Listing } from "../dataset/schema.ts"
import type { FileEntry } from "../files/files.ts"
import { kindOf } from "./file-kinds.ts"

type Kind = keyof Listing["by_kind"]

/** The kinds of `file-kinds.ts` by how a job reads them. What is not named is `other`. */
const READ_AS: Record<string, Kind> = {
  parquet: "table",
  csv: "table",
  jsonl: "table",
  array: "table",
  video: "video",
  image: "image",
  rosbag: "recording",
  hdf5: "recording",
  json: "meta",
  yaml: "meta",
  text: "meta",
}

/** Everything in `meta/` is read as what describes the dataset, its tables included: that is where LeRobot keeps them. */
const readAs = (path: string): Kind => (path.startsWith("meta/") ? "meta" : (READ_AS[kindOf(path)] ?? "other"))

/** Files and bytes by kind of what a listing showed. Bytes are those of the real files, also for LFS. */
export function listingOf(files: readonly Pick<FileEntry, "path" | "size">[], complete: boolean): Listing {
  const by_kind: Listing["by_kind"] = {}
  let bytes = 0
  for (const { path, size } of files) {
    const tally = (by_kind[readAs(path)] ??= { files: 0, bytes: 0 })
    tally.files++
    tally.bytes += size
    bytes += size
  }
  return { complete, files: files.length, bytes, by_kind }
}
