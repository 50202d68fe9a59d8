import type { Injections } from "../injection.ts"
import { editColumn, episodeSpan } from "./edit-frames.ts"
import { ALSO, each, editEpisode, editGlobal, first, STATS, onStats, versionOf, type Statistics } from "./edit-stats.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const

export const statsDataInjections: Injections = [
  {
    rule: "ST-AGG",
    what: "the mean of stats.json is off, or is another joint's",
    versions: ["v3.0"],
    apply(dataset, strength) {
      return (
        editGlobal(dataset, "action", (statistics) => {
          const [min, max] = [statistics["min"] as number[], statistics["max"] as number[]]
          const scale = Math.max(Math.abs(min[0]!), Math.abs(max[0]!))
          if (strength < 2)
            statistics["mean"] = first(statistics["mean"], (mean) => mean + [5e-5 * scale + 1e-8, 0.5][strength]!)
          else {
            const mean = statistics["mean"] as number[]
            statistics["mean"] = [...mean.slice(1), mean[0]]
          }
        }) && { path: STATS, feature: "action", also: ["ST-ORDER"] }
      )
    },
  },
  {
    rule: "ST-AGG",
    what: "stats.json counts other samples, or has another range",
    versions: ["v3.0"],
    apply(dataset, strength) {
      return (
        editGlobal(dataset, "observation.state", (statistics) => {
          if (strength < 2) statistics["count"] = each(statistics["count"], (count) => count + [1, 500][strength]!)
          else statistics["max"] = each(statistics["max"], (max) => max + 1)
        }) && { path: STATS, feature: "observation.state" }
      )
    },
  },
  onStats(
    "ST-MATCH-DATA",
    "the stored mean is off: 0.005 % of the range, 0.5, ten times",
    (statistics, strength) => {
      const [min, max] = [(statistics["min"] as number[])[0]!, (statistics["max"] as number[])[0]!]
      const scale = Math.max(Math.abs(min), Math.abs(max))
      statistics["mean"] = first(statistics["mean"], (mean) =>
        strength === 0 ? mean + 5e-5 * scale + 1e-8 : strength === 1 ? mean + 0.5 : mean * 10 + 1,
      )
    },
    // In 3.0 those of the dataset are compared with the episodes' by ST-AGG.
    { versions: ["v2.0", "v2.1"] as never },
  ),
  {
    rule: "ST-MATCH-DATA",
    what: "the stored mean of an episode is off: 0.005 % of the range, 0.5, ten times",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const edited = await editEpisode(dataset, strength, "action", (statistics) => {
        const [min, max] = [(statistics["min"] as number[])[0]!, (statistics["max"] as number[])[0]!]
        const scale = Math.max(Math.abs(min), Math.abs(max))
        statistics["mean"] = first(statistics["mean"], (mean) =>
          strength === 0 ? mean + 5e-5 * scale + 1e-8 : strength === 1 ? mean + 0.5 : mean * 10 + 1,
        )
      })
      return edited && { ...edited, also: ALSO }
    },
  },
  {
    rule: "ST-MATCH-DATA",
    what: "a joint's values were shifted after the statistics",
    versions: ALL,
    async apply(dataset, strength) {
      const at = await episodeSpan(dataset, strength)
      if (!at) return undefined
      // One of many episodes hardly moves the dataset's own.
      const isGlobal = versionOf(dataset) === "v2.0"
      const shift = [isGlobal ? 0.2 : 0.01, 0.5, 20][strength]!
      await editColumn<number[]>(dataset, at, "action", (rows) =>
        rows.map((row) => row.map((value, joint) => (joint === 0 ? value + shift : value))),
      )
      return { feature: "action", ...(!isGlobal && { episode: at.episode }), also: ["VAL-UNITS"] }
    },
  },
  {
    rule: "ST-F32-CANCEL",
    what: "the deviation of a joint that stands still is noise",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const at = await episodeSpan(dataset, strength)
      if (!at) return undefined
      const still = 152.3
      await editColumn<number[]>(dataset, at, "action", (rows) =>
        rows.map((row) => row.map((value, joint) => (joint === 0 ? still : value))),
      )
      const edited = await editEpisode(dataset, strength, "action", (statistics) => {
        for (const name of Object.keys(statistics)) {
          if (name === "count") continue
          const value = name === "std" ? [1.1e-3, 2e-3, 4e-3][strength]! * still : Math.fround(still)
          statistics[name] = first(statistics[name], () => value)
        }
      })
      if (edited?.episode !== at.episode) return undefined
      return { ...edited, also: ALSO }
    },
  },
  {
    rule: "ST-PARQUET-XCHECK",
    what: "the statistics of two episodes were swapped",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const at = await episodeSpan(dataset)
      // One row group of many episodes says nothing of a single one.
      if (!at || (await dataset.table(at.path)).row_groups.at(-1) !== at.to - at.from) return undefined
      let one: Statistics = {}
      await editEpisode(dataset, strength + 1, "action", (statistics) => void (one = structuredClone(statistics)))
      if (!one["min"]) return undefined
      const edited = await editEpisode(dataset, strength, "action", (statistics) => {
        for (const name of ["min", "max", "mean", "std"]) statistics[name] = one[name]
      })
      return edited && { episode: edited.episode!, feature: "action", also: ALSO }
    },
  },
]
