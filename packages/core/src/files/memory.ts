import type { Bytes, FileEntry, Files, Usage } from "./files.ts"

export type MemoryBody = Uint8Array | string

/** A tree held in memory, for tests and builders. Counts what is read. */
export function memoryFiles(tree: Iterable<readonly [string, MemoryBody]> | Record<string, MemoryBody>): Files {
  const entries = Symbol.iterator in tree ? tree : Object.entries(tree)
  const bodies = new Map<string, Uint8Array>()
  for (const [path, body] of entries) bodies.set(path, typeof body === "string" ? new TextEncoder().encode(body) : body)
  const paths = [...bodies.keys()].sort()
  return plainFiles({
    paths: () => paths,
    size: (path) => bodies.get(path)?.byteLength,
    read: (path, start, end) => bodies.get(path)!.subarray(start, end),
  })
}

interface Source {
  /** Every file, in path order. */
  paths(): readonly string[]
  size(path: string): number | undefined
  read(path: string, start: number, end: number): Uint8Array | Promise<Uint8Array>
}

/** `Files` over anything that can list, size and read: what a folder and a tree in memory have in common. */
export function plainFiles(source: Source): Files {
  const usage: Usage = { requests: 0, bytes: 0, files: 0 }
  const touched = new Set<string>()

  const entry = (path: string): FileEntry => ({ path, size: source.size(path)!, oid: null, lfs: false })

  return {
    usage,

    async *list(prefix = "") {
      usage.requests++
      const below = prefix && !prefix.endsWith("/") ? `${prefix}/` : prefix
      for (const path of source.paths()) if (path.startsWith(below)) yield entry(path)
    },

    async folder(path = "") {
      usage.requests++
      const below = path ? `${path}/` : ""
      const files: FileEntry[] = []
      const folders = new Set<string>()
      for (const each of source.paths()) {
        if (!each.startsWith(below)) continue
        const slash = each.indexOf("/", below.length)
        if (slash < 0) files.push(entry(each))
        else folders.add(each.slice(0, slash))
      }
      return { files, folders: [...folders] }
    },

    async stat(paths) {
      usage.requests++
      return new Map(paths.filter((path) => source.size(path) !== undefined).map((path) => [path, entry(path)]))
    },

    open({ path, size }): Bytes {
      return {
        path,
        size,
        async read(start, end) {
          if (start < 0 || end > size || start > end) throw new RangeError(`${path}: ${start}–${end} of ${size} bytes`)
          usage.requests++
          usage.bytes += end - start
          touched.add(path)
          usage.files = touched.size
          return source.read(path, start, end)
        },
      }
    },
  }
}
