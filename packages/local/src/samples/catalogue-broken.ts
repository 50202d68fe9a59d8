import { createHash } from "node:crypto"
import { lerobotLayer, lerobotRepo, takes, type Sample } from "./lerobot.ts"
import type { Recipe } from "./recipe.ts"

type Damage = NonNullable<Sample["damage"]>

const broken = (name: string, about: string, damaged: Partial<Sample>): Sample => ({
  id: `broken-things/${name}`,
  about: `Broken on purpose. ${about}`,
  robot: "so101",
  version: "3.0",
  fps: 30,
  episodes: takes(10, [40, 70], ["Pick the cube", "Place the cube"]),
  cameras: [
    { name: "observation.images.front", clip: "front-160x120-h264" },
    { name: "observation.images.wrist", clip: "wrist-96x72-h264" },
  ],
  tags: ["broken"],
  downloads: 3,
  likes: 0,
  created_at: "2026-06-01T00:00:00Z",
  ...damaged,
})

const without =
  (gone: RegExp): Damage =>
  (path, bytes) =>
    gone.test(path) ? null : [path, bytes]

/** What a recorder leaves that was killed: complete JSON and mp4, tables whose footer was never written. */
const killed: Damage = (path, bytes) =>
  /^(data|meta\/episodes)\/.*parquet$/.test(path)
    ? [path, bytes.subarray(0, Math.floor(bytes.length * 0.6))]
    : [path, bytes]

const pointers: Damage = (path, bytes) => {
  if (!/\.(parquet|mp4)$/.test(path)) return [path, bytes]
  const sha = createHash("sha256").update(bytes).digest("hex")
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha}\nsize ${bytes.length}\n`
  return [path, Buffer.from(pointer)]
}

const leftover: Damage = (path, bytes) => (path === "data/chunk-000/episode_000000.parquet" ? [path, bytes] : null)

const shortInfo: Damage = (path, bytes) => [path, path === "meta/info.json" ? bytes.subarray(0, 700) : bytes]

const noPlainText: Damage = (path, bytes) => (path.endsWith("tasks.jsonl") ? null : [path, bytes])

export const damaged: Recipe[] = [
  broken("no_episodes_table", "meta/episodes is missing.", { damage: without(/^meta\/episodes\//) }),
  broken("killed_recorder", "The recorder was killed: no table has its footer, info.json counts one take more.", {
    damage: killed,
    edit: ({ info }) => {
      info["total_episodes"] = 11
      info["splits"] = { train: "0:11" }
    },
  }),
  broken("lfs_pointers", "Uploaded from a clone without Git LFS: tables and videos are pointer texts.", {
    version: "2.1",
    damage: pointers,
  }),
  broken("nan_tokens", "info.json and stats.json hold bare NaN, as Python writes it and JSON forbids.", {
    edit: ({ info, episodes, stats }) => {
      info["success_rate"] = NaN
      const state = episodes[2]!.columns.find(({ name }) => name === "observation.state")!
      for (let frame = 10; frame < 14; frame++) (state.values as Float32Array)[frame * state.width + 3] = NaN
      for (const one of [episodes[2]!.stats, stats!]) {
        const own = one["observation.state"]!
        for (const values of Object.values(own)) if (values.length > 1) values[3] = NaN
      }
    },
  }),
  broken("nan_fps", "info.json says NaN frames per second.", { edit: ({ info }) => void (info["fps"] = NaN) }),
  broken("v3_label_on_v2", "info.json says v3.0, the files are v2.1.", {
    version: "2.1",
    edit: ({ info }) => void (info["codebase_version"] = "v3.0"),
  }),
  broken("totals_that_lie", "info.json counts other episodes, frames and tasks than the tables.", {
    edit: ({ info }) => Object.assign(info, { total_episodes: 12, total_frames: 9999, total_tasks: 1 }),
  }),
  broken("lost_wrist_camera", "The wrist camera is declared and none of its files is there.", {
    damage: without(/observation\.images\.wrist\//),
  }),
  broken("half_an_info", "info.json ends in the middle of a line.", { damage: shortInfo }),
  broken("no_tasks", "meta/tasks.jsonl is missing.", { version: "2.1", damage: noPlainText }),
  broken("v2_leftovers", "An episode_000000.parquet of v2.1 was left beside the tables of v3.0.", {
    beside: [
      lerobotLayer(
        "broken-things__v2_leftovers-episode",
        broken("v2_leftovers", "", { version: "2.1", damage: leftover, cameras: [] }),
      ),
    ],
  }),
  broken("nothing_recorded", "The recorder was stopped before the first take.", {
    episodes: [],
    cameras: [],
  }),
].map(lerobotRepo)
