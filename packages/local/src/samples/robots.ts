import type { SignalSpec } from "@robokit/core/format/lerobot/builder"

interface Arm {
  robot_type: string
  names: string[]
  ranges: [number, number][]
  grippers: number[]
}

const SO_JOINTS = ["shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper"]
const normalised = (joints: string[]): [number, number][] =>
  joints.map((joint) => (joint.startsWith("gripper") ? [0, 100] : [-100, 100]))
const both = (names: string[]) => ["left", "right"].flatMap((side) => names.map((name) => `${side}_${name}`))
const radians = (count: number, reach = 1.6): [number, number][] =>
  Array.from({ length: count }, (_, joint) => (joint % 3 === 2 ? [-0.6, reach] : [-reach, reach]))

const ALOHA_JOINTS = ["waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate", "gripper"]
const G1_ARM = ["shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow", "wrist_roll", "wrist_pitch", "wrist_yaw"]
const REACHY_ARM = [
  "shoulder_pitch",
  "shoulder_roll",
  "elbow_yaw",
  "elbow_pitch",
  "wrist_roll",
  "wrist_pitch",
  "wrist_yaw",
]

const armOf = (robot_type: string, names: string[], ranges: [number, number][], grippers: number[]): Arm => ({
  robot_type,
  names,
  ranges,
  grippers,
})

/** The robots of the samples, with joint names and ranges as their LeRobot datasets have them. */
export const ROBOTS = {
  so101: armOf(
    "so101_follower",
    SO_JOINTS.map((joint) => `${joint}.pos`),
    normalised(SO_JOINTS),
    [5],
  ),
  so100: armOf(
    "so100",
    SO_JOINTS.map((joint) => `main_${joint}`),
    normalised(SO_JOINTS),
    [5],
  ),
  koch: armOf(
    "koch_follower",
    SO_JOINTS.map((joint) => `${joint}.pos`),
    normalised(SO_JOINTS),
    [5],
  ),
  aloha: armOf("aloha", both(ALOHA_JOINTS), radians(14), [6, 13]),
  xarm: armOf("xarm6", ["x", "y", "z", "roll", "pitch", "yaw", "gripper"], [...radians(6, 0.6), [0, 0.85]], [6]),
  reachy: armOf(
    "reachy2",
    [...both(REACHY_ARM), "l_gripper", "r_gripper"],
    [...radians(14), [0, 120], [0, 120]],
    [14, 15],
  ),
  unitree: armOf("Unitree_G1", both(G1_ARM), radians(14), []),
  franka: armOf(
    "franka",
    [...Array.from({ length: 7 }, (_, joint) => `joint_${joint}`), "gripper"],
    [...radians(7, 2.2), [0, 0.08]],
    [7],
  ),
} as const satisfies Record<string, Arm>
export type RobotName = keyof typeof ROBOTS

/** Action and state of the arm, and whatever else its controller reports. */
export function signalsOf(
  robot: RobotName,
  more: ("velocity" | "effort" | "reward" | "done" | "success")[] = [],
): SignalSpec[] {
  const { names, ranges, grippers } = ROBOTS[robot]
  const arm = {
    names: [...names],
    ranges: ranges.map(([low, high]): [number, number] => [low, high]),
    grippers: [...grippers],
  }
  return [
    { name: "action", role: "action", ...arm },
    { name: "observation.state", role: "state", ...arm },
    ...more.map((role): SignalSpec => {
      if (role === "velocity" || role === "effort") return { name: `observation.${role}`, role, ...arm }
      return { name: `next.${role}`, role }
    }),
  ]
}
