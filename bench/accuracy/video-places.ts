import type { Editable } from "./editable.ts"
import type { Injected, Strength } from "./injection.ts"
import { EditableMp4 } from "./mp4-edit.ts"

const VIDEO = /^videos\/.*\.mp4$/
const EPISODES = /^meta\/episodes\/.*\.parquet$/

export const videosOf = (dataset: Editable) => dataset.paths(VIDEO)

/** The folder that is no chunk. */
export const cameraOf = (path: string) =>
  path
    .split("/")
    .slice(1, -1)
    .find((segment) => !segment.startsWith("chunk-"))!

/** A row of the episodes table of version 3, by one camera's file. */
export interface Row {
  shard: string
  at: number
  episode: number
  length: number
  from: number
  to: number
}

/** Episodes whose window is in a file of version 3, by their beginning. */
export async function episodesIn(dataset: Editable, path: string): Promise<Row[]> {
  const camera = cameraOf(path)
  const [, chunk, file] = /chunk-(\d+)\/file-(\d+)\.mp4$/.exec(path)!.map(Number)
  const rows: Row[] = []
  for (const shard of dataset.paths(EPISODES)) {
    const table = await dataset.table(shard)
    const values = (name: string) => table.column(name).data as number[]
    for (const [at, episode] of values("episode_index").entries()) {
      const isHere =
        values(`videos/${camera}/chunk_index`)[at] === chunk && values(`videos/${camera}/file_index`)[at] === file
      if (!isHere) continue
      const [from, to] = ["from", "to"].map((end) => values(`videos/${camera}/${end}_timestamp`)[at]!)
      rows.push({ shard, at, episode, length: values("length")[at]!, from: from!, to: to! })
    }
  }
  return rows.sort((a, b) => a.from - b.from)
}

/** Where an injection into a whole file must be found: in version 2 the episode is known. */
export function placeOf(path: string): Injected {
  const number = /episode_(\d+)\.mp4$/.exec(path)
  return { path, feature: cameraOf(path), ...(number && { episode: Number(number[1]) }) }
}

/** Damages one video file, another one for each strength when there are several. */
export const onVideo =
  (
    edit: (mp4: EditableMp4, strength: Strength, fps: number) => void | false,
    also: readonly string[] = [],
    choose: (paths: string[], dataset: Editable, strength: Strength) => string | undefined = (paths, _, strength) =>
      paths.at(-1 - (strength % paths.length)),
  ) =>
  (dataset: Editable, strength: Strength): Injected | undefined => {
    const path = choose(videosOf(dataset), dataset, strength)
    if (path === undefined) return undefined
    const mp4 = new EditableMp4(dataset.bytes(path))
    if (edit(mp4, strength, dataset.info["fps"] as number) === false) return undefined
    dataset.set(path, mp4.toBytes())
    return { ...placeOf(path), also }
  }

/** The file with the most frames. */
export const longest = (paths: string[], dataset: Editable) =>
  paths.toSorted((a, b) => new EditableMp4(dataset.bytes(a)).frames - new EditableMp4(dataset.bytes(b)).frames).at(-1)

/** Changes the window of one episode; `choose` says which of a file's. */
export const onWindow =
  (
    edit: (window: Row, strength: Strength, fps: number) => { from?: number; to?: number } | undefined,
    also: readonly string[],
    { least = 1 }: { least?: number } = {},
  ) =>
  async (dataset: Editable, strength: Strength): Promise<Injected | undefined> => {
    for (const path of videosOf(dataset).reverse()) {
      const rows = await episodesIn(dataset, path)
      if (rows.length < least) continue
      const row = rows.at(-1)!
      const changed = edit(row, strength, dataset.info["fps"] as number)
      if (!changed) return undefined
      await setWindow(dataset, row, cameraOf(path), changed)
      return { path, feature: cameraOf(path), episode: row.episode, also }
    }
    return undefined
  }

export async function setWindow(dataset: Editable, row: Row, camera: string, window: { from?: number; to?: number }) {
  await dataset.table(row.shard, (table) => {
    for (const [end, value] of Object.entries(window)) {
      ;(table.column(`videos/${camera}/${end}_timestamp`).data as number[])[row.at] = value
    }
  })
}
