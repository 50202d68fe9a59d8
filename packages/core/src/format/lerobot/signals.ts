import type { Signal } from "../schema.ts"
import type { Feature } from "./feature.ts"

/** The draft of 2.0 states no dtype: its vectors are `unknown`. */
const NUMERIC = /^(?:unknown|float(?:16|32|64)|bfloat16|int(?:8|16|32|64)?|uint(?:8|16|32|64)|bool|double|float)$/
/** Bookkeeping of frames, and what a learner is told, are no observations. */
const BOOKKEEPING =
  /^(?:timestamp|frame_index|episode_index|index|task_index|subtask_index|seed|discount|next\..*|is_first|is_last|is_terminal|reward|done|success|annotation\..*)$/

const isAction = (key: string) => /^actions?(?:$|[._])/.test(key) || /[._]actions?$/.test(key)
/** LeRobot's own prefix, and openpi's and RoboCOIN's plain `state` and `…_state`. */
const isObservation = (key: string) =>
  /^observations?(?:$|[._])/.test(key) || /^states?(?:$|[._])/.test(key) || /[._]state$/.test(key)

/** Numeric observations that are not cameras, and actions, in declared order. */
export function signalsOf(features: readonly Feature[]): { sensors: Signal[]; actions: Signal[] } {
  const sensors: Signal[] = []
  const actions: Signal[] = []
  for (const feature of features) {
    if (!NUMERIC.test(feature.dtype ?? "") || BOOKKEEPING.test(feature.key)) continue
    if (isObservation(feature.key)) sensors.push(signal(feature))
    else if (isAction(feature.key)) actions.push(signal(feature))
  }
  return { sensors, actions }
}

const signal = ({ key, dtype, shape, names, unit }: Feature): Signal => ({
  name: key,
  dtype: dtype ?? "unknown",
  shape,
  names,
  ...(unit === null ? {} : { unit }),
})
