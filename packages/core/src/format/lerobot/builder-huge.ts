import { existsSync } from "node:fs"
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { huggingfaceFeatures } from "../../parquet/write-metadata.ts"
import { sparseTable } from "../../parquet/write-sparse.ts"
import { TableWriter, type WriteColumn } from "../../parquet/write.ts"
import { encodeTasks } from "./builder-encode.ts"
import { HugeEpisodes, hugeColumns, hugeInfo, HUGE_CAMERAS, HUGE_FRAME_COLUMNS } from "./builder-huge-tables.ts"
import { LazyTree, only, pad, zeros, zerosThen, type Section } from "./builder-lazy.ts"
import { BUILDER_VERSION, inMemory, type BuiltFile } from "./builder.ts"

export { hugeV2 } from "./builder-huge-v2.ts"

export interface HugeV3Options {
  /** Where the metadata shards are kept between runs. */
  cacheDir: string
  episodes?: number
  frames?: number
  shards?: number
  tasks?: number
}

/** Rows encoded at once: bounds memory, and is the row group's size. */
const ROWS = 3500

/**
 * A v3.0 dataset of the size of droid_1.0.1: 95,658 episodes, 27,630,375 frames, 7 metadata shards. info.json, tasks
 * and the episodes tables are real, with every column of §1.8; data tables are zeros before a real footer, videos are
 * zeros. Takes some 15 s the first time, then opens `cacheDir`.
 */
export async function hugeV3({
  cacheDir,
  episodes = 95_658,
  frames = 27_630_375,
  shards = 7,
  tasks = 20_000,
}: HugeV3Options): Promise<ReadonlyMap<string, BuiltFile>> {
  const table = new HugeEpisodes({ episodes, frames, tasks })
  const folder = join(cacheDir, `huge-v3-${episodes}-${frames}-${shards}-${tasks}-${BUILDER_VERSION}`)
  if (!existsSync(folder)) await writeShards(folder, table, shards)

  const data = table.dataFiles.map(({ from, to, firstEpisode, lastEpisode }) => {
    const { size, tail } = sparseTable({
      columns: HUGE_FRAME_COLUMNS,
      rows: to - from,
      bounds: { index: [from, to - 1], episode_index: [firstEpisode, lastEpisode] },
    })
    return zerosThen(size, tail)
  })
  const sections: Section[] = [
    numbered("data/", ".parquet", data),
    numbered("meta/episodes/", ".parquet", await Promise.all(shardPaths(folder, shards).map(onDisk))),
    only("meta/info.json", inMemory(Buffer.from(JSON.stringify(hugeInfo(table), null, 4)))),
    only("meta/stats.json", inMemory(Buffer.from(JSON.stringify(table.stats(), null, 4)))),
    only("meta/tasks.parquet", inMemory(await readFile(join(folder, "tasks.parquet")))),
    ...HUGE_CAMERAS.map((camera, at) => numbered(`videos/${camera}/`, ".mp4", table.videoFiles[at]!.map(zeros))),
  ]
  return new LazyTree(sections)
}

const shardPaths = (folder: string, shards: number) =>
  Array.from({ length: shards }, (_, shard) => join(folder, `${shard}.parquet`))

async function writeShards(folder: string, table: HugeEpisodes, shards: number) {
  const draft = `${folder}.${process.pid}.tmp`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  await writeFile(join(draft, "tasks.parquet"), encodeTasks(table.tasks()))
  for (const [shard, path] of shardPaths(draft, shards).entries()) {
    const first = Math.floor((shard * table.episodes) / shards)
    const last = Math.floor(((shard + 1) * table.episodes) / shards)
    await writeFile(path, encodeShard(table, shard, first, last))
  }
  try {
    await rename(draft, folder)
  } catch (error) {
    // Whoever was faster wrote the same.
    if (!existsSync(folder)) throw error
    await rm(draft, { recursive: true })
  }
}

function encodeShard(table: HugeEpisodes, shard: number, first: number, last: number): Uint8Array {
  let writer: TableWriter | undefined
  for (let from = first; from < last; from += ROWS) {
    const columns: WriteColumn[] = hugeColumns(table, shard, from, Math.min(from + ROWS, last))
    writer ??= new TableWriter(columns, { huggingface: huggingfaceFeatures(columns) })
    writer.write(columns)
  }
  if (!writer) throw new RangeError(`Shard ${shard} has no episodes`)
  return writer.finish()
}

function numbered(top: string, end: string, files: readonly BuiltFile[]): Section {
  const path = (at: number) => `${top}chunk-${pad(Math.floor(at / 1000), 3)}/file-${pad(at % 1000, 3)}${end}`
  const known = new Map(files.map((_, at) => [path(at), at]))
  return { count: files.length, path, find: (wanted) => known.get(wanted), file: (at) => files[at]! }
}

async function onDisk(path: string): Promise<BuiltFile> {
  const { size } = await stat(path)
  return {
    size,
    read: async (start, end) => {
      await using file = await open(path)
      const wanted = Math.max(0, Math.min(end, size) - start)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, start)
      return buffer.subarray(0, bytesRead)
    },
  }
}
