import type { Editable } from "../editable.ts"
import type { Injections } from "../injection.ts"
import { editColumn, episodeSpan } from "./edit-frames.ts"
import { each, editEpisode, editGlobal, editStats, first, STATS, versionOf } from "./edit-stats.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const LINES = "meta/episodes_stats.jsonl"
/** Numbers that are wrong in one way are wrong in others. */
const ALSO = ["ST-AGG", "ST-MATCH-DATA", "ST-PARQUET-XCHECK", "ST-ORDER", "ST-COUNT", "ST-F32-CANCEL", "ST-IMG-RANGE"]
type Statistics = Record<string, unknown>

/** One change of one feature's statistics. */
const stats = (
  rule: string,
  what: string,
  edit: (statistics: Statistics, strength: number) => void,
  { versions = ALL, camera = false, also = [] as string[] } = {},
): Injections[number] => ({
  rule,
  what,
  versions: versions as Injections[number]["versions"],
  async apply(dataset, strength) {
    const feature = camera ? cameraOf(dataset) : "action"
    if (feature === undefined) return undefined
    const edited = await editStats(dataset, strength, feature, (statistics) => edit(statistics, strength))
    return edited && { ...edited, also: [...ALSO, ...also] }
  },
})

const cameraOf = (dataset: Editable) =>
  Object.entries(dataset.info["features"] as Record<string, { dtype: string }>).find(
    ([name, { dtype }]) => (dtype === "video" || dtype === "image") && !name.includes("depth"),
  )?.[0]

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
  stats("ST-SHAPE", "a number too few or too many", (statistics, strength) => {
    const mean = statistics["mean"] as number[]
    if (!Array.isArray(mean)) return
    statistics["mean"] = strength === 0 ? mean.slice(0, -1) : strength === 1 ? [...mean, 0] : [...mean, ...mean]
  }),
  stats(
    "ST-SHAPE",
    "pictures have a flat list",
    (statistics) => {
      statistics["mean"] = (statistics["mean"] as unknown[]).flat(3)
    },
    // A column of the episodes table has one depth for all rows.
    { camera: true, versions: ["v2.0", "v2.1"] as never },
  ),
  stats("ST-ORDER", "mean above max, min and max swapped, a negative deviation", (statistics, strength) => {
    if (strength === 0) {
      const [max, min] = [statistics["max"] as number[], statistics["min"] as number[]]
      const scale = Math.max(Math.abs(Number(max[0])), Math.abs(Number(min[0])))
      statistics["mean"] = first(statistics["mean"], () => Number(max[0]) + 1e-4 * scale + 1e-6)
    } else if (strength === 1) {
      ;[statistics["min"], statistics["max"]] = [statistics["max"], statistics["min"]]
    } else statistics["std"] = each(statistics["std"], (value) => -value - 0.01)
  }),
  {
    ...stats(
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
  stats(
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
  stats(
    "ST-IMG-STD0",
    "the deviation of pictures is 0",
    (statistics, strength) => {
      statistics["std"] = strength === 0 ? first(statistics["std"], () => 0) : each(statistics["std"], () => 0)
    },
    { camera: true, versions: ["v3.0"] as never },
  ),
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
  stats(
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
