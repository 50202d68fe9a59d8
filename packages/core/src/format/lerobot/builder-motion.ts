import { between, mix, seeded, type Random } from "./builder-random.ts"

/** A reach from one pose to the next ends at rest; this is its share of the way at `x` in 0…1 (Flash and Hogan 1985). */
const minimumJerk = (x: number) => x ** 3 * (10 - 15 * x + 6 * x ** 2)

interface Waypoint {
  frame: number
  pose: number[]
}

/** One demonstration: what was commanded and what the arm did, `frames × joints`, row by row. */
export interface Motion {
  frames: number
  joints: number
  command: Float64Array
  measured: Float64Array
}

export interface MotionSpec {
  frames: number
  /** `[low, high]` of every joint, in the signal's own unit. */
  ranges: readonly (readonly [number, number])[]
  /** Joints that open and close rather than travel. */
  grippers: readonly number[]
  seed: number
}

/**
 * Reach, grasp, lift, carry, place, release, go home: minimum-jerk moves between poses that differ from episode to
 * episode around a common plan, an arm that lags its command, and a little sensor noise. Deterministic in `seed`.
 */
export function demonstrate({ frames, ranges, grippers, seed }: MotionSpec): Motion {
  const joints = ranges.length
  const random = seeded(seed)
  const waypoints = plan(frames, ranges, new Set(grippers), random)
  const command = new Float64Array(frames * joints)
  const measured = new Float64Array(frames * joints)
  let leg = 0
  for (let frame = 0; frame < frames; frame++) {
    while (leg < waypoints.length - 2 && frame >= waypoints[leg + 1]!.frame) leg++
    const from = waypoints[leg]!
    const to = waypoints[leg + 1] ?? from
    const span = Math.max(to.frame - from.frame, 1)
    const share = minimumJerk(Math.min((frame - from.frame) / span, 1))
    for (let joint = 0; joint < joints; joint++) {
      const at = frame * joints + joint
      const [low, high] = ranges[joint]!
      command[at] = from.pose[joint]! + (to.pose[joint]! - from.pose[joint]!) * share
      // A position servo closes about a third of its error per frame.
      const before = frame === 0 ? command[at]! : measured[at - joints]!
      measured[at] = before + 0.35 * (command[at]! - before) + (high - low) * 4e-4 * (random() - 0.5)
    }
  }
  return { frames, joints, command, measured }
}

/** Share of the episode at which each phase ends, and where it goes between home (0), object (1) and goal (2). */
const PHASES: readonly { end: number; at: "home" | "above" | "object" | "carry" | "goal"; grip: number }[] = [
  { end: 0, at: "home", grip: 1 },
  { end: 0.2, at: "above", grip: 1 },
  { end: 0.34, at: "object", grip: 1 },
  { end: 0.42, at: "object", grip: 0 },
  { end: 0.55, at: "carry", grip: 0 },
  { end: 0.72, at: "goal", grip: 0 },
  { end: 0.8, at: "goal", grip: 1 },
  { end: 1, at: "home", grip: 1 },
]

function plan(frames: number, ranges: MotionSpec["ranges"], grippers: Set<number>, random: Random): Waypoint[] {
  const poses = Object.fromEntries(
    (["home", "above", "object", "carry", "goal"] as const).map((name, place) => [
      name,
      ranges.map(([low, high], joint) => {
        // The plan is the robot's, not the episode's: home is the same everywhere, the object lies elsewhere each time.
        const shared = seeded(mix(place, joint, ranges.length))()
        const own = name === "home" ? 0 : between(random, -0.12, 0.12)
        return low + (high - low) * Math.min(Math.max(0.25 + 0.5 * shared + own, 0.02), 0.98)
      }),
    ]),
  )
  const jitter = PHASES.map(({ end }) => (end === 0 || end === 1 ? end : end + between(random, -0.015, 0.015)))
  return PHASES.map(({ at, grip }, phase) => ({
    frame: Math.round(jitter[phase]! * Math.max(frames - 1, 1)),
    pose: poses[at]!.map((value, joint) => {
      if (!grippers.has(joint)) return value
      const [low, high] = ranges[joint]!
      return low + (high - low) * (grip ? 0.85 : 0.12 + 0.05 * random())
    }),
  }))
}
