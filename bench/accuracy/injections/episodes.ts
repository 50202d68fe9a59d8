import type { Injections } from "../injection.ts"
import { EPISODES, FOLLOW, JSONL, oneRow, onTable, rowAt } from "./edit-episodes.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const V2 = ["v2.0", "v2.1"] as const
const V3 = ["v3.0"] as const

export const episodeInjections: Injections = [
  {
    rule: "EP-MISSING",
    what: "the table of the episodes is gone",
    versions: ALL,
    apply(dataset) {
      const paths = dataset.files.has(JSONL) ? [JSONL] : dataset.paths(EPISODES)
      for (const path of paths) dataset.remove(path)
      return { also: ["VER-LAYOUT-MIX"] }
    },
  },
  {
    rule: "EP-PARQUET-OPEN",
    what: "a table in meta/ ends before its footer",
    versions: V3,
    apply(dataset, strength) {
      const path = strength === 2 ? "meta/tasks.parquet" : dataset.paths(EPISODES).at(-1)!
      const bytes = dataset.bytes(path)
      dataset.set(path, bytes.subarray(0, bytes.length - [1, 300, 5][strength]!))
      return { path, also: FOLLOW }
    },
  },
  {
    rule: "EP-JSONL-SYNTAX",
    what: "a line is cut off",
    versions: V2,
    apply(dataset, strength) {
      const path = strength === 2 ? "meta/tasks.jsonl" : JSONL
      const text = dataset.text(path).trimEnd()
      dataset.set(path, text.slice(0, text.length - [1, 12, 1][strength]!))
      return { path, also: [...FOLLOW, "INFO-TOTAL-TASKS", "TASK-DATA-RESOLVE", "EP-TASK-RESOLVE"] }
    },
  },
  {
    rule: "EP-COLS",
    what: "a column is missing, has another name, or holds a null",
    versions: V3,
    async apply(dataset, strength) {
      const name = "data/file_index"
      let episode: number | undefined
      const path = await onTable(dataset, (table) => {
        if (strength === 0) {
          const row = table.columns[0]!.data.length - 1
          ;(table.column(name).data as unknown[])[row] = null
          episode = table.column("episode_index").data[row] as number
        } else if (strength === 1) table.column(name).name = "data_file_index"
        else table.columns = table.columns.filter((each) => each.name !== name)
      })
      return { path, feature: name, ...(episode !== undefined && { episode }), also: FOLLOW }
    },
  },
  {
    rule: "EP-INDEX-SET",
    what: "an episode's number is missing",
    versions: ALL,
    async apply(dataset, strength) {
      const far = [1, 5, 1000][strength]!
      const injected = await oneRow(dataset, 0, (row, set) =>
        set("episode_index", (row["episode_index"] as number) + far),
      )
      return {
        episode: injected.episode!,
        also: [...FOLLOW, "EP-V2-FILENAME", "ST-EP-BIJECTION", "TASK-EP-DATA", "ST-MATCH-DATA"],
      }
    },
  },
  {
    rule: "EP-INDEX-DUP",
    what: "an episode is listed twice",
    versions: ALL,
    async apply(dataset, strength) {
      const injected = await oneRow(dataset, strength, (row, set) =>
        set("episode_index", (row["episode_index"] as number) - 1),
      )
      const episode = injected.episode! - 1
      if (episode < 0) return undefined
      return {
        ...injected,
        episode,
        also: [...FOLLOW, "EP-INDEX-SET", "ST-EP-BIJECTION", "TASK-EP-DATA", "VID-RANGE-ORDER"],
      }
    },
  },
  {
    rule: "EP-INDEX-ORDER",
    what: "two rows are exchanged",
    versions: ALL,
    async apply(dataset, strength) {
      let episode = -1
      const swap = <T>(list: T[]) => {
        const at = rowAt(list.length, strength)
        if (at < 1) return
        ;[list[at - 1], list[at]] = [list[at]!, list[at - 1]!]
      }
      if (dataset.files.has(JSONL)) {
        dataset.jsonl(JSONL, (lines) => {
          const at = rowAt(lines.length, strength)
          if (at > 0) episode = lines[at]!["episode_index"] as number
          swap(lines)
        })
        return episode < 0 ? undefined : { episode, path: JSONL, also: ["EP-FILE-MONO"] }
      }
      const path = await onTable(dataset, (table) => {
        episode = table.column("episode_index").data[rowAt(table.columns[0]!.data.length, strength)] as number
        for (const { data } of table.columns) swap(data as unknown[])
      })
      return (await dataset.table(path)).columns[0]!.data.length > strength + 1 ? { episode, path } : undefined
    },
  },
]
