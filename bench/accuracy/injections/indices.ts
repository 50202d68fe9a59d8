import type { Injections } from "../injection.ts"

const DATA = /^data\/.*\.parquet$/

export const indexInjections: Injections = [
  {
    rule: "IDX-FRAME",
    what: "a frame's number is repeated",
    versions: ["v2.0", "v2.1", "v3.0"],
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      let episode = -1
      await dataset.table(path, (table) => {
        const numbers = table.column("frame_index").data as number[]
        const row = numbers.length - 1 - strength
        numbers[row] = numbers[row - 1]!
        episode = (table.column("episode_index").data as number[])[row]!
      })
      return { episode, path, also: ["ST-MATCH-DATA", "ST-PARQUET-XCHECK"] }
    },
  },
  {
    rule: "IDX-GLOBAL",
    what: "index is repeated, or begins anew",
    versions: ["v2.0", "v2.1", "v3.0"],
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      let episode = -1
      await dataset.table(path, (table) => {
        const data = table.column("index").data as number[]
        if (strength === 0) data[data.length - 1] = data.at(-2)!
        else table.column("index").data = data.map((index) => index - (strength === 1 ? 1 : data[0]!))
        episode = (table.column("episode_index").data as number[]).at(-1)!
      })
      if (strength > 0 && dataset.paths(DATA).length === 1) return undefined
      return {
        path,
        feature: "index",
        ...(strength === 0 && { episode }),
        also: ["EP-FILE-INDEX", "EP-FILE-ROWS", "IDX-EPISODE", "ST-MATCH-DATA", "ST-INDEX-STALE", "ST-PARQUET-XCHECK"],
      }
    },
  },
  {
    rule: "IDX-EPISODE",
    what: "a frame bears the number of another episode",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      let episode = -1
      await dataset.table(path, (table) => {
        const data = table.column("episode_index").data as number[]
        episode = data.at(-1)!
        for (let row = data.length - 1 - strength * 3; row < data.length; row++) data[row] = episode + 1
      })
      return { path, episode, feature: "episode_index", also: ["IDX-FRAME", "ST-MATCH-DATA", "ST-PARQUET-XCHECK"] }
    },
  },
  {
    rule: "IDX-EPISODE",
    what: "rows bear the number of an episode that is not listed",
    versions: ["v2.0", "v2.1"],
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      const number = [1, 10, 1_000_000][strength]!
      let episode = -1
      await dataset.table(path, (table) => {
        const data = table.column("episode_index").data as number[]
        episode = data.at(-1)! + number
        table.column("episode_index").data = data.map((each) => each + number)
      })
      return { path, episode, also: ["EP-V2-FILENAME", "ST-MATCH-DATA"] }
    },
  },
  {
    rule: "IDX-FRAME-MISSING",
    what: "the column frame_index is gone",
    versions: ["v2.0", "v2.1", "v3.0"],
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1 - strength)
      if (path === undefined) return undefined
      await dataset.table(path, (table) => {
        table.columns = table.columns.filter(({ name }) => name !== "frame_index")
      })
      return { path, feature: "frame_index", also: ["FEAT-PHANTOM", "FEAT-SCHEMA-DRIFT"] }
    },
  },
]
