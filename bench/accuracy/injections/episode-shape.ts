import type { Injections } from "../injection.ts"
import { EPISODES, FOLLOW, JSONL, oneRow } from "./edit-episodes.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const V3 = ["v3.0"] as const

export const episodeShapeInjections: Injections = [
  {
    rule: "EP-FILE-MONO",
    what: "an early episode lies in a late file",
    versions: V3,
    async apply(dataset, strength) {
      const files = dataset.paths(/^data\/.*\.parquet$/)
      if (files.length < 2) return undefined
      const [, chunk, file] = /chunk-(\d+)\/file-(\d+)/.exec(files.at(-1)!)!.map(Number)
      let episode = -1
      await dataset.table(dataset.paths(EPISODES)[0]!, (table) => {
        ;(table.column("data/chunk_index").data as number[])[strength] = chunk!
        ;(table.column("data/file_index").data as number[])[strength] = file!
        episode = (table.column("episode_index").data[strength] as number) + 1
      })
      return { episode, also: [...FOLLOW, "EP-FILE-INDEX"] }
    },
  },
  {
    rule: "EP-SELFREF",
    what: "a row names another file as its own",
    versions: V3,
    async apply(dataset, strength) {
      const table = await dataset.table(dataset.paths(EPISODES).at(-1)!)
      if (!table.columns.some(({ name }) => name === "meta/episodes/file_index")) return undefined
      return oneRow(dataset, strength, (_, set) => set("meta/episodes/file_index", [7, 70, 999][strength]!))
    },
  },
  {
    rule: "EP-SHARDS",
    what: "the table is in several files",
    versions: V3,
    apply(dataset, strength) {
      const paths = dataset.paths(EPISODES)
      if (paths.length > 1) return undefined
      const copy = `meta/episodes/chunk-00${strength}/file-0${10 + strength}.parquet`
      dataset.set(copy, dataset.bytes(paths[0]!))
      return { path: copy, also: [...FOLLOW, "EP-INDEX-DUP", "EP-RANGE-CONTIG", "ST-EP-BIJECTION", "VID-RANGE-ORDER"] }
    },
  },
  {
    rule: "EP-LEN-OUTLIER",
    what: "an episode is many times as long",
    versions: ALL,
    async apply(dataset, strength) {
      const rows = dataset.files.has(JSONL)
        ? dataset.text(JSONL).trim().split("\n").length
        : (dataset.info["total_episodes"] as number)
      if (rows < 12) return undefined
      const injected = await oneRow(dataset, strength, (row, set) =>
        set("length", (row["length"] as number) * [8, 20, 100][strength]!),
      )
      return { ...injected, also: FOLLOW }
    },
  },
  {
    rule: "EP-MEGA",
    what: "the whole recording is one episode",
    versions: ALL,
    async apply(dataset, strength) {
      const length = Math.round((dataset.info["fps"] as number) * [601, 1800, 20_000][strength]!)
      if (dataset.files.has(JSONL)) {
        dataset.jsonl(JSONL, (lines) => {
          lines.length = 1
          lines[0]!["length"] = length
        })
        return { episode: 0, also: [...FOLLOW, "ST-EP-BIJECTION"] }
      }
      for (const path of dataset.paths(EPISODES).slice(1)) dataset.remove(path)
      await dataset.table(dataset.paths(EPISODES)[0]!, (table) => {
        for (const column of table.columns) column.data = column.data.slice(0, 1)
        table.column("length").data = [length]
        table.column("dataset_to_index").data = [length]
      })
      return { episode: 0, also: [...FOLLOW, "TASK-UNUSED", "IDX-GLOBAL"] }
    },
  },
]
