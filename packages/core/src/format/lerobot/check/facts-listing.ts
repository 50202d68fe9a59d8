import type { FileEntry, Files } from "../../../files/files.ts"
import type { ListingFacts } from "./subjects.ts"

const SHARD = /^meta\/episodes\/[^/]+\/[^/]+\.parquet$/
/** Where listings of the Hub have ended although there was more (BEHAVIOR-1K). */
export const MAX_LISTED = 100_000
const VIDEO = /\.(?:mp4|mkv|avi|mov|webm|m4v)$/i

/** Every file of the repository. Entries are kept: a million take about 200 MB, and a repository has fewer. */
export async function readFiles(files: Files, signal: AbortSignal, onProgress: (count: number) => void) {
  const all: FileEntry[] = []
  for await (const file of files.list("", signal)) {
    all.push(file)
    if (all.length % 5000 === 0) {
      signal.throwIfAborted()
      onProgress(all.length)
    }
  }
  return all
}

/** Sorts the files into what LeRobot takes them for. @param cameras keys of the declared video features. */
export function listingFacts(files: readonly FileEntry[], cameras: readonly string[]): ListingFacts {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const videos = new Map<string, FileEntry[]>(cameras.map((camera) => [camera, []]))
  const data: FileEntry[] = []
  const episodeShards: FileEntry[] = []
  for (const file of files) {
    const { path } = file
    if (path.startsWith("data/") && path.endsWith(".parquet")) data.push(file)
    else if (SHARD.test(path)) episodeShards.push(file)
    else if (path.startsWith("videos/") && VIDEO.test(path)) {
      const camera = path.split("/").find((segment) => videos.has(segment))
      if (camera !== undefined) videos.get(camera)!.push(file)
    }
  }
  const byName = (a: FileEntry, b: FileEntry) => (a.path < b.path ? -1 : 1)
  data.sort(byName)
  episodeShards.sort(byName)
  for (const list of videos.values()) list.sort(byName)
  return { files, byPath, data, videos, episodeShards, isCut: isCut(files) }
}

/** Whether there are exactly as many files, or files and folders, as a listing of the Hub has at most. */
function isCut(files: readonly FileEntry[]): boolean {
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
