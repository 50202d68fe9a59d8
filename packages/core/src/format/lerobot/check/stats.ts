import { shown } from "../notes.ts"
import { isCamera } from "../declared-camera.ts"
import type { Feature } from "../feature.ts"
import { isCounting, isWhole, placeOf } from "./episodes.ts"
import { isNumeric, motionOf, NUMBERING, sizeOf } from "./motion-features.ts"
import type { Rules } from "./rule.ts"
import { lostTo, summandsOf } from "./stats-compare.ts"
import { descent, outside } from "./stats-order.ts"
import { numberAt, placed, sizeAt } from "./stats-places.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const RECOMPUTE = "Recompute the statistics: lerobot-edit-dataset --operation.type recompute_stats."
const BASIC = ["min", "max", "mean", "std"]
/** Names of the quantiles by size; what others add is not compared. */
const ASCENDING = ["min", "q01", "q10", "q50", "q90", "q99", "max"]

/** Whether the stored statistics are there, and make sense by themselves. */
export const statsRules = {
  "ST-MISSING": {
    on: "dataset",
    title: "There are statistics",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: "all",
    why: "Training normalises by them: without them it fails, or every loader computes its own.",
    reference: "https://github.com/Tavish9/any4lerobot/issues/7",
    fix: RECOMPUTE,
    check(facts, report) {
      const part = facts.version.name === "v2.1" ? "episode_stats" : "stats"
      const path = part === "stats" ? "meta/stats.json" : "meta/episodes_stats.jsonl"
      const error = facts.has(part)
        ? part === "episode_stats"
          ? facts.episode_stats.error
          : null
        : facts.errorOf(part)
      // Without a table of the episodes nothing can be said of theirs.
      if (!error || !facts.has("episodes")) return
      report({ message: `${path} cannot be used: ${error.message}`, where: { path } })
    },
  },
  "ST-EP-BIJECTION": {
    on: "dataset",
    title: "Each episode has statistics, and only once",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: ["v2.1"],
    needs: ["info", "episodes", "episode_stats"],
    why: "LeRobot looks statistics up by the episode's number, and merges by their order.",
    reference: null,
    fix: RECOMPUTE,
    check({ episodes, episode_stats }, report) {
      const { indices, path, badLines, error } = episode_stats
      if (error) return
      const told = (episode: number, what: string) =>
        report({ message: `Episode ${episode} ${what} in ${path}.`, where: { path, episode } })
      if (badLines.length > 0) {
        report({ message: `Line ${badLines[0]} of ${path} is no JSON object.`, where: { path }, group: "lines" })
      }
      const isPaired = isCounting(episodes.episode_index) && isCounting(indices)
      if (isPaired && indices.length === episodes.rows) return
      const listed = new Set(episodes.episode_index)
      const seen = new Set<number>()
      for (const index of indices) {
        if (seen.has(index)) told(index, "has two entries")
        else if (!listed.has(index) && isWhole(episodes)) told(index, "is not listed, and has an entry")
        seen.add(index)
      }
      for (const index of badLines.length === 0 ? listed : []) if (!seen.has(index)) told(index, "has no entry")
    },
  },
  "ST-FEATURES": {
    on: "stats",
    title: "Every feature has statistics",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Training looks them up for what it reads and writes: observations, actions and cameras.",
    reference: `${LEROBOT}/3786`,
    fix: RECOMPUTE,
    check(table, report, { info }) {
      const { actions, states } = motionOf(info.parsed)
      for (const feature of info.parsed.features) {
        const { key } = feature
        if (!isCamera(feature) && !isNumeric(feature)) continue
        const columns = table.features.get(key)
        const isNeeded = isCamera(feature) || actions.includes(key) || states.includes(key)
        for (let entry = 0; entry < table.entries; entry++) {
          if (columns && [...columns.values()].some((column) => sizeAt(column, entry) > 0)) continue
          report({
            message: `${shown(key)} has no statistics in ${shown(table.path)}.`,
            where: { ...placed(table, entry), feature: key },
            // What lerobot's own tool adds has none, and is normalised by nobody.
            ...(!isNeeded && { severity: "info" as const }),
          })
        }
      }
    },
  },
  "ST-KEYS": {
    on: "stats",
    title: "Statistics have minimum, maximum, mean and deviation, and since lerobot 0.4 quantiles",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "A policy that normalises by one that is missing cannot be trained.",
    reference: "https://github.com/TensorAuto/OpenTau/issues/478",
    fix: "lerobot-edit-dataset --operation.type recompute_stats, or augment_dataset_quantile_stats for the quantiles alone.",
    check(table, report, { info, version }) {
      const declared = new Set(info.parsed.features.map(({ key }) => key))
      const wanted = version.name === "v2.0" ? BASIC : [...BASIC, "count"]
      let quantiles = 0
      for (const [feature, columns] of table.features) {
        if (!declared.has(feature)) continue
        if (columns.has("q01")) quantiles++
        const missing = wanted.filter((name) => !columns.has(name))
        if (missing.length === 0) continue
        report({
          message: `The statistics of ${shown(feature)} in ${shown(table.path)} have no ${missing.join(", ")}.`,
          where: { ...placed(table, 0), feature },
          evidence: { missing: missing.join(", ") },
          size: missing.length,
        })
      }
      if (version.major === 2 || quantiles > 0 || table.features.size === 0 || !table.isGlobal) return
      report({
        message: `${shown(table.path)} has no quantiles.`,
        where: { path: table.path },
        severity: "info",
        group: "quantiles",
      })
    },
  },
  "ST-SHAPE": {
    on: "stats",
    title: "Statistics have the shape of their feature",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Normalising with another shape fails, or spreads one joint's numbers over all.",
    reference: `${LEROBOT}/2867`,
    fix: RECOMPUTE,
    check(table, report, { info }) {
      const features = new Map(info.parsed.features.map((feature) => [feature.key, feature]))
      for (const [key, columns] of table.features) {
        const feature = features.get(key)
        if (!feature) continue
        const allowed = shapesOf(feature)
        for (const [name, column] of columns) {
          const isCount = name === "count"
          for (let entry = 0; entry < table.entries; entry++) {
            const size = sizeAt(column, entry)
            // An empty entry of an episode is a missing one.
            if (size === 0 && !table.isGlobal) continue
            const fits = isCount ? size === 1 : allowed === null || allowed.includes(size)
            const isDeep = isCount || !isCamera(feature) || column.depth === 3
            if (fits && isDeep) continue
            const expected = isCount
              ? "1"
              : isCamera(feature)
                ? `(${allowed!.join(" or ")}, 1, 1)`
                : allowed!.join(" or ")
            report({
              message: `${name} of ${shown(key)} in ${shown(table.path)} has ${size} numbers in a list of depth ${column.depth}; expected: ${expected}.`,
              where: { ...placed(table, entry), feature: key },
              evidence: { found: size, depth: column.depth, expected },
            })
          }
        }
      }
    },
  },
  "ST-ORDER": {
    on: "stats",
    title: "min ≤ quantiles ≤ max, min ≤ mean ≤ max, std ≥ 0",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Such numbers are of no data: they were swapped, or merged wrongly.",
    reference: null,
    fix: RECOMPUTE,
    check(table, report, facts) {
      const summands = summandsOf(table, facts)
      for (const [feature, columns] of table.features) {
        const ladder = ASCENDING.flatMap((name) => (columns.has(name) ? [{ name, column: columns.get(name)! }] : []))
        const [min, mean, max, std] = ["min", "mean", "max", "std"].map((name) => columns.get(name))
        for (let entry = 0; entry < table.entries; entry++) {
          const size = ladder.reduce((most, { column }) => Math.max(most, sizeAt(column, entry)), 0)
          const lost = lostTo(summands(numberAt(columns.get("count"), entry, 0)))
          for (let dimension = 0; dimension < size; dimension++) {
            const low = numberAt(min, entry, dimension)
            const middle = numberAt(mean, entry, dimension)
            const high = numberAt(max, entry, dimension)
            const deviation = numberAt(std, entry, dimension)
            const scale = Math.max(Math.abs(low), Math.abs(high)) || 0
            // Quantiles lie on the edges of bins in float32, means are sums in float32: of what stands still they may lie outside.
            const wrong =
              descent(ladder, entry, dimension, 1e-9 + 1e-6 * scale) ??
              outside(low, middle, high, 1e-9 + scale * Math.max(1e-5, lost)) ??
              (deviation < 0 ? `std is ${deviation}` : null)
            if (wrong === null) continue
            report({
              message: `Statistics of ${shown(feature)} in ${shown(table.path)}: ${wrong}.`,
              where: { ...placed(table, entry), feature },
              evidence: { dimension, min: low, mean: middle, max: high, std: deviation },
            })
            break
          }
        }
      }
    },
  },
  "VAL-STATS-NAN": {
    on: "stats",
    title: "Statistics are finite numbers",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Normalising by NaN makes everything NaN. The values themselves have NaN or infinite ones in most cases.",
    reference: null,
    fix: "Look for NaN in the values (full depth), mend them, then recompute the statistics.",
    check(table, report) {
      for (const [feature, columns] of table.features) {
        for (const [name, { values, starts }] of columns) {
          for (let entry = 0, at = 0; entry < table.entries; entry++) {
            for (at = starts[entry]!; at < starts[entry + 1]! && Number.isFinite(values[at]); at++);
            if (at >= starts[entry + 1]!) continue
            report({
              message: `${shown(name)} of ${shown(feature)} in ${shown(table.path)} is ${values[at]}.`,
              where: { ...placed(table, entry), feature },
              evidence: { statistic: name, found: String(values[at]), dimension: at - starts[entry]! },
            })
          }
        }
      }
    },
  },
  "ST-INDEX-STALE": {
    on: "stats",
    title: "Statistics of index and episode_index are those of the episode",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Deleting, splitting and merging leave them as they were. Nobody normalises by them.",
    reference: `${LEROBOT}/4401`,
    check(table, report, { episodes }) {
      if (table.isGlobal) return
      for (const [feature, isIndex] of [
        ["index", true],
        ["episode_index", false],
      ] as const) {
        const [min, max] = ["min", "max"].map((name) => table.features.get(feature)?.get(name))
        for (let entry = 0; entry < table.entries; entry++) {
          const row = table.rows[entry]!
          const [low, high] = [numberAt(min, entry, 0), numberAt(max, entry, 0)]
          if (Number.isNaN(low) || Number.isNaN(high) || row < 0) continue
          const episode = episodes.episode_index[row]!
          const [from, to] = isIndex ? [episodes.from[row]!, episodes.to[row]! - 1] : [episode, episode]
          if ((low === from && high === to) || Number.isNaN(from) || Number.isNaN(to)) continue
          report({
            message: `Statistics of ${feature} of episode ${episode} say ${low} to ${high}; it is ${from} to ${to}.`,
            where: { path: placeOf(episodes, row).path, episode, feature },
            evidence: { min: low, max: high, from, to },
            size: Math.abs(low - from),
          })
        }
      }
    },
  },
} as const satisfies Rules

/** How many numbers a statistic may have; null where the declaration does not tell. */
function shapesOf(feature: Feature): number[] | null {
  if (isCamera(feature)) return [1, 3, 4]
  const size = sizeOf(feature)
  if (size === null || NUMBERING.has(feature.key)) return size === null ? null : [1]
  // Of a matrix lerobot ≥ 0.4 takes all axes but the last for samples.
  return [...new Set([size, feature.shape.at(-1)!])]
}
