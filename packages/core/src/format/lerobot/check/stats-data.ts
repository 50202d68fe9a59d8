import { statisticsOf } from "../../../numeric/statistics.ts"
import { isCamera } from "../declared-camera.ts"
import { shown } from "../notes.ts"
import { rangeOf } from "./data-file.ts"
import { isCounting, isWhole } from "./episodes.ts"
import { NUMBERING } from "./motion-features.ts"
import type { Rules } from "./rule.ts"
import {
  cancellationOf,
  deviationOf,
  type Deviation,
  type Expected,
  isFloat32Sum,
  longestOf,
  lostTo,
} from "./stats-compare.ts"
import { tableOfRecord } from "./stats-tables.ts"
import type { DatasetFacts, EpisodeFacts, EpisodeValues, StatsFacts } from "./subjects.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** Of the largest value, by which a picture's statistics may differ when they are computed anew. */
const PICTURE_SHARE = 0.1
/** Actions that a policy predicts at once are some tens. */
const MAX_CHUNK = 1000
type Numbers = ArrayLike<number>
/** The largest number whose square an int64 holds. */
const SQUARED_INT64 = Math.sqrt(2 ** 63)
const RECOMPUTE = "Recompute the statistics: lerobot-edit-dataset --operation.type recompute_stats."

