import type { Injections } from "../injection.ts"
import { ALSO, each, editEpisode, first, onStats } from "./edit-stats.ts"

export const pictureStatsInjections: Injections = [
  {
    ...onStats(
      "ST-COUNT",
      "another number of frames",
      (statistics, strength) => {
        statistics["count"] = each(statistics["count"], (count) => count + [1, -1, 100][strength]!)
      },
      { versions: ["v2.1"] as never },
    ),
  },
  {
    rule: "ST-COUNT",
    what: "another number of frames",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const edited = await editEpisode(dataset, strength, "action", (statistics) => {
        statistics["count"] = each(statistics["count"], (count) => count + [1, -1, 100][strength]!)
      })
      return edited && { ...edited, also: ALSO }
    },
  },
  onStats(
    "ST-IMG-RANGE",
    "statistics of pictures go to 255",
    (statistics, strength) => {
      for (const name of strength === 0 ? ["max"] : ["min", "max", "mean", "std"]) {
        statistics[name] = each(
          statistics[name],
          (value) => value * (strength === 0 ? 0 : 255) + (strength === 0 ? 1.01 : 0),
        )
      }
    },
    { camera: true },
  ),
  onStats(
    "ST-IMG-STD0",
    "the deviation of pictures is 0",
    (statistics, strength) => {
      statistics["std"] = strength === 0 ? first(statistics["std"], () => 0) : each(statistics["std"], () => 0)
    },
    { camera: true, versions: ["v3.0"] as never },
  ),
]
