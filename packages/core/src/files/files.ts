/** What reading has cost so far. `requests` counts every HTTP request, redirects included. */
export interface Usage {
  requests: number
  bytes: number
  /** Distinct files of which at least one byte was read. */
  files: number
}

/** Random access to one file, wherever it lives. */
export interface Bytes {
  readonly path: string
  readonly size: number
  /** Bytes `[start, end)`. Throws `AppError` (kind `hub`) when they cannot be had; never returns fewer. */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>
}

export interface FileEntry {
  /** Relative POSIX path inside the repository. */
  path: string
  /** Bytes of the real file, also for LFS files. */
  size: number
  /** Git blob id, or the sha256 of an LFS file. */
  oid: string | null
  lfs: boolean
}

/** A dataset's tree at one commit. */
export interface Files {
  /** Every file below `prefix` (a folder), page by page, in the tree's own order. Folders are not listed. */
  list(prefix?: string, signal?: AbortSignal): AsyncIterable<FileEntry>
  /** The entries of one folder itself, not recursive; folders included. */
  folder(path?: string): Promise<{ files: FileEntry[]; folders: string[] }>
  /** Those of `paths` that exist, in one request. */
  stat(paths: readonly string[]): Promise<Map<string, FileEntry>>
  /** Opens for reading; costs nothing until read. Pass the entry when it is at hand: its size saves a request. */
  open(file: FileEntry): Bytes
  readonly usage: Usage
}
