import type { FileEntry, Files } from "../../files/files.ts"

const POINTER = "version https://git-lfs.github.com/spec/"
const READ = 64

/**
 * Whether a file has the size of a Git LFS pointer: what remains when somebody uploads a clone without its large files. The Hub
 * may hold such a pointer in LFS itself, so that its own mark tells nothing.
 */
export const looksLikePointer = ({ size, path }: FileEntry) =>
  size >= 100 && size <= 200 && /\.(?:parquet|mp4|jsonl|json|arrow|safetensors|bin)$/.test(path)

/** Reads the beginning of one file. */
export async function isPointer(files: Files, file: FileEntry, signal?: AbortSignal): Promise<boolean> {
  const head = await files.open(file).read(0, Math.min(READ, file.size), signal)
  return Buffer.from(head).toString("latin1").startsWith(POINTER)
}