/** Whether the stored statistics are those of the data. */
export const statsDataRules = {
  "ST-AGG": {
    on: "dataset",
    title: "stats.json is the aggregate of the episodes' statistics",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes", "stats", "episode_stats"],
    why: "It was left behind when episodes were edited: policies normalise by numbers of other data.",
    reference: `${LEROBOT}/4276`,
    fix: RECOMPUTE,
    check(facts, report) {
      const { info, stats, episode_stats, episodes } = facts
      if (episode_stats.error || !isWhole(episodes)) return
      // Rows too many or too few are told by the rules of the table.
      const { total_episodes } = info.parsed
      const isWholeTable = total_episodes === null || total_episodes === episodes.rows
      const { episode_index, rows } = episodes
      if (!isWholeTable || (!isCounting(episode_index) && new Set(episode_index).size !== rows)) return
      for (const feature of info.parsed.features) {
        const { key } = feature
        const expected = episode_stats.aggregates.get(key)
        const stored = expected && !NUMBERING.has(key) && storedIn(stats, key)
        if (!stored || stored.mean.length !== expected.dims) continue
        const found = isCamera(feature)
          ? offInPictures(stored, expected)
          : deviationOf(overflows(facts, key, expected) ? { ...stored, std: undefined } : stored, expected)
        const count = stored.count?.[0]
        if (found) {
          const chunk = key === "action" && count !== undefined ? chunkOf(count, episodes) : null
          report({
            ...told(found, stats.path, key, "the episodes' statistics give"),
            size: found.excess,
            // What lerobot ≥ 0.6 computes for policies that learn relative actions.
            ...(chunk !== null && {
              message: `${stats.path} has the statistics of relative actions, in chunks of ${chunk}.`,
              severity: "info" as const,
            }),
          })
          continue
        }
        const isCounted = count === undefined || count === expected.count || Number.isNaN(expected.count)
        if (isCounted || isCamera(feature)) continue
        report({
          message: `${stats.path} counts ${count} samples of ${shown(key)}; its episodes count ${expected.count}.`,
          where: { path: stats.path, feature: key },
          evidence: { count, expected: expected.count },
        })
      }
    },
  },
  "ST-MATCH-DATA": {
    on: "episode_values",
    title: "Statistics are those of the values",
    severity: "warning",
    kind: "risk",
    cost: "wide",
    versions: "all",
    why: "The data was edited afterwards, or the rows are of another episode: policies normalise by numbers of other data.",
    reference: `${LEROBOT}/2401`,
    fix: RECOMPUTE,
    check(values, report, facts) {
      const { of, feature, stored } = values
      const expected = stored && expectedFor(values, stored)
      const whole = expected && deviationOf(stored, expected)
      if (!whole) return
      // What the arithmetic of lerobot spoilt is told apart.
      const found = overflows(facts, feature, expected) ? deviationOf({ ...stored, std: undefined }, expected) : whole
      if (!found || isFloat32Sum(stored, expected, values.values)) return
      const path = pathOf(facts, of.record)
      report({
        ...told(found, path, feature, `those of episode ${of.episode} give`),
        where: { path, episode: of.episode, feature },
        size: found.excess,
      })
    },
    closer: {
      on: "whole",
      cost: "wide",
      // Where there are none of single episodes, those of the dataset are compared with all that was read.
      check({ facts, aggregates, episodes, isComplete }, report) {
        if (!isComplete || !facts.has("stats") || facts.has("episode_stats") || !facts.has("episodes")) return
        const rows = Iterator.from(episodes).reduce((sum, each) => sum + (each.rows ?? 0), 0)
        if (!isWhole(facts.episodes) || rows !== framesOf(facts.episodes)) return
        for (const [feature, expected] of aggregates) {
          const stored = storedIn(facts.stats, feature)
          if (expected.count !== rows || stored?.mean?.length !== expected.dims) continue
          const found = deviationOf(stored, expected, lostTo(longestOf(facts.episodes.length)))
          if (found) report({ ...told(found, facts.stats.path, feature, "the values give"), size: found.excess })
        }
      },
    },
  },
  "ST-F32-CANCEL": {
    on: "episode_values",
    title: "Means and deviations are not spoilt by the precision they were computed in",
    // LeRobot itself writes it.
    severity: "info",
    kind: "risk",
    cost: "wide",
    versions: ["v3.0"],
    why: "LeRobot ≥ 0.4 sums up, and subtracts two large squares, in the values' own type: float32 loses digits, integers overflow (lerobot#3682).",
    reference: `${LEROBOT}/4704`,
    fix: "Compute them in float64.",
    check(values, report, facts) {
      const { of, feature, stored } = values
      const expected = stored && expectedFor(values, stored)
      if (!expected) return
      const found = spoiltIn(values, stored, expected, facts)
      if (!found) return
      const path = pathOf(facts, of.record)
      report({
        ...told(found, path, feature, `those of episode ${of.episode} give`),
        where: { path, episode: of.episode, feature },
        size: found.excess,
      })
    },
  },
  "ST-PARQUET-XCHECK": {
    on: "data_file",
    title: "Statistics agree with the footers of the data files",
    severity: "warning",
    kind: "risk",
    cost: "footer",
    versions: ["v3.0"],
    superseded_by: "ST-MATCH-DATA",
    needs: ["info", "episodes", "episode_stats"],
    why: "Rows or statistics are those of another episode.",
    reference: `${LEROBOT}/2401`,
    fix: RECOMPUTE,
    check(file, report, { episodes, episode_stats }) {
      for (const [group, { columns, num_rows }] of file.footer.row_groups.entries()) {
        const range = file.groupRange(group, "episode_index")
        if (!range || range.min !== range.max) continue
        const row = file.episodeRows.find((each) => episodes.episode_index[each] === range.min)
        if (row === undefined || episodes.length[row] !== num_rows) continue
        for (const chunk of columns) {
          const leaf = file.leaves[chunk.leaf]!
          const feature = leaf.path[0]!
          const stored = NUMBERING.has(feature) ? null : episode_stats.stored.of(row, feature)
          // Where values are null, that is what is wrong.
          const found = stored && !chunk.null_count && rangeOf(chunk, leaf)
          if (!found || !stored.min || !stored.max) continue
          const [min, max] = [Math.min(...stored.min), Math.max(...stored.max)]
          if (Number.isNaN(min + max) || (isSame(min, found.min) && isSame(max, found.max))) continue
          report({
            message: `${shown(feature)} of episode ${range.min} goes from ${found.min} to ${found.max} by ${shown(file.entry.path)}, from ${min} to ${max} by its statistics.`,
            where: { path: file.entry.path, episode: range.min, feature },
            evidence: { min: found.min, max: found.max, stored_min: min, stored_max: max },
            size: Math.abs(found.min - min) + Math.abs(found.max - max),
          })
        }
      }
    },
  },
} as const satisfies Rules

/**
 * Pictures' statistics that were computed anew are those of the decoded video, and of all frames instead of a sample: the mean
 * is compared, and not closely. The episodes' own deviations may be spoilt (lerobot#3682), and are too small then.
 */
