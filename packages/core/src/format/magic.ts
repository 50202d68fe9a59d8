import type { FileEntry, Files } from "../files/files.ts"

const CANDIDATES = 3
const PREFIX = 64

const LFS_POINTER = "version https://git-lfs.github.com/spec/"
const isPointer = (head: Uint8Array) => Buffer.from(head).toString("latin1").startsWith(LFS_POINTER)

export type Magic = { name: string; matches(head: Uint8Array): boolean }

export const startsWith =
  (...bytes: number[]) =>
  (head: Uint8Array) =>
    bytes.every((byte, at) => head[at] === byte)

export const ascii = (text: string) => startsWith(...Buffer.from(text, "latin1"))

/**
 * Opens up to three of the files, largest first, and says what their first bytes are. A name is a claim: a text file
 * called `x.mcap` is not a recording.
 */
export async function sniff(files: Files, candidates: readonly FileEntry[], magics: readonly Magic[]) {
  const largest = [...candidates].sort((a, b) => b.size - a.size).slice(0, CANDIDATES)
  let miss = ""
  for (const file of largest) {
    if (file.size === 0) {
      miss ||= `${file.path} is empty`
      continue
    }
    const head = await files.open(file).read(0, Math.min(PREFIX, file.size))
    const found = magics.find((magic) => magic.matches(head))
    if (found) return { found: found.name, path: file.path }
    miss ||= isPointer(head)
      ? `${file.path} is a Git LFS pointer, not the file itself`
      : `${file.path} does not begin as its name promises`
  }
  return { found: undefined, miss }
}
