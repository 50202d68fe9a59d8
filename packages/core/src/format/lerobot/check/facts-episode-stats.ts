import { AppError } from "../../../error.ts"
import type { FileEntry, Files } from "../../../files/files.ts"
import { Aggregate } from "../../../numeric/aggregate.ts"
import { Growing } from "../../../numeric/growing.ts"
import { readColumns } from "../../../parquet/columns.ts"
import { readFooter } from "../../../parquet/footer.ts"
import { leavesOf } from "../../../parquet/leaves.ts"
import type { Info } from "../info.ts"
import { readLines } from "../jsonl.ts"
import { isRecord } from "../text.ts"
import { rowOfEpisode } from "./episode-places.ts"
import { beginLines } from "./facts-text.ts"
import { motionOf, widthsOf } from "./motion-features.ts"
import type { EpisodeShards } from "./episode-shards.ts"
import { recordOf, statsLeaves, tableOfRecord, tableOfRowGroup } from "./stats-tables.ts"
import { type KeptStats, StoredStats } from "./stored-stats.ts"
import type { EpisodeFacts, EpisodeStatsFacts, Scales, StatColumn, StatsTable } from "./subjects.ts"

const MAX_INDICES = 2_000_000
const MAX_WIDTH = 65_536

/** Sums up the statistics of single episodes while they stream by; nothing of a table is kept but numbers of bounded size. */
export class EpisodeStats implements EpisodeStatsFacts {
  readonly path: string
  readonly stored: StoredStats
  readonly badLines: number[] = []
  error: AppError | null = null
  readonly #aggregates = new Map<string, Aggregate>()
  readonly #lengths: Float64Array
  readonly #indices = new Growing()
  readonly #scales = new Map<string, { episodes: Growing; largest: Growing }>()
  readonly #motion: readonly string[]
  #entries = 0

  constructor(path: string, info: Info, episodes: EpisodeFacts, keeps: KeptStats) {
    this.path = path
    this.stored = new StoredStats(episodes.rows, widthsOf(info), keeps)
    this.#lengths = episodes.length
    const { actions, states } = motionOf(info)
    this.#motion = [...actions, ...states]
  }

  get indices(): Float64Array {
    return this.#indices.values
  }

  get scales(): ReadonlyMap<string, Scales> {
    const views = [...this.#scales].map(
      ([feature, { episodes, largest }]) => [feature, { episodes: episodes.values, largest: largest.values }] as const,
    )
    return new Map(views)
  }

