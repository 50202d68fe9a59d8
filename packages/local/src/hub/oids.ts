import { createHash } from "node:crypto"
import { gitBlobHash, isLfs, lfsPointer, sha1, sha256 } from "./git-oid.ts"
import type { SampleCommit, SampleFile } from "./repo.ts"
import type { Pinned, Store } from "./store.ts"

export interface FileIds {
  /** Git blob id: of the content, or of the pointer for an LFS file. */
  oid: string
  lfs: { oid: string; size: number; pointerSize: number } | null
}

const HASHED_FILE_LIMIT = 16 * 1024 * 1024
const HASHED_FILES_LIMIT = 2_000
const HASHED_BYTES_LIMIT = 256 * 1024 * 1024
const CHUNK = 1024 * 1024

/**
 * Content ids. True sha1/sha256 where hashing is cheap: a file of at most 16 MiB, in a commit of at most 2,000 files and
 * 256 MiB of such files. Elsewhere a stand-in made from repository, path, size and the commit that brought the file:
 * as stable and as distinct as a hash, but not the hash of the bytes. The rule looks at the commit only, so every
 * endpoint gives a file the same id, whatever was asked before.
 */
export class Oids {
  readonly #store: Store
  readonly #sha1 = new WeakMap<SampleFile, Promise<string>>()
  readonly #sha256 = new WeakMap<SampleFile, Promise<string>>()
  readonly #cheap = new WeakMap<SampleCommit, Promise<boolean>>()

  constructor(store: Store) {
    this.#store = store
  }

  async of(pinned: Pinned, path: string, file: SampleFile): Promise<FileIds> {
    const lfs = isLfs(path, file.size)
    const content = (await this.#isHashed(pinned.commit, file))
      ? await this.#hash(file, lfs)
      : await this.#standIn(pinned, path, file, lfs)
    if (!lfs) return { oid: content, lfs: null }
    const pointer = lfsPointer(content, file.size)
    const oid = gitBlobHash(pointer.length).update(pointer).digest("hex")
    return { oid, lfs: { oid: content, size: file.size, pointerSize: pointer.length } }
  }

  /** The commit that last changed `path`, as far as the samples tell. */
  async lastChange(pinned: Pinned, path: string, file: SampleFile): Promise<SampleCommit> {
    const own = await this.of(pinned, path, file)
    let last = pinned.commit
    for (const commit of this.#store.history(pinned).slice(1)) {
      const before = (await commit.files()).get(path)
      if (!before) return last
      if (before !== file) {
        if (before.size !== file.size) return last
        if ((await this.of({ repo: pinned.repo, commit }, path, before)).oid !== own.oid) return last
      }
      last = commit
    }
    return last
  }

  async #isHashed(commit: SampleCommit, file: SampleFile): Promise<boolean> {
    if (file.size > HASHED_FILE_LIMIT) return false
    let cheap = this.#cheap.get(commit)
    if (!cheap) this.#cheap.set(commit, (cheap = commit.files().then(isCheap)))
    return cheap
  }

  #hash(file: SampleFile, lfs: boolean): Promise<string> {
    const known = lfs ? this.#sha256 : this.#sha1
    let hash = known.get(file)
    if (!hash) {
      hash = hashFile(file, lfs)
      // A file that could not be read may be readable next time.
      hash.catch(() => known.delete(file))
      known.set(file, hash)
    }
    return hash
  }

  async #standIn({ repo, commit }: Pinned, path: string, file: SampleFile, lfs: boolean): Promise<string> {
    let brought = commit
    for (const earlier of this.#store.history({ repo, commit }).slice(1)) {
      if ((await earlier.files()).get(path) !== file) break
      brought = earlier
    }
    const text = ["not a content hash", repo.id, brought.id, path, file.size].join("\0")
    return lfs ? sha256(text) : sha1(text)
  }
}

function isCheap(files: ReadonlyMap<string, SampleFile>): boolean {
  if (files.size > HASHED_FILES_LIMIT) return false
  let bytes = 0
  for (const { size } of files.values()) if (size <= HASHED_FILE_LIMIT) bytes += size
  return bytes <= HASHED_BYTES_LIMIT
}

async function hashFile(file: SampleFile, lfs: boolean): Promise<string> {
  const hash = lfs ? createHash("sha256") : gitBlobHash(file.size)
  for (let at = 0; at < file.size; at += CHUNK) {
    hash.update(await file.read(at, Math.min(at + CHUNK, file.size)))
  }
  return hash.digest("hex")
}
