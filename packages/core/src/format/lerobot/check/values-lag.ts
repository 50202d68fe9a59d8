import type { Feature } from "../feature.ts"
import { shown } from "../notes.ts"
import type { Rules } from "./rule.ts"
import type { EpisodeValues } from "./subjects.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** A command and its answer in one unit are never that far apart. */
const OTHER_UNIT = 20
/** A correlation below which the one says nothing of the other, or the opposite; robots at hand have 0.96 and more. */
const UNRELATED = 0.2
/** One that no other lag can make much better; and one with the way gone that settles that it is the way that was told. */
const [CERTAIN, GONE] = [0.9, 0.6]
/** Frames, and joints that move, without which chance does as much. */
const [FEW_FRAMES, FEW_JOINTS] = [30, 2]
/** How many frames later the answer is looked for, within half a second. */
const LAGS = [0, 1, 2, 3, 5, 8, 13, 21, 34]
const LATE_S = 0.5

/** Whether states answer actions of the same joints. */
export const lagRules = {
  "VAL-ACT-STATE-LAG": {
    on: "episode_values",
    title: "States follow the actions of the same joints, in the same unit",
    severity: "info",
    kind: "risk",
    cost: "wide",
    versions: "all",
    why: "Degrees beside radians, a turned sign or joints in another order: a policy is trained on two conventions.",
    reference: `${LEROBOT}/1207`,
    check({ of, feature, statistics, siblings, ...action }, report, { info }) {
      if (feature !== "action" || !statistics || !hasSameNames(info.parsed.features)) return
      const { fps } = info.parsed
      const state = siblings.find((each) => each.feature === "observation.state")
      if (!state?.statistics) return
      const where = { path: of.file.entry.path, episode: of.episode, feature }
      const joints = movingIn(statistics, state.statistics)
      if (joints.length < FEW_JOINTS) return
      const ratio = median(joints.map((at) => rangeOf(statistics, at) / rangeOf(state.statistics!, at)))
      if (ratio >= OTHER_UNIT || ratio <= 1 / OTHER_UNIT) {
        report({
          message: `Episode ${of.episode}: actions move ${ratio > 1 ? ratio.toFixed(1) : `1/${(1 / ratio).toFixed(1)}`} times as far as states of the same joints.`,
          where,
          evidence: { ratio },
          group: "unit",
          size: Math.abs(Math.log(ratio)),
        })
      }
      if (statistics.rows < FEW_FRAMES || statistics.rows !== state.statistics.rows || fps === null) return
      const most = Math.min(fps * LATE_S, statistics.rows / 4)
      const lags = LAGS.filter((lag) => lag <= most)
      const answers: number[] = []
      let related = 0
      for (const at of joints) {
        const each = answer(
          { values: action.values, dims: action.dims, at },
          { values: state.values, dims: state.dims, at },
          lags,
        )
        answers.push(each)
        // The median of all can no longer be below.
        if (each >= UNRELATED && ++related > joints.length / 2) return
      }
      const correlation = median(answers)
      if (correlation >= UNRELATED) return
      report({
        message: `Episode ${of.episode}: states do not follow the actions of the same joints; the correlation of ${shown(feature)} with what comes within ${LATE_S} s is ${correlation.toFixed(2)}.`,
        where,
        evidence: { correlation, joints: joints.length },
        group: "correlation",
        size: 1 - correlation,
      })
    },
  },
} as const satisfies Rules

const known = new WeakMap<readonly Feature[], boolean>()

/** Whether actions and states are of the same joints; found out once of a dataset. */
function hasSameNames(features: readonly Feature[]): boolean {
  const namesOf = (wanted: string) => features.find(({ key }) => key === wanted)?.names?.join("\n")
  const is =
    known.get(features) ?? (namesOf("action") !== undefined && namesOf("action") === namesOf("observation.state"))
  known.set(features, is)
  return is
}

type Range = NonNullable<EpisodeValues["statistics"]>

const rangeOf = ({ max, min }: Range, at: number) => max[at]! - min[at]!

/** Dimensions that move in both: what hardly moves is noise. */
const movingIn = (a: Range, b: Range): number[] =>
  Array.from({ length: Math.min(a.dims, b.dims) }, (_, at) => at).filter(
    (at) => a.finite[at] === 1 && b.finite[at] === 1 && rangeOf(a, at) > 1e-3 && rangeOf(b, at) > 1e-3,
  )

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!

/** One dimension of rows of values; nothing is copied, as this is done of every joint of every episode. */
interface Joint {
  values: EpisodeValues["values"]
  dims: number
  at: number
}

/**
 * How a command goes together with where the joint then is: the strongest correlation, which a turned sign makes negative. Or, of
 * one that says how far to go, with how far it went.
 */
function answer(action: Joint, state: Joint, lags: readonly number[]): number {
  let there = 0
  for (const lag of lags) {
    const each = correlationOf(action, state, lag)
    if (Math.abs(each) > Math.abs(there)) there = each
    if (there >= CERTAIN) return there
  }
  const steps = stepsOf(state)
  const gone = Math.max(...lags.slice(0, 3).map((lag) => correlationOf(action, steps, lag)))
  // Who goes the shorter way the nearer the goal is, is where it was told to go from: that is no turned sign.
  return gone >= GONE ? gone : there
}

function stepsOf({ values, dims, at }: Joint): Joint {
  const rows = values.length / dims
  const steps = new Float64Array(rows - 1)
  for (let row = 0, from = at; row < steps.length; row++, from += dims)
    steps[row] = values[from + dims]! - values[from]!
  return { values: steps, dims: 1, at: 0 }
}

/** Of `a[t]` with `b[t + lag]`; 0 where either stands still. */
function correlationOf(a: Joint, b: Joint, lag: number): number {
  const [ofA, ofB] = [a.values, b.values]
  const count = Math.min(ofA.length / a.dims, ofB.length / b.dims - lag)
  let [atA, atB] = [a.at, b.at + lag * b.dims]
  // From the first values, so that no large squares are subtracted from each other.
  const [fromA, fromB] = [ofA[atA]!, ofB[atB]!]
  let [sumA, sumB, both, squaresA, squaresB] = [0, 0, 0, 0, 0]
  for (let row = 0; row < count; row++, atA += a.dims, atB += b.dims) {
    const x = ofA[atA]! - fromA
    const y = ofB[atB]! - fromB
    sumA += x
    sumB += y
    both += x * y
    squaresA += x * x
    squaresB += y * y
  }
  const [varianceA, varianceB] = [squaresA - sumA ** 2 / count, squaresB - sumB ** 2 / count]
  return varianceA > 0 && varianceB > 0 ? (both - (sumA * sumB) / count) / Math.sqrt(varianceA * varianceB) : 0
}
