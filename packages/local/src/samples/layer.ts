import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { BUILDER_VERSION } from "@robokit/core/format/lerobot/builder"
import type { SampleFile } from "../hub/repo.ts"

/** Part of a tree that takes time to make, kept on disk once made. Two commits may share one. */
export interface Layer {
  /** A folder name, unique in the catalogue; changes when what is built changes. */
  key: string
  build(): AsyncIterable<readonly [path: string, bytes: Uint8Array]>
}

interface Entry {
  path: string
  offset: number
  size: number
}

const PACK = "pack.bin"
const INDEX = "index.json"
const building = new Map<string, Promise<Map<string, SampleFile>>>()

/**
 * The files of a layer, from `<data_dir>/hub-cache/<key>-<builder version>/` or built into it: one pack of all bytes
 * and an index, so that no path of a dataset is ever a path of this machine. A half-written folder is never seen: it
 * has another name until it is complete.
 */
export function layerFiles(dataDir: string, layer: Layer): Promise<Map<string, SampleFile>> {
  const folder = join(dataDir, "hub-cache", `${layer.key}-${BUILDER_VERSION}`)
  const known = building.get(folder)
  if (known) return known
  const made = openOrBuild(folder, layer).catch((cause: unknown) => {
    building.delete(folder)
    throw cause
  })
  building.set(folder, made)
  return made
}

async function openOrBuild(folder: string, layer: Layer) {
  const index = await readIndex(folder)
  return index ? filesOf(folder, index) : filesOf(folder, await build(folder, layer))
}

async function readIndex(folder: string): Promise<Entry[] | null> {
  try {
    return JSON.parse(await readFile(join(folder, INDEX), "utf8")) as Entry[]
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null
    throw cause
  }
}

async function build(folder: string, layer: Layer): Promise<Entry[]> {
  const draft = `${folder}.${process.pid}.tmp`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  try {
    const index = await pack(draft, layer)
    await writeFile(join(draft, INDEX), JSON.stringify(index))
    await rename(draft, folder)
    return index
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    // Another process was first: its build is as good as ours.
    const theirs = await readIndex(folder)
    if (theirs) return theirs
    throw cause
  }
}

async function pack(draft: string, layer: Layer): Promise<Entry[]> {
  const index: Entry[] = []
  await using file = await open(join(draft, PACK), "w")
  let offset = 0
  for await (const [path, bytes] of layer.build()) {
    await file.writeFile(bytes)
    index.push({ path, offset, size: bytes.length })
    offset += bytes.length
  }
  await file.sync()
  return index
}

const filesOf = (folder: string, index: readonly Entry[]) =>
  new Map(index.map(({ path, offset, size }) => [path, packed(join(folder, PACK), offset, size)]))

const packed = (pack: string, offset: number, size: number): SampleFile => ({
  size,
  read: async (start, end) => {
    const wanted = Math.max(0, Math.min(end, size) - start)
    await using file = await open(pack)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, offset + start)
    if (bytesRead < wanted) throw new Error(`${pack} ends at ${offset + start + bytesRead}; it was cut short`)
    return buffer
  },
})
