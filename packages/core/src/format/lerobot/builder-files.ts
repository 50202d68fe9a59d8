import type { FileEntry, Files, Usage } from "../../files/files.ts"
import type { BuiltFile } from "./builder.ts"

/** A built tree as `Files`, listed in pages of a thousand as the Hub does, each counted as a request; ranges are remembered. */
export function builtFiles(
  built: ReadonlyMap<string, BuiltFile>,
): Files & { ranges: [path: string, start: number, end: number][] } {
  const usage: Usage = { requests: 0, bytes: 0, files: 0 }
  const ranges: [string, number, number][] = []
  const entry = (path: string, size: number): FileEntry => ({
    path,
    size,
    oid: null,
    lfs: /\.(?:parquet|mp4)$/.test(path),
  })
  return {
    usage,
    ranges,
    async *list(prefix = "") {
      const below = prefix && `${prefix}/`
      let count = 0
      for (const [path, { size }] of built) {
        if (!path.startsWith(below)) continue
        if (count++ % 1000 === 0) usage.requests++
        yield entry(path, size)
      }
    },
    folder: () => Promise.reject(new Error("not asked for")),
    async stat(paths) {
      usage.requests++
      return new Map(paths.flatMap((path) => (built.has(path) ? [[path, entry(path, built.get(path)!.size)]] : [])))
    },
    open: ({ path, size }) => ({
      path,
      size,
      async read(start, end) {
        usage.requests++
        usage.bytes += end - start
        ranges.push([path, start, end])
        return built.get(path)!.read(start, end)
      },
    }),
  }
}
