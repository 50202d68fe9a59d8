import { GITATTRIBUTES } from "./card.ts"
import { headOf, keyOf, later, lerobotLayer, readmeOf, takes, type Sample } from "./lerobot.ts"
import type { CommitRecipe, Recipe } from "./recipe.ts"

const TASKS = [
  "Pick up the die and place it on the mat",
  "Turn the die until the four is on top",
  "Slide the die to the marked corner of the mat",
]

const episodes = takes(217, [150, 262], TASKS).map((take, at) =>
  // Every 31st take does two things in a row.
  at % 31 === 30 ? { ...take, tasks: [TASKS[0]!, TASKS[1]!] } : take,
)

const v21: Sample = {
  id: "observabot/so101_die_mat4",
  about: "An SO-101 arm moves a die about on a mat: 217 takes, three cameras, joint state, velocity and effort.",
  robot: "so101",
  version: "2.1",
  fps: 30,
  episodes,
  cameras: [
    { name: "observation.images.front", clip: "front-160x120-av1" },
    { name: "observation.images.wrist", clip: "wrist-128x96-av1" },
    { name: "observation.images.top", clip: "top-96x72-av1" },
  ],
  more: ["velocity", "effort"],
  tags: ["so101", "manipulation", "tabletop"],
  downloads: 4217,
  likes: 58,
  created_at: "2025-08-02T09:14:11Z",
}
const v30: Sample = { ...v21, version: "3.0", spec: { writer: "converter" } }

const layer21 = lerobotLayer(keyOf(v21.id, "v21"), v21)
const layer30 = lerobotLayer(keyOf(v21.id, "v30"), v30)
const base = { ".gitattributes": GITATTRIBUTES }

const commits: CommitRecipe[] = [
  { title: "initial commit", date: v21.created_at, files: base },
  { title: "Upload folder using huggingface_hub", date: later(v21.created_at, 1), layers: [layer21], files: base },
  {
    title: "Add dataset card",
    date: later(v21.created_at, 3),
    layers: [layer21],
    files: { ...base, "README.md": readmeOf(v21) },
  },
  {
    title: "Convert to LeRobot v3.0",
    date: later(v21.created_at, 24 * 61),
    author: "lerobot-bot",
    layers: [layer30],
    files: { ...base, "README.md": readmeOf(v21) },
  },
  {
    title: "Update README.md",
    date: later(v21.created_at, 24 * 61 + 5),
    layers: [layer30],
    files: { ...base, "README.md": readmeOf(v30, "Converted from v2.1; the old layout stays under the tag `v2.1`.") },
  },
  {
    title: "Name the cameras' places in the card",
    date: later(v21.created_at, 24 * 90),
    layers: [layer30],
    files: {
      ...base,
      "README.md": readmeOf(
        v30,
        "The front camera stands 60 cm before the arm, the top one hangs 80 cm above the mat.",
      ),
    },
  },
  {
    title: "Try: cut the idle ends (notes only so far)",
    date: later(v21.created_at, 24 * 97),
    layers: [layer30],
    files: {
      ...base,
      "README.md": readmeOf(v30),
      "NOTES.md": "Takes 12, 77 and 140 idle for a second before the reach.\n",
    },
  },
]

/** The seed document's own example: 217 episodes, three cameras, three sensors, with a v2.1 past. */
export const dieMat: Recipe = {
  ...headOf(v30),
  commits,
  branches: { main: 5, "trim-idle": 6 },
  git_tags: { "v2.1": 2, "v3.0": 4 },
}
