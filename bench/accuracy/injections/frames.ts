import type { Injections } from "../injection.ts"

const DATA = /^data\/.*\.parquet$/

export const frameInjections: Injections = [
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
      return { episode, path }
    },
  },
]
