import type { Files } from "./files.ts"

/** The same files, with the paths of those of which anything was read. */
export function watched(files: Files): { files: Files; paths: Set<string> } {
  const paths = new Set<string>()
  return {
    paths,
    files: {
      list: (prefix, signal) => files.list(prefix, signal),
      folder: (path) => files.folder(path),
      stat: (all) => files.stat(all),
      open(file) {
        const bytes = files.open(file)
        return {
          path: bytes.path,
          size: bytes.size,
          read(start, end, signal) {
            paths.add(file.path)
            return bytes.read(start, end, signal)
          },
        }
      },
      get usage() {
        return files.usage
      },
    },
  }
}
