import type { Found } from "../../../check/rule.ts"
import { plural, shown } from "../notes.ts"
import { motionFeatures, motionOf } from "./motion-features.ts"
import type { Rules } from "./rule.ts"
import type { DatasetFacts, Scales, Whole } from "./subjects.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** Standard deviation of a dimension, of the median one's. */
const TINY = 1e-4
/** Radians and degrees are 57 apart; joints of one robot in one unit are not. */
const OTHER_UNIT = 20
const ENOUGH = 4

/** What the data teaches: said before anything else. */
export const constantRules = {
  "VAL-CONST-ALL": {
    on: "whole",
    title: "Actions and states change",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    why: "Nothing can be learned from a robot that never moves; mostly a channel was never connected.",
    reference: "https://github.com/strands-labs/robots/issues/906",
    fix: "Look at what the recorder writes into the feature, and record again.",
    check(whole, report) {
      const { actions, states } = motionOf(whole.facts.info.parsed)
      for (const [what, features] of [
        ["actions", actions],
        ["states", states],
      ] as const) {
        const ranges = features.map((feature) => ({ feature, range: rangeOf(whole, feature) }))
        if (ranges.length === 0 || !ranges.every(({ range }) => range && isConstant(range))) continue
        const isZero = ranges.every(({ range }) => range!.max.every((value) => value === 0))
        report({
          message: `All ${what} of the dataset are identical${isZero ? ": they are zero" : ""} (${features.slice(0, 3).map(shown).join(", ")}).`,
          where: { feature: features[0]! },
          evidence: { value: ranges[0]!.range!.max[0] ?? 0, features: features.length },
          group: what,
        })
      }
    },
  },
} as const satisfies Rules

/** The values of all episodes side by side. */
export const wholeValueRules = {
  "VAL-DEAD": {
    on: "whole",
    title: "No episode's actions or states are all zero",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    why: "A channel was not connected in that episode.",
    reference: `${LEROBOT}/1715`,
    fix: 'Delete the episode: lerobot-edit-dataset --operation.type delete_episodes --operation.episode_indices "[…]".',
    check({ facts }, report) {
      for (const [feature, scales] of facts.has("episode_stats") ? facts.episode_stats.scales : []) {
        // Where it never is anything else, that is said once for the whole.
        if (scales.largest.every((largest) => largest === 0)) continue
        for (const episode of deadIn(scales)) report(zeroIn(episode, feature))
      }
    },
    closer: {
      on: "whole",
      cost: "wide",
      check({ facts, episodes, aggregates }, report) {
        const told = new Set<string>()
        for (const [feature, scales] of facts.has("episode_stats") ? facts.episode_stats.scales : []) {
          for (const episode of deadIn(scales)) told.add(`${episode} ${feature}`)
        }
        for (const { episode, path, zero = [] } of episodes) {
          for (const feature of zero) {
            const all = aggregates.get(feature)
            const isAlways = all?.max.every((high, at) => high === 0 && all.min[at] === 0) ?? true
            if (!isAlways && !told.has(`${episode} ${feature}`)) report(zeroIn(episode, feature, path))
          }
        }
      },
    },
  },
  "VAL-CONST-EP": {
    on: "whole",
    title: "Every dimension of actions and states changes in some episode",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    why: "A standard deviation of zero divides by zero, or blows up the first value that differs.",
    reference: `${LEROBOT}/239`,
    check(whole, report) {
      for (const feature of moving(whole)) {
        const range = rangeOf(whole, feature)
        if (!range || isConstant(range)) continue
        const names = namesOf(whole.facts, feature)
        const still = range.constant.flatMap((is, at) => (is ? [at] : []))
        const isEverywhere = (at: number) => range.min[at] === range.max[at]
        for (const [constant, isAlways] of [
          [still.filter(isEverywhere), true],
          [still.filter((at) => !isEverywhere(at)), false],
        ] as const) {
          if (constant.length === 0) continue
          const dimensions = constant.slice(0, 5).map((at) => shown(names?.[at] ?? at))
          report({
            message: `${shown(feature)} never changes ${isAlways ? "" : "within an episode "}in ${plural(constant.length, "dimension")} of ${range.constant.length}: ${dimensions.join(", ")}${constant.length > 5 ? ", …" : ""}.`,
            where: { feature },
            evidence: {
              dimensions: constant.length,
              of: range.constant.length,
              first: constant[0]!,
              value: range.max[constant[0]!]!,
            },
            // A goal is another one in each episode, and has a deviation.
            ...(!isAlways && { severity: "info" as const, group: `${feature} within` }),
          })
        }
      }
    },
  },
  "VAL-TINY-RANGE": {
    on: "whole",
    title: "No dimension moves only a trifle of the others",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    why: "Normalised by so small a deviation, noise becomes as large as motion, and a real move becomes huge.",
    reference: "https://github.com/Physical-Intelligence/openpi/issues/814",
    check(whole, report) {
      for (const feature of moving(whole)) {
        const range = rangeOf(whole, feature)
        if (!range) continue
        const deviations = range.deviation.filter((each) => each > 0).sort((a, b) => a - b)
        const median = deviations[deviations.length >> 1] ?? 0
        for (const [at, deviation] of range.deviation.entries()) {
          if (!(deviation > 0) || range.constant[at] || deviation >= TINY * median) continue
          report({
            message: `Dimension ${shown(namesOf(whole.facts, feature)?.[at] ?? at)} of ${shown(feature)} has a standard deviation of ${deviation.toPrecision(3)}; the others' median is ${median.toPrecision(3)}.`,
            where: { feature },
            evidence: { dimension: at, std: deviation, median },
            size: median / deviation,
          })
        }
      }
    },
  },
  "VAL-UNITS": {
    on: "whole",
    title: "All episodes are in the same units",
    severity: "info",
    kind: "risk",
    cost: "meta",
    versions: ["v2.1", "v3.0"],
    needs: ["info", "episode_stats"],
    why: "Episodes in radians, in degrees and normalised to 100 do not go together.",
    reference: `${LEROBOT}/1207`,
    check(whole, report, { episode_stats }) {
      for (const [feature, { episodes, largest }] of episode_stats.scales) {
        const sorted = largest.filter((scale) => scale > 0 && Number.isFinite(scale)).sort()
        if (sorted.length < ENOUGH) continue
        const median = sorted[sorted.length >> 1]!
        for (const [at, scale] of largest.entries()) {
          const episode = episodes[at]!
          const ratio = scale / median
          if (!(scale > 0) || (ratio < OTHER_UNIT && ratio > 1 / OTHER_UNIT)) continue
          report({
            message: `${shown(feature)} reaches ${scale.toPrecision(3)} in episode ${episode}; the median episode reaches ${median.toPrecision(3)}.`,
            where: { episode, feature },
            evidence: { reach: scale, median },
            size: Math.abs(Math.log(ratio)),
          })
        }
      }
    },
  },
  "VAL-DUP-EP": {
    on: "whole",
    title: "No two episodes of a task are the same",
    severity: "warning",
    kind: "risk",
    cost: "wide",
    versions: "all",
    why: "A copy counts double, and leaks from training into evaluation.",
    reference: "https://github.com/jashshah999/lerobot-doctor/issues/6",
    fix: "Delete one of the two.",
    check({ episodes }, report) {
      const first = new Map<string, number>()
      for (const { episode, hash, task, path } of episodes) {
        if (hash === undefined) continue
        const key = `${task} ${hash}`
        const other = first.get(key)
        if (other === undefined) first.set(key, episode)
        else if (other !== episode) {
          report({
            message: `Episode ${episode} has the same actions and states as episode ${other}, in every frame.`,
            where: { path, episode },
            evidence: { other },
          })
        }
      }
    },
  },
  "FEAT-DUP-COLUMN": {
    on: "whole",
    title: "No two features hold the same values",
    severity: "info",
    kind: "characteristic",
    cost: "wide",
    versions: "all",
    why: "One of them says nothing new; mostly one was meant to hold something else.",
    reference: `${LEROBOT}/4402`,
    check({ twins }, report) {
      for (const [first, ...others] of twins) {
        for (const feature of others) {
          report({
            message: `${shown(feature)} is equal to ${shown(first)} in every row.`,
            where: { feature },
            evidence: { other: first! },
          })
        }
      }
    },
  },
} as const satisfies Rules

