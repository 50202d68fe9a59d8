import type { LeafType, WriteColumn } from "../../parquet/write.ts"
import type { StatName, Stats } from "./builder-stats.ts"
import type { EpisodeTable, FrameColumn } from "./builder-tables.ts"

/** The columns of meta/episodes, in the order its writer has them. */
export function episodeColumns(rows: readonly EpisodeTable[], writer: "recorder" | "converter"): WriteColumn[] {
  const integers = (name: string, at: (row: EpisodeTable) => number): WriteColumn => ({
    name,
    type: "int64",
    data: rows.map(at),
  })
  const index = integers("episode_index", (row) => row.episode_index)
  const legacy: WriteColumn[] = [
    { name: "tasks", type: "string", depth: 1, data: rows.map(({ tasks }) => tasks) },
    integers("length", (row) => row.length),
  ]
  const data = [
    integers("data/chunk_index", (row) => row.data.chunk),
    integers("data/file_index", (row) => row.data.file),
    integers("dataset_from_index", (row) => row.from),
    integers("dataset_to_index", (row) => row.to),
  ]
  const videos = Object.keys(rows[0]!.videos).flatMap((key) => videoColumns(rows, key))
  const stats = Object.keys(rows[0]!.stats).flatMap((feature) => statColumns(rows, feature))
  const meta = [
    integers("meta/episodes/chunk_index", (row) => row.meta.chunk),
    integers("meta/episodes/file_index", (row) => row.meta.file),
  ]
  return writer === "recorder"
    ? [index, ...legacy, ...data, ...videos, ...stats, ...meta]
    : [index, ...data, ...videos, ...legacy, ...stats, ...meta]
}

function videoColumns(rows: readonly EpisodeTable[], key: string): WriteColumn[] {
  const column = (name: string, type: LeafType, at: (row: EpisodeTable) => number | undefined): WriteColumn => ({
    name: `videos/${key}/${name}`,
    type,
    data: rows.map((row) => at(row) ?? null),
  })
  return [
    column("chunk_index", "int64", ({ videos }) => videos[key]?.chunk),
    column("file_index", "int64", ({ videos }) => videos[key]?.file),
    column("from_timestamp", "float64", ({ videos }) => videos[key]?.from_timestamp),
    column("to_timestamp", "float64", ({ videos }) => videos[key]?.to_timestamp),
  ]
}

function statColumns(rows: readonly EpisodeTable[], feature: string): WriteColumn[] {
  const frames = rows[0]!.columns.find(({ name }) => name === feature)
  // Pictures have no frame column of numbers: their statistics are nested as (channels, 1, 1).
  const picture = !frames || frames.type === "image"
  const names = Object.keys(rows[0]!.stats[feature]!) as StatName[]
  return names.map((name) => {
    const type = typeOf(name, frames)
    const cell = (stats: Stats | undefined) => {
      const values = stats?.[name]
      if (!values) return null
      if (type === "bool") return values.map(Boolean)
      return picture && name !== "count" ? values.map((value) => [[value]]) : values
    }
    return {
      name: `stats/${feature}/${name}`,
      type,
      depth: picture && name !== "count" ? 3 : 1,
      data: rows.map(({ stats }) => cell(stats[feature])),
    }
  })
}

/** Extremes keep the kind of the feature; everything else is a double. */
function typeOf(name: StatName, frames: FrameColumn | undefined): LeafType {
  if (name === "count") return "int64"
  if (!frames || (name !== "min" && name !== "max") || frames.type === "image") return "float64"
  if (frames.type === "bool") return "bool"
  return frames.type.startsWith("float") ? "float64" : "int64"
}
