import { FileList, FileTable } from "../../../files/file-table.ts"
import type { FileEntry, Files } from "../../../files/files.ts"
import type { ListingFacts } from "./subjects.ts"

const SHARD = /^meta\/episodes\/[^/]+\/[^/]+\.parquet$/
/** Where listings of the Hub have ended although there was more (BEHAVIOR-1K). */
export const MAX_LISTED = 100_000
const VIDEO = /\.(?:mp4|mkv|avi|mov|webm|m4v)$/i

/** Every file of the repository. */
export async function readFiles(files: Files, signal: AbortSignal, onProgress: (count: number) => void) {
  const all = new FileTable()
  for await (const file of files.list("", signal)) {
    all.add(file)
    if (all.length % 5000 === 0) {
      signal.throwIfAborted()
      onProgress(all.length)
    }
  }
  return all
}

/** Sorts the files into what LeRobot takes them for. @param cameras keys of the declared video features. */
export function listingFacts(files: FileTable, cameras: readonly string[]): ListingFacts {
  const videos = new Map<string, number[]>(cameras.map((camera) => [camera, []]))
  const data: number[] = []
  const episodeShards: FileEntry[] = []
  for (let row = 0; row < files.length; row++) {
    const path = files.pathAt(row)
    if (path.startsWith("data/") && path.endsWith(".parquet")) data.push(row)
    else if (SHARD.test(path)) episodeShards.push(files.at(row))
    else if (path.startsWith("videos/") && VIDEO.test(path)) {
      const camera = path.split("/").find((segment) => videos.has(segment))
      if (camera !== undefined) videos.get(camera)!.push(row)
    }
  }
  episodeShards.sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    files,
    data: FileList.byPath(files, data),
    videos: new Map([...videos].map(([camera, rows]) => [camera, FileList.byPath(files, rows)])),
    episodeShards,
    isCut: isCut(files),
  }
}

/** Whether there are exactly as many files, or files and folders, as a listing of the Hub has at most. */
function isCut(files: FileTable): boolean {
  if (files.length >= MAX_LISTED) return files.length === MAX_LISTED
  const folders = new Set<string>()
  for (const { path } of files) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  return files.length + folders.size === MAX_LISTED
}
