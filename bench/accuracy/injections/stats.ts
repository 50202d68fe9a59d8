import type { Injections } from "../injection.ts"
import {
  ALSO,
  cameraOf,
  each,
  editEpisode,
  editGlobal,
  editStats,
  first,
  STATS,
  onStats,
  versionOf,
  type Statistics,
} from "./edit-stats.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const LINES = "meta/episodes_stats.jsonl"

export const statsInjections: Injections = [
  {
    rule: "ST-MISSING",
    what: "the statistics are gone, cut short, or a pointer",
    versions: ALL,
    apply(dataset, strength) {
      const path = versionOf(dataset) === "v2.1" ? LINES : STATS
      if (!dataset.files.has(path)) return undefined
      const isLines = path === LINES
      if (strength === 0) dataset.remove(path)
      else if (strength === 1 && !isLines) dataset.set(path, dataset.text(path).slice(0, 100))
      else dataset.set(path, `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1\n`)
      return { path, also: ["FILE-LFS-POINTER", "ST-EP-BIJECTION"] }
    },
  },
  {
    rule: "ST-EP-BIJECTION",
    what: "an episode's entry is missing, doubled, or another's",
    versions: ["v2.1"],
    apply(dataset, strength) {
      let episode = -1
      dataset.jsonl(LINES, (lines) => {
        const at = lines.length - 1 - strength
        episode = lines[at]!["episode_index"] as number
        if (strength === 0) lines.splice(at, 1)
        else if (strength === 1) lines.push(structuredClone(lines[at]!))
        else lines[at]!["episode_index"] = episode - 1
      })
      return { path: LINES, episode, also: ALSO }
    },
  },
  {
    rule: "ST-FEATURES",
    what: "a feature has no statistics",
    versions: ALL,
    async apply(dataset, strength) {
      const path = versionOf(dataset) === "v2.1" ? LINES : STATS
      const features = ["action", "observation.state", cameraOf(dataset) ?? "action"]
      const feature = features[strength]!
      if (path === STATS) {
        if (!dataset.files.has(path) || !dataset.text(path).includes(`"${feature}"`)) return undefined
        dataset.json(path, (all) => delete all[feature])
        return { path, feature }
      }
      let episode = -1
      dataset.jsonl(path, (lines) => {
        const line = lines.at(-1 - strength)!
        if (!Object.hasOwn(line["stats"] as object, feature)) return
        episode = line["episode_index"] as number
        delete (line["stats"] as Statistics)[feature]
      })
      return episode < 0 ? undefined : { path, feature, episode, also: ALSO }
    },
  },
  {
    rule: "ST-FEATURES",
    what: "an episode's statistics of a feature are null",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const edited = await editEpisode(dataset, strength, "observation.state", (statistics) => {
        for (const name of Object.keys(statistics)) statistics[name] = null
      })
      return edited && { ...edited, also: ALSO }
    },
  },
  {
    rule: "ST-KEYS",
    what: "minimum, mean or deviation is not there",
    versions: ALL,
    async apply(dataset, strength) {
      const name = ["std", "min", "mean"][strength]!
      const drop = (statistics: Statistics) => void delete statistics[name]
      const edited =
        versionOf(dataset) === "v2.1"
          ? await editEpisode(dataset, strength, "action", drop)
          : editGlobal(dataset, "action", drop)
      return edited && { ...edited, also: ALSO }
    },
  },
  onStats("ST-SHAPE", "a number too few or too many", (statistics, strength) => {
    const mean = statistics["mean"] as number[]
    if (!Array.isArray(mean)) return
    statistics["mean"] = strength === 0 ? mean.slice(0, -1) : strength === 1 ? [...mean, 0] : [...mean, ...mean]
  }),
  onStats(
    "ST-SHAPE",
    "pictures have a flat list",
    (statistics) => {
      statistics["mean"] = (statistics["mean"] as unknown[]).flat(3)
    },
    // A column of the episodes table has one depth for all rows.
    { camera: true, versions: ["v2.0", "v2.1"] as never },
  ),
  onStats("ST-ORDER", "mean above max, min and max swapped, a negative deviation", (statistics, strength) => {
    if (strength === 0) {
      const [max, min] = [statistics["max"] as number[], statistics["min"] as number[]]
      const scale = Math.max(Math.abs(Number(max[0])), Math.abs(Number(min[0])))
      statistics["mean"] = first(statistics["mean"], () => Number(max[0]) + 1e-4 * scale + 1e-6)
    } else if (strength === 1) {
      ;[statistics["min"], statistics["max"]] = [statistics["max"], statistics["min"]]
    } else statistics["std"] = each(statistics["std"], (value) => -value - 0.01)
  }),
  {
    rule: "ST-INDEX-STALE",
    what: "statistics of index or episode_index are of another dataset",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const feature = strength === 1 ? "episode_index" : "index"
      return editEpisode(dataset, strength, feature, (statistics) => {
        for (const name of Object.keys(statistics).filter((each) => each !== "count" && each !== "std")) {
          statistics[name] = each(statistics[name], (value) => value + [1, 3, 1000][strength]!)
        }
      })
    },
  },
  {
    rule: "VAL-STATS-NAN",
    what: "a statistic is NaN or infinite",
    versions: ALL,
    async apply(dataset, strength) {
      const value = strength === 2 ? -Infinity : NaN
      const edited = await editStats(dataset, strength, "action", (statistics) => {
        const isParquet = versionOf(dataset) === "v3.0" && strength !== 1
        statistics["mean"] = first(statistics["mean"], () => (isParquet ? value : `<${value}>`))
      })
      if (!edited) return undefined
      if (edited.path.endsWith("json") || edited.path.endsWith("jsonl")) {
        // Python writes a token that JSON does not have.
        dataset.set(edited.path, dataset.text(edited.path).replaceAll(/"<(-?\w+)>"/g, "$1"))
      }
      return { ...edited, also: ["ST-ORDER", "ST-AGG", "ST-MATCH-DATA"] }
    },
  },
]
