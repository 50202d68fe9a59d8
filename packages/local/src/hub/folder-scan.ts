import { type Dirent, realpathSync, type Stats, statSync } from "node:fs"
import { open, opendir } from "node:fs/promises"
import { join, sep } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { SampleFile } from "./repo.ts"

/** Files looked at between two turns of the event loop. */
const SLICE = 500

export interface Scan {
  /** In path order. */
  files: Map<string, FolderFile>
  /** Newest change, ms since the epoch; 0 for an empty folder. */
  newest_ms: number
}

/** A file on disk as it was when the folder was scanned. */
export class FolderFile implements SampleFile {
  readonly size: number
  readonly mtime_ms: number
  readonly #path: string

  constructor(path: string, { size, mtimeMs }: Stats) {
    this.#path = path
    this.size = size
    this.mtime_ms = mtimeMs
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    await using file = await open(this.#path)
    const bytes = new Uint8Array(end - start)
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
      if (bytesRead === 0) throw new RangeError(`${this.#path} ended at ${start + filled}, not ${end}`)
      filled += bytesRead
    }
    return bytes
  }
}

interface Pending {
  folder: string
  real: string
  prefix: string
  /** Whether a link to a folder was followed on the way. */
  linked: boolean
}

/**
 * Every regular file below `root`, dot files included. A symbolic link counts as what it points to when that lies below
 * `boundary`; of links to folders, one along a path is followed, which no ring of links survives. Other links, sockets
 * and devices are left out, and so are names that are not UTF-8.
 */
export async function scanFolder(root: string, boundary: string): Promise<Scan> {
  const found: [string, FolderFile][] = []
  const within = realpathSync(boundary) + sep
  let newest_ms = 0
  let seen = 0
  const pending: Pending[] = [{ folder: root, real: realpathSync(root), prefix: "", linked: false }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    for await (const entry of await opendir(next.folder)) {
      if (++seen % SLICE === 0) await setImmediate()
      const target = follow(entry, next, within)
      if (target === null) continue
      const folder = join(next.folder, entry.name)
      const name = next.prefix + entry.name
      if (target.stats.isFile()) {
        found.push([name, new FolderFile(folder, target.stats)])
        newest_ms = Math.max(newest_ms, target.stats.mtimeMs)
        continue
      }
      const isLink = entry.isSymbolicLink()
      if (!target.stats.isDirectory() || (isLink && (next.linked || isInside(next.real, target.real)))) continue
      pending.push({ folder, real: target.real, prefix: `${name}/`, linked: next.linked || isLink })
    }
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1))
  return { files: new Map(found), newest_ms }
}

/** The system does not let this user read it. */
export const isRefused = (error: unknown): error is NodeJS.ErrnoException =>
  ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")

const isInside = (folder: string, other: string) => folder === other || folder.startsWith(other + sep)

function follow(entry: Dirent, { folder, real }: Pending, within: string): { real: string; stats: Stats } | null {
  const path = join(folder, entry.name)
  try {
    if (!entry.isSymbolicLink()) return { real: join(real, entry.name), stats: statSync(path) }
    const target = realpathSync(path)
    return target.startsWith(within) ? { real: target, stats: statSync(target) } : null
  } catch (cause) {
    // A link to nowhere, a ring of links, or a file gone since it was listed: not there to be served.
    const code = (cause as NodeJS.ErrnoException).code ?? ""
    if (code === "ENOENT" || code === "ELOOP" || (isRefused(cause) && entry.isSymbolicLink())) return null
    throw cause
  }
}