function offInPictures({ mean, std }: { mean: Numbers; std?: Numbers }, expected: Expected): Deviation | null {
  let worst: Deviation | null = null
  for (let dimension = 0; dimension < expected.dims; dimension++) {
    const [min, max] = [expected.min[dimension]!, expected.max[dimension]!]
    const tolerance = PICTURE_SHARE * Math.abs(max) + 1e-9
    const compare = (statistic: "mean" | "std", stored: number, value: number) => {
      const excess = Math.abs(stored - value) / tolerance
      if (excess > (worst?.excess ?? 1)) worst = { statistic, dimension, stored, expected: value, excess }
    }
    compare("mean", mean[dimension]!, expected.mean[dimension]!)
    const deviation = std?.[dimension] ?? NaN
    const known = Math.sqrt(expected.variance[dimension]!)
    // No deviation is larger than half the range.
    if (deviation < known || deviation > (max - min) / 2) compare("std", deviation, known)
  }
  return worst
}

/** Frames of a chunk when `count` is that of all chunks of so many in all episodes; null when it is of none. */
function chunkOf(count: number, { length }: EpisodeFacts): number | null {
  const episodes = new Map<number, number>()
  for (const frames of length) episodes.set(frames, (episodes.get(frames) ?? 0) + 1)
  const longest = Math.min(MAX_CHUNK, longestOf(length))
  for (let chunk = 2; chunk <= longest; chunk++) {
    let starts = 0
    for (const [frames, times] of episodes) starts += Math.max(0, frames - chunk + 1) * times
    if (starts * chunk === count) return chunk
  }
  return null
}

/** Whether squares overflow the feature's own type, in which lerobot 0.4 and 0.5 compute them: the deviation is spoilt then. */
function overflows({ info }: DatasetFacts, feature: string, { min, max }: Expected) {
  const dtype = info.parsed.features.find(({ key }) => key === feature)?.dtype ?? ""
  if (!/^u?int64$/.test(dtype)) return /^u?int(?:8|16|32)$/.test(dtype)
  return [min, max].some((extremes) => Array.from(extremes).some((value) => Math.abs(value) > SQUARED_INT64))
}

function spoiltIn(
  values: EpisodeValues,
  stored: NonNullable<EpisodeValues["stored"]>,
  expected: Expected,
  facts: DatasetFacts,
): Deviation | null {
  const whole = deviationOf(stored, expected)
  if (whole && isFloat32Sum(stored, expected, values.values)) return whole
  // Where more is wrong than the deviation, the statistics are of other data.
  if (whole && deviationOf({ ...stored, std: undefined }, expected)) return null
  // Asked for last: it is done of every feature of every episode.
  if (values.values instanceof Float32Array) return cancellationOf(stored, expected)
  return overflows(facts, values.feature, expected) ? whole : cancellationOf(stored, expected)
}

const isSame = (a: number, b: number) => Math.fround(a) === Math.fround(b)

function told({ statistic, dimension, stored, expected }: Deviation, path: string, feature: string, gives: string) {
  return {
    message: `${path} says ${statistic} ${short(stored)} of ${shown(feature)}, dimension ${dimension}; ${gives} ${short(expected)}.`,
    where: { path, feature },
    evidence: { statistic, dimension, stored, expected },
  }
}

const short = (value: number) => Number(value.toPrecision(7))

/** The recomputed statistics as the stored ones are cut: lerobot ≥ 0.4 takes all axes of a matrix but the last for samples. */
function expectedFor({ statistics, values, dims }: EpisodeValues, stored: NonNullable<EpisodeValues["stored"]>) {
  const width = (stored.min ?? stored.mean ?? stored.max ?? stored.std)?.length
  if (!statistics || statistics.rows === 0 || width === undefined) return null
  if (width === dims) return statistics
  return dims % width === 0 ? statisticsOf(values, width, statistics.quantiles !== null) : null
}

function storedIn({ path, stats }: StatsFacts, feature: string) {
  const columns = tableOfRecord(path, { [feature]: stats[feature] ?? {} }).features.get(feature)
  const of = (name: string) => columns?.get(name)?.values
  const [min, max, mean, std, count] = ["min", "max", "mean", "std", "count"].map(of)
  return mean && { mean, ...(min && { min }), ...(max && { max }), ...(std && { std }), ...(count && { count }) }
}

const pathOf = ({ version, episodes, episode_stats }: DatasetFacts, row: number | null) =>
  (version.major === 3 && row !== null ? episodes.sources[episodes.source[row]!] : undefined) ?? episode_stats.path

const framesOf = ({ length }: EpisodeFacts) => length.reduce((sum, each) => sum + each, 0)
