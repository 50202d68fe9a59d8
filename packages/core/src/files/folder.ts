import { open, readdir, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import type { Files } from "./files.ts"
import { plainFiles } from "./memory.ts"

/** A folder on this machine as a dataset's tree. Symbolic links are not followed. */
export async function folderFiles(root: string): Promise<Files> {
  const sizes = new Map<string, number>()
  for (const each of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!each.isFile()) continue
    const absolute = join(each.parentPath, each.name)
    sizes.set(relative(root, absolute).split(sep).join("/"), (await stat(absolute)).size)
  }
  const paths = [...sizes.keys()].sort()
  return plainFiles({
    paths: () => paths,
    size: (path) => sizes.get(path),
    async read(path, start, end) {
      await using file = await open(join(root, path))
      const { bytesRead, buffer } = await file.read(new Uint8Array(end - start), 0, end - start, start)
      if (bytesRead < end - start) throw new RangeError(`${path} ended at ${start + bytesRead}, not ${end}`)
      return buffer
    },
  })
}