const deadIn = ({ episodes, largest }: Scales) => episodes.filter((_, at) => largest[at] === 0)

const zeroIn = (episode: number, feature: string, path?: string): Found => ({
  message: `${shown(feature)} is zero in all of episode ${episode}.`,
  where: { episode, feature, ...(path !== undefined && { path }) },
})

const moving = ({ facts }: Whole) => motionFeatures(facts)

const namesOf = ({ info }: DatasetFacts, feature: string) =>
  info.parsed.features.find(({ key }) => key === feature)?.names ?? null

interface Range {
  rows: number
  min: number[]
  max: number[]
  deviation: number[]
  /** Whether it does not change within any episode; of the dataset as a whole where episodes are not known. */
  constant: boolean[]
}

const isConstant = ({ rows, min, max }: Range) => rows > 1 && min.every((low, at) => low === max[at])

/** Of the values if they were read, else by the statistics of the episodes, else by those of the dataset. */
function rangeOf({ aggregates, facts }: Whole, feature: string): Range | null {
  const known = aggregates.get(feature) ?? (facts.has("episode_stats") && facts.episode_stats.aggregates.get(feature))
  if (known) {
    const { count, parts, min, max, variance, constant } = known
    const deviation = Array.from(variance, Math.sqrt)
    // Of one frame each, episodes show no change within them.
    const isWithin = count > parts
    const isStill = Array.from(constant, (is, at) => Boolean(is) && (isWithin || min[at] === max[at]))
    return { rows: count, min: [...min], max: [...max], deviation, constant: isStill }
  }
  const stored = facts.has("stats") ? facts.stats.stats[feature] : undefined
  const [min, max, std] = [numbers(stored?.["min"]), numbers(stored?.["max"]), numbers(stored?.["std"])]
  if (!min || !max || !std || min.length !== max.length || min.length !== std.length) return null
  const rows = numbers(stored?.["count"])?.[0] ?? facts.info.parsed.total_frames ?? 0
  return { rows, min, max, deviation: std, constant: min.map((low, at) => low === max[at]) }
}

/** Null for anything but a list of finite numbers. */
function numbers(value: unknown): number[] | null {
  const flat = Array.isArray(value) ? (value as unknown[]).flat(4) : []
  return flat.length > 0 && flat.every((each): each is number => typeof each === "number" && Number.isFinite(each))
    ? flat
    : null
}
