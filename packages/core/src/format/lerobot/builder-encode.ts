import { huggingfaceFeatures, pandasMetadata, type DescribedColumn } from "../../parquet/write-metadata.ts"
import { writeParquet, type WriteColumn } from "../../parquet/write.ts"
import { episodeColumns } from "./builder-episodes.ts"
import { V2_DATA, V2_VIDEO, V3_DATA, V3_VIDEO } from "./builder-info.ts"
import type { Place } from "./builder-layout.ts"
import { videosOf, type Media } from "./builder-spec.ts"
import type { Stats } from "./builder-stats.ts"
import type { EpisodeTable, FrameColumn, Tables } from "./builder-tables.ts"

type Encoded = [path: string, bytes: Uint8Array]

const V3_EPISODES = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"

/** Writes the tables and films the videos, one file at a time; the order is not the tree's. */
export async function* encodeLeRobot(tables: Tables, media: Media): AsyncGenerator<Encoded> {
  yield* tables.spec.version === "3.0" ? encodeV3(tables) : encodeV2(tables)
  yield* encodeVideos(tables, media)
}

function* encodeV3({ spec, info, tasks, episodes, stats }: Tables): Generator<Encoded> {
  const converted = spec.writer === "converter"
  yield ["meta/info.json", json(info)]
  if (stats) yield ["meta/stats.json", json(nested(stats, spec))]
  yield ["meta/tasks.parquet", encodeTasks(tasks)]

  for (const [path, rows] of grouped(episodes, ({ meta }) => fill(V3_EPISODES, meta))) {
    const columns = episodeColumns(rows, converted ? "converter" : "recorder")
    // The recorder flushes ten episodes at a time.
    const row_groups = converted ? [rows.length] : tens(rows.length)
    yield [path, writeParquet({ columns, row_groups, metadata: { huggingface: huggingfaceFeatures(columns) } })]
  }
  for (const [path, rows] of grouped(episodes, ({ data }) => fill(V3_DATA, data))) {
    yield [path, encodeFrames(rows, converted ? "converter" : "recorder")]
  }
}

function* encodeV2({ spec, info, tasks, episodes, stats }: Tables): Generator<Encoded> {
  yield ["meta/info.json", json(info)]
  yield ["meta/tasks.jsonl", jsonl(tasks)]
  yield [
    "meta/episodes.jsonl",
    jsonl(episodes.map(({ episode_index, tasks: own, length }) => ({ episode_index, tasks: own, length }))),
  ]
  if (spec.version === "2.0" && stats) yield ["meta/stats.json", json(withoutCount(nested(stats, spec)))]
  if (spec.version === "2.1") {
    const lines = episodes.map(({ episode_index, stats: own }) => ({ episode_index, stats: nested(own, spec) }))
    yield ["meta/episodes_stats.jsonl", jsonl(lines)]
  }
  for (const episode of episodes) yield [fill(V2_DATA, episode.data), encodeFrames([episode], "v2")]
}

async function* encodeVideos({ spec, episodes }: Tables, media: Media): AsyncGenerator<Encoded> {
  for (const camera of videosOf(spec)) {
    const template = spec.version === "3.0" ? V3_VIDEO : V2_VIDEO
    const files = grouped(
      episodes.filter(({ videos }) => videos[camera.name]),
      ({ videos }) => fill(template, videos[camera.name]!, camera.name),
    )
    for (const [path, rows] of files) {
      const segments = rows.map(({ episode_index, length }) => ({ episode: episode_index, frames: length }))
      yield [path, await media.video(camera, segments)]
    }
  }
}

/** tasks.parquet as pandas reads it: the text is the index. */
export function encodeTasks(tasks: Tables["tasks"], textColumn = "task"): Uint8Array {
  const columns: WriteColumn[] = [
    { name: "task_index", type: "int64", data: tasks.map(({ task_index }) => task_index) },
    { name: textColumn, type: "string", data: tasks.map(({ task }) => task) },
  ]
  return writeParquet({ columns, metadata: { pandas: pandasMetadata(columns, textColumn) } })
}

/** The rows of some episodes as one data file. */
export function encodeFrames(episodes: readonly EpisodeTable[], writer: "recorder" | "converter" | "v2"): Uint8Array {
  const described = episodes[0]!.columns.map(({ name, type, width }): DescribedColumn =>
    width > 1 ? { name, type, depth: 1, length: width } : { name, type },
  )
  const columns = described.map((column, at): WriteColumn => ({
    ...column,
    data: episodes.flatMap(({ columns: own }) => rowsOf(own[at]!)),
  }))
  const pictures = described.some(({ type }) => type === "image")
  const pandas = writer === "converter" && !pictures
  return writeParquet({
    columns,
    row_groups: writer === "recorder" ? episodes.map(({ length }) => length) : [columns[0]!.data.length],
    metadata: pandas
      ? { pandas: pandasMetadata(described) }
      : { huggingface: huggingfaceFeatures(described, writer === "v2" ? "Sequence" : "List") },
  })
}

function rowsOf({ type, width, values }: FrameColumn): unknown[] {
  if (width === 1) return type === "bool" ? Array.from(values, Boolean) : Array.from(values)
  const cells = type === "bool" ? Array.from(values, Boolean) : Array.from(values)
  return Array.from({ length: cells.length / width }, (_, row) => cells.slice(row * width, (row + 1) * width))
}

function grouped(episodes: readonly EpisodeTable[], path: (episode: EpisodeTable) => string) {
  return Map.groupBy(episodes, path)
}

const tens = (rows: number) => Array.from({ length: Math.ceil(rows / 10) }, (_, at) => Math.min(10, rows - at * 10))

function fill(template: string, { chunk, file }: Place, video_key = ""): string {
  const values: Record<string, number> = {
    chunk_index: chunk,
    file_index: file,
    episode_chunk: chunk,
    episode_index: file,
  }
  return template
    .replace("{video_key}", video_key)
    .replace(/\{(\w+):0(\d)d\}/g, (_, name: string, digits: string) =>
      String(values[name]).padStart(Number(digits), "0"),
    )
}

const withoutCount = (stats: Record<string, Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(stats).map(([name, { count: _count, ...rest }]) => [name, rest]))

/** Image statistics are `(channels, 1, 1)` in JSON. */
function nested(
  stats: Record<string, Stats>,
  { cameras = [] }: Tables["spec"],
): Record<string, Record<string, unknown>> {
  const pictures = new Set(cameras.map(({ name }) => name))
  return Object.fromEntries(
    Object.entries(stats).map(([feature, own]) => [
      feature,
      !pictures.has(feature)
        ? own
        : Object.fromEntries(
            Object.entries(own).map(([name, values]) => [
              name,
              name === "count" ? values : values.map((value) => [[value]]),
            ]),
          ),
    ]),
  )
}

/** As Python's json module writes it, the bare `NaN` and `Infinity` included. */
function pythonJson(value: unknown, indent?: number): string {
  const marked = JSON.stringify(
    value,
    (_, each: unknown) => (typeof each === "number" && !Number.isFinite(each) ? `\u0000${each}` : each),
    indent,
  )
  return marked.replace(/"\\u0000(NaN|-?Infinity)"/g, "$1")
}

const json = (value: unknown) => Buffer.from(pythonJson(value, 4))
const jsonl = (rows: readonly unknown[]) => Buffer.from(rows.map((row) => `${pythonJson(row)}\n`).join(""))
