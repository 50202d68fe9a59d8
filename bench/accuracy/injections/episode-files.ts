import type { Injections } from "../injection.ts"
import { FOLLOW, oneRow } from "./edit-episodes.ts"

const V2 = ["v2.0", "v2.1"] as const
const V3 = ["v3.0"] as const

export const episodeFileInjections: Injections = [
  {
    rule: "EP-FILE-INDEX",
    what: "an episode points to another data file",
    versions: V3,
    async apply(dataset, strength) {
      const files = dataset.paths(/^data\/.*\.parquet$/)
      if (files.length < 2) return undefined
      const wanted = files.at(-2 - (strength % (files.length - 1)))!
      const [, chunk, file] = /chunk-(\d+)\/file-(\d+)/.exec(wanted)!.map(Number)
      const injected = await oneRow(dataset, 0, (_, set) => {
        set("data/chunk_index", chunk)
        set("data/file_index", file)
      })
      return { episode: injected.episode!, also: [...FOLLOW, "EP-FILE-MONO"] }
    },
  },
  {
    rule: "EP-FILE-ROWS",
    what: "rows of a data file are gone, and the numbers after them closed up",
    versions: V3,
    async apply(dataset, strength) {
      const path = dataset.paths(/^data\/.*\.parquet$/).at(-1)!
      const gone = [1, 7, 20][strength]!
      // Without footer statistics nobody sees where: only the count is left.
      await dataset.table(path, (table) => {
        for (const { data } of table.columns) (data as unknown[]).splice(data.length - gone, gone)
        const numbers = table.column("index").data as number[]
        numbers[numbers.length - 1] = numbers.at(-1)! + gone
      })
      return { path, also: [...FOLLOW, "IDX-GLOBAL", "TS-FOOTER", "IDX-EPISODE"] }
    },
  },
  {
    rule: "EP-V2-ROWS",
    what: "rows of an episode's file are gone",
    versions: V2,
    async apply(dataset, strength) {
      const path = dataset.paths(/^data\/.*\.parquet$/).at(-1)!
      let episode = -1
      await dataset.table(path, (table) => {
        episode = table.column("episode_index").data[0] as number
        const gone = [1, 5, 15][strength]!
        for (const { data } of table.columns) (data as unknown[]).splice(data.length - gone, gone)
      })
      return { episode, path, also: [...FOLLOW, "IDX-GLOBAL"] }
    },
  },
  {
    rule: "EP-V2-FILENAME",
    what: "a file holds another episode than its name says",
    versions: V2,
    async apply(dataset, strength) {
      const path = dataset.paths(/^data\/.*\.parquet$/).at(-1 - strength)!
      const episode = Number(/(\d+)\.parquet$/.exec(path)![1])
      await dataset.table(path, (table) => {
        const { data } = table.column("episode_index")
        table.column("episode_index").data = data.map((each) => (each as number) + 1)
      })
      return { episode, path, also: [...FOLLOW, "TASK-EP-DATA", "ST-MATCH-DATA", "ST-INDEX-STALE"] }
    },
  },
]