  get aggregates(): ReadonlyMap<string, Aggregate> {
    return new Map([...this.#aggregates].filter(([, { parts }]) => parts === this.#entries))
  }

  add(table: StatsTable) {
    for (let entry = 0; entry < table.entries && this.#indices.length < MAX_INDICES; entry++) {
      this.#indices.push(table.episodes[entry]!)
    }
    this.#entries += table.entries
    this.stored.add(table)
    for (const [feature, columns] of table.features) this.#aggregate(feature, columns, table)
    for (const feature of this.#motion) this.#scale(feature, table)
  }

  #aggregate(feature: string, columns: ReadonlyMap<string, StatColumn>, { entries, rows }: StatsTable) {
    const [min, max, mean, std, count] = ["min", "max", "mean", "std", "count"].map((name) => columns.get(name))
    if (!min || !max || !mean || !std) return
    const all = [min, max, mean, std]
    const scratch = new Scratch()
    for (let entry = 0; entry < entries; entry++) {
      const width = min.starts[entry + 1]! - min.starts[entry]!
      if (width < 1 || width > MAX_WIDTH) continue
      const into = this.#aggregates.get(feature) ?? new Aggregate(width)
      this.#aggregates.set(feature, into)
      if (into.dims !== width || all.some(({ starts }) => starts[entry + 1]! - starts[entry]! !== width)) continue
      const weight = count ? count.values[count.starts[entry]!]! : (this.#lengths[rows[entry]!] ?? NaN)
      into.add(scratch.fill(width, weight, all, entry))
    }
  }

  #scale(feature: string, { entries, episodes, features }: StatsTable) {
    const [min, max] = [features.get(feature)?.get("min"), features.get(feature)?.get("max")]
    if (!min || !max) return
    const scales = this.#scales.get(feature) ?? { episodes: new Growing(), largest: new Growing() }
    this.#scales.set(feature, scales)
    for (let entry = 0; entry < entries && scales.episodes.length < MAX_INDICES; entry++) {
      let scale = 0
      for (const column of [min, max]) {
        for (let at = column.starts[entry]!; at < column.starts[entry + 1]!; at++) {
          scale = Math.max(scale, Math.abs(column.values[at]!))
        }
      }
      if (Number.isNaN(scale)) continue
      const isThere = min.starts[entry]! < min.starts[entry + 1]!
      scales.episodes.push(episodes[entry]!)
      scales.largest.push(scale === 0 && !isThere ? -1 : scale)
    }
  }
}

/** One entry's numbers, in arrays that are used again for the next one. */
class Scratch {
  #arrays: Float64Array[] = []

  /** @param columns min, max, mean and std, each with `width` numbers. */
  fill(width: number, count: number, columns: readonly StatColumn[], entry: number) {
    if (this.#arrays[0]?.length !== width) this.#arrays = columns.map(() => new Float64Array(width))
    for (const [at, { values, starts }] of columns.entries()) {
      const into = this.#arrays[at]!
      for (let each = 0; each < width; each++) into[each] = values[starts[entry]! + each]!
    }
    const [min, max, mean, variance] = this.#arrays as [Float64Array, Float64Array, Float64Array, Float64Array]
    for (let each = 0; each < width; each++) variance[each]! *= variance[each]!
    return { count, min, max, mean, variance }
  }
}

/** Statistics of the episodes from the columns of their table, row group by row group; broken shards are left out. */
export async function* tablesFromParquet(
  shards: EpisodeShards,
  episodes: EpisodeFacts,
  isWanted: (source: number) => boolean,
  signal: AbortSignal,
): AsyncGenerator<StatsTable> {
  const firstRow = new Map<number, number>()
  for (let row = episodes.rows - 1; row >= 0; row--) firstRow.set(episodes.source[row]!, row)
  for (const [source, shard] of shards.entries.entries()) {
    const first = firstRow.get(source)
    if (first === undefined || !isWanted(source)) continue
    const { bytes, firstRead } = shards.open(shard)
    const footer = await readFooter(bytes, { signal, firstRead, keep: ([name]) => name!.startsWith("stats/") })
    const leaves = statsLeaves(leavesOf(footer.schema))
    if (leaves.length === 0) continue
    const paths = leaves.map(({ path }) => path)
    let row = first
    for await (const group of readColumns(bytes, footer, paths, { signal, rounds: true })) {
      const rows = Int32Array.from({ length: group.rows }, (_, at) => row + at)
      const at = { rows, episodes: episodes.episode_index.subarray(row, row + group.rows) }
      yield tableOfRowGroup(shard, group, leaves, at)
      row += group.rows
    }
    shards.close(shard)
  }
}

/** The same from `meta/episodes_stats.jsonl`, line by line; lines that are no object are gathered in `badLines`. */
export async function* tablesFromJsonl(
  files: Files,
  file: FileEntry,
  episodes: EpisodeFacts,
  badLines: number[],
  signal: AbortSignal,
): AsyncGenerator<StatsTable> {
  const { bytes } = await beginLines(files.open(file), signal)
  const rowOf = rowOfEpisode(episodes)
  for await (const { number, value } of readLines(bytes, signal)) {
    if (!isRecord(value)) {
      if (badLines.length < 1000) badLines.push(number)
      continue
    }
    const index = typeof value["episode_index"] === "number" ? value["episode_index"] : NaN
    yield tableOfRecord(file.path, recordOf(value["stats"]), { index, row: rowOf(index) ?? -1 })
  }
}
