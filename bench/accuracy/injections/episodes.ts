import type { Editable, Table } from "../editable.ts"
import type { Injected, Injection, Injections, Strength } from "../injection.ts"

const EPISODES = /^meta\/episodes\/.*\.parquet$/
const JSONL = "meta/episodes.jsonl"
const ALL = ["v2.0", "v2.1", "v3.0"] as const
const V2 = ["v2.0", "v2.1"] as const
const V3 = ["v3.0"] as const

/** The last shard, and which of its rows: never the first one of the dataset. */
const rowAt = (length: number, strength: Strength) => Math.max(0, length - 1 - strength)

/** Changes one row of the episodes table, in whichever version it is. */
async function oneRow(
  dataset: Editable,
  strength: Strength,
  edit: (row: Record<string, unknown>, set: (name: string, value: unknown) => void) => void,
): Promise<Injected> {
  if (dataset.files.has(JSONL)) {
    let episode = -1
    dataset.jsonl(JSONL, (lines) => {
      const line = lines[rowAt(lines.length, strength)]!
      episode = line["episode_index"] as number
      edit(line, (name, value) => (line[name] = value))
    })
    return { episode, path: JSONL }
  }
  const path = dataset.paths(EPISODES).at(-1)!
  let episode = -1
  await dataset.table(path, (table) => {
    const row = rowAt(table.columns[0]!.data.length, strength)
    episode = table.column("episode_index").data[row] as number
    edit(Object.fromEntries(table.columns.map(({ name, data }) => [name, data[row]])), (name, value) => {
      ;(table.column(name).data as unknown[])[row] = value
    })
  })
  return { episode, path }
}

const onTable = async (dataset: Editable, edit: (table: Table) => void) => {
  const path = dataset.paths(EPISODES).at(-1)!
  await dataset.table(path, edit)
  return path
}

const lengths: Injection = {
  rule: "EP-LEN-POS",
  what: "an episode has hardly a frame",
  versions: ALL,
  async apply(dataset, strength) {
    const injected = await oneRow(dataset, strength, (row, set) => {
      const length = [4, 1, 0][strength]!
      set("length", length)
      if ("dataset_from_index" in row) set("dataset_to_index", (row["dataset_from_index"] as number) + length)
    })
    return { ...injected, also: FOLLOW }
  },
}

/** What a table that contradicts the data makes fire beside the rule itself. */
const FOLLOW = [
  "INFO-TOTAL-FRAMES",
  "EP-FILE-ROWS",
  "EP-V2-ROWS",
  "EP-LEN-RANGE",
  "EP-RANGE-CONTIG",
  "EP-FILE-INDEX",
  "IDX-EPISODE",
  "TS-FOOTER",
  "VID-FRAMES-V2",
  "VID-FRAMES-V3",
  "VID-RANGE-LEN",
  "ST-COUNT",
  "ST-INDEX-STALE",
  "INFO-TOTAL-EP",
  "PATH-RESOLVE-DATA",
  "PATH-RESOLVE-VIDEO",
  "PATH-ORPHAN-FILE",
]

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
          episode = lines[rowAt(lines.length, strength)]!["episode_index"] as number
          swap(lines)
        })
        return { episode, path: JSONL, also: ["EP-FILE-MONO"] }
      }
      const path = await onTable(dataset, (table) => {
        episode = table.column("episode_index").data[rowAt(table.columns[0]!.data.length, strength)] as number
        for (const { data } of table.columns) swap(data as unknown[])
      })
      return (await dataset.table(path)).columns[0]!.data.length > strength + 1 ? { episode, path } : undefined
    },
  },
  lengths,
  {
    rule: "EP-LEN-RANGE",
    what: "the range is not as long as the episode",
    versions: V3,
    async apply(dataset, strength) {
      const injected = await oneRow(dataset, strength, (row, set) =>
        set("length", (row["length"] as number) + [1, -2, 500][strength]!),
      )
      return { ...injected, also: FOLLOW }
    },
  },
  {
    rule: "EP-RANGE-CONTIG",
    what: "an episode's range begins elsewhere",
    versions: V3,
    async apply(dataset, strength) {
      const by = [1, -3, 700][strength]!
      const injected = await oneRow(dataset, 0, (row, set) => {
        set("dataset_from_index", (row["dataset_from_index"] as number) + by)
        set("dataset_to_index", (row["dataset_to_index"] as number) + by)
      })
      return { ...injected, also: FOLLOW }
    },
  },
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
