import type { Feature } from "../feature.ts"
import type { Info } from "../info.ts"
import { signalsOf } from "../signals.ts"
import type { DatasetFacts } from "./subjects.ts"

const NUMERIC = /^(?:float(?:16|32|64)|int(?:8|16|32|64)|uint(?:8|16|32|64)|bool)$/
const DEFAULTS = new Set(["timestamp", "frame_index", "episode_index", "index", "task_index"])
/** Stale after every edit, in lerobot's own output too. */
export const NUMBERING: ReadonlySet<string> = new Set(["index", "episode_index", "task_index"])

interface Motion {
  actions: readonly string[]
  states: readonly string[]
}

const motions = new WeakMap<Info, Motion>()

/** What is commanded, and what the robot says of itself: the features whose standing still means something. */
export function motionOf(info: Info): Motion {
  const known = motions.get(info)
  if (known) return known
  const motion = motionIn(info)
  motions.set(info, motion)
  return motion
}

function motionIn({ features }: Info): Motion {
  const { sensors, actions } = signalsOf(features)
  const names = sensors.map(({ name }) => name)
  const isState = (name: string) => /(?:^|[._])states?$/.test(name) && !name.includes("environment")
  // A feature per joint, as some write it, has no name of its own for the whole.
  const states = features.some(({ key }) => isState(key)) ? names.filter(isState) : names
  return { actions: actions.map(({ name }) => name), states }
}

/** The names of all of them; none when the features are not known. */
export function motionFeatures(facts: DatasetFacts): string[] {
  if (!facts.has("info")) return []
  const { actions, states } = motionOf(facts.info.parsed)
  return [...actions, ...states]
}

export const isNumeric = ({ dtype }: Feature) => NUMERIC.test(dtype ?? "")

/** Values per row by the declared shape; null where it is no shape. */
export const sizeOf = ({ shape }: Pick<Feature, "shape">): number | null =>
  shape.length === 0 || shape.includes(null) ? null : shape.reduce<number>((size, axis) => size * axis!, 1)

/** How many values each numeric feature has in a row; the numbering of LeRobot itself included. */
export function widthsOf({ features }: Info): Map<string, number> {
  const widths = new Map<string, number>([...DEFAULTS].map((name) => [name, 1]))
  for (const feature of features) {
    const size = isNumeric(feature) ? sizeOf(feature) : null
    if (size !== null && size > 0 && size <= 65_536) widths.set(feature.key, size)
  }
  return widths
}
