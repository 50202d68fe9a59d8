import { noRows, type EpisodeRow } from "../../episode/rows.ts"
import { numberPerRow, readColumns, textPerRow, valuesPerRow, type LeafData } from "../../parquet/columns.ts"
import { readFooter, type Footer } from "../../parquet/footer.ts"
import { leavesOf } from "../../parquet/leaves.ts"
import { rememberTail } from "../../parquet/tail.ts"
import type { IndexContext } from "../adapter.ts"
import { counted, episodeRow } from "./index-row.ts"
import { type Declared, videoKeys } from "./index-source.ts"
import { collected, keptStats, MEASURES } from "./index-stats.ts"

/** A part of a file of `meta/episodes/`. */
export interface TablePart extends Record<string, unknown> {
  kind: "table"
  path: string
  size: number
  /** Its place among the files. */
  file: number
  /** Row groups, `to` not included; absent: all. */
  groups?: { from: number; to: number }
  /** Rows of the one row group, where it is too long for one part. */
  slice?: { from: number; to: number }
}

/** Rows of a file that a place has room for. */
const PLACES = 2 ** 32

/** Reads episodes of version 3 with where their rows and frames lie; no column more than that needs. */
export async function readTablePart(part: TablePart, declared: Declared, { files, signal }: IndexContext) {
  const { path, size, groups, slice } = part
  const bytes = rememberTail(files.open({ path, size, oid: null, lfs: true }))
  const columns = columnsOf(declared, !slice)
  const keep = (leaf: readonly string[]) => columns.names.has(leaf[0]!)
  const whole = await readFooter(bytes, { signal, keep, firstRead: Math.min(size, 1024 * 1024) })
  const footer: Footer = { ...whole, row_groups: whole.row_groups.slice(groups?.from, groups?.to) }
  const leaves = leavesOf(footer.schema)
  const names = [...columns.names]
  const paths = names.map((name) => leaves.find((leaf) => leaf.path[0] === name)?.path ?? [name])

  const episodes: EpisodeRow[] = []
  let unusable = 0
  let place = part.file * PLACES + rowsBefore(whole, groups?.from ?? 0)
  for await (const group of readColumns(bytes, footer, paths, { signal })) {
    const read = new Map(names.map((name, at) => [name, group.columns[at] ?? null]))
    const rowOf = rowReader(read, group.rows, declared, columns)
    for (let row = slice?.from ?? 0; row < Math.min(group.rows, slice?.to ?? group.rows); row++) {
      const episode = rowOf(row, place + row)
      if (episode) episodes.push(episode)
      else unusable++
    }
    place += group.rows
  }
  // Each part reads the whole row group: of statistics that would be hundreds of MB, many times.
  const hasLeft = slice && keptStats(declared.info).size > 0
  const notes = hasLeft ? [`${path} is too long a piece to read statistics from; they are not indexed.`] : []
  const { rows, counts } = counted(episodes, unusable, notes)
  return { rows: { ...noRows(), episodes: rows }, counts }
}

const rowsBefore = ({ row_groups }: Footer, group: number) =>
  row_groups.slice(0, group).reduce((sum, { num_rows }) => sum + num_rows, 0)

/** The columns that are read, and what of them are cameras and statistics. */
function columnsOf({ info }: Declared, withStats: boolean) {
  const cameras = videoKeys(info)
  const kept = withStats ? keptStats(info) : new Map<string, number>()
  const names = new Set([
    "episode_index",
    "length",
    "tasks",
    "dataset_from_index",
    "dataset_to_index",
    ...["data", ...cameras.map((key) => `videos/${key}`)].flatMap((at) => [`${at}/chunk_index`, `${at}/file_index`]),
    ...cameras.flatMap((key) => [`videos/${key}/from_timestamp`, `videos/${key}/to_timestamp`]),
    ...[...kept.keys()].flatMap((key) => MEASURES.map((measure) => `stats/${key}/${measure}`)),
  ])
  return { names, cameras, kept }
}

type Columns = ReturnType<typeof columnsOf>

/** Gives the episode of a row of this row group; undefined when it is none. */
function rowReader(read: ReadonlyMap<string, LeafData | null>, rows: number, declared: Declared, columns: Columns) {
  const number = (name: string) => {
    const data = read.get(name)
    const values = data ? numberPerRow(data) : null
    return (row: number) => (values && Number.isFinite(values[row]) ? values[row]! : null)
  }
  const natural = (name: string) => {
    const of = number(name)
    return (row: number) => {
      const value = of(row)
      return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null
    }
  }
  const [index, length] = [natural("episode_index"), natural("length")]
  const [from, to] = [natural("dataset_from_index"), natural("dataset_to_index")]
  const tasks = tasksOf(read.get("tasks") ?? null, rows)
  const stats = statsOf(read, rows, columns)
  const file = (prefix: string, fill: (chunk: number, file: number) => string | undefined) => {
    const [chunk, number] = [natural(`${prefix}/chunk_index`), natural(`${prefix}/file_index`)]
    return (row: number) => {
      const [a, b] = [chunk(row), number(row)]
      return a === null || b === null ? null : (fill(a, b) ?? null)
    }
  }
  const data = file("data", (chunk_index, file_index) => declared.data.fill({ chunk_index, file_index }))
  const videos = columns.cameras.map((camera) => ({
    camera,
    path: file(`videos/${camera}`, (chunk_index, file_index) =>
      declared.video.fill({ video_key: camera, chunk_index, file_index }),
    ),
    from_s: number(`videos/${camera}/from_timestamp`),
    to_s: number(`videos/${camera}/to_timestamp`),
  }))

  return (row: number, place: number): EpisodeRow | undefined => {
    const episode_index = index(row)
    if (episode_index === null) return undefined
    const [rows_from, rows_to] = [from(row), to(row)]
    const span = rows_from !== null && rows_to !== null && rows_to >= rows_from ? rows_to - rows_from : null
    const found = {
      episode_index,
      place,
      length: length(row) ?? span,
      tasks: tasks(row),
      data_path: data(row),
      rows_from,
      rows_to,
      videos: videos.map((each) => ({
        camera: each.camera,
        path: each.path(row),
        from_s: each.from_s(row),
        to_s: each.to_s(row),
      })),
      stats: stats(row),
    }
    return episodeRow(found, declared.info.fps)
  }
}

/** A list of texts, or, by other writers, one text. */
function tasksOf(data: LeafData | null, rows: number): (row: number) => string[] {
  if (!data) return () => []
  const single = textPerRow(data)
  if (single) return (row) => (single[row] == null ? [] : [single[row]])
  const lists = valuesPerRow(data, rows)
  return (row) =>
    lists[row]!.flatMap((each) =>
      typeof each === "string" ? [each] : typeof each === "number" ? [] : [Buffer.from(each).toString("utf8")],
    )
}

function statsOf(read: ReadonlyMap<string, LeafData | null>, rows: number, { kept }: Columns) {
  const lists = new Map<string, ReturnType<typeof valuesPerRow>>()
  for (const key of kept.keys()) {
    for (const measure of MEASURES) {
      const data = read.get(`stats/${key}/${measure}`)
      if (data) lists.set(`${key}/${measure}`, valuesPerRow(data, rows))
    }
  }
  return (row: number) => collected(kept, (key) => (measure) => lists.get(`${key}/${measure}`)?.[row])
}
