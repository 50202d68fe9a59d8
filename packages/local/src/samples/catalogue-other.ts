import { buildLeRobot } from "@robokit/core/format/lerobot/builder"
import { writeParquet } from "@robokit/core/parquet/write"
import { cardOf, GITATTRIBUTES } from "./card.ts"
import { emptyBag, emptyHdf5, emptyMcap } from "./containers.ts"
import { later, takes } from "./lerobot.ts"
import type { CommitRecipe, Recipe } from "./recipe.ts"
import { signalsOf } from "./robots.ts"

interface Plain extends Pick<Recipe, "id" | "downloads" | "likes" | "created_at"> {
  about: string
  tags?: string[]
  licence?: string
  content: Pick<CommitRecipe, "layers" | "files">
}

function plainRepo({ about, tags = [], licence = "apache-2.0", content, ...rest }: Plain): Recipe {
  const base = { ".gitattributes": GITATTRIBUTES }
  const title = rest.id.slice(rest.id.indexOf("/") + 1)
  const card = cardOf({ title, licence, tags: [...tags, "robokit-sample"], text: about })
  const upload = { ...content, title: "Upload folder using huggingface_hub", date: later(rest.created_at, 1) }
  return {
    ...rest,
    description: `RoboKit sample data. ${about}`,
    tags: [
      "task_categories:robotics",
      `license:${licence}`,
      "size_categories:n<1K",
      ...tags,
      "robokit-sample",
      "region:us",
    ],
    commits: [
      { title: "initial commit", date: rest.created_at, files: base },
      { ...upload, files: { ...base, ...content.files } },
      {
        ...upload,
        title: "Add card",
        date: later(rest.created_at, 2),
        files: { ...base, ...content.files, "README.md": card },
      },
    ],
  }
}

/** A force and torque log of `rows` samples from second `from`: a press that builds up and lets go, once a second. */
function forceTable(rows: number, from: number): Uint8Array {
  const time = Array.from({ length: rows }, (_, at) => from + at / 100)
  const press = time.map((seconds) => 12 * Math.max(0, Math.sin(2 * Math.PI * seconds)) ** 3)
  return writeParquet({
    columns: [
      { name: "time_s", type: "float64", data: time },
      { name: "force_n", type: "float32", depth: 1, data: press.map((force) => [force * 0.1, force * 0.05, -force]) },
      { name: "torque_nm", type: "float32", depth: 1, data: press.map((force) => [force * 0.01, -force * 0.02, 0]) },
      { name: "contact", type: "bool", data: press.map((force) => force > 1) },
      { name: "tool", type: "string", data: press.map(() => "probe") },
      { name: "sample", type: "int64", data: time.map((_, at) => at) },
    ],
    row_groups: [Math.ceil(rows / 2), Math.floor(rows / 2)],
  })
}

const csv = (rows: number) =>
  `time_s,joint_1,joint_2,gripper\n${Array.from({ length: rows }, (_, at) =>
    [at / 50, Math.sin(at / 40), Math.cos(at / 55), at % 100 < 50 ? 1 : 0].map((value) => value.toFixed(4)).join(","),
  ).join("\n")}\n`

const log = (rows: number) =>
  Array.from({ length: rows }, (_, at) =>
    JSON.stringify({
      step: at,
      event: at % 25 ? "move" : "grasp",
      target: [Math.sin(at), Math.cos(at)],
      ok: at % 40 !== 7,
    }),
  ).join("\n") + "\n"

const MANIFEST = JSON.stringify({ robot: "so101", operator: "sample", runs: ["run_01", "run_02", "run_03"] }, null, 2)

const PLAIN: Plain[] = [
  {
    id: "force-lab/press_probe_tables",
    about: "Plain Parquet: a force and torque log, two splits of several files.",
    tags: ["format:parquet", "modality:tabular"],
    downloads: 95,
    likes: 2,
    created_at: "2025-09-09T09:09:09Z",
    content: {
      layers: [
        {
          key: "force-lab__press_probe_tables",
          async *build() {
            for (let part = 0; part < 3; part++) {
              yield [`data/train-0000${part}-of-00003.parquet`, forceTable(3000, part * 30)] as const
            }
            yield ["data/test-00000-of-00001.parquet", forceTable(1000, 90)] as const
          },
        },
      ],
    },
  },
  {
    id: "force-lab/one_table",
    about: "Plain Parquet: a single table at the root.",
    tags: ["format:parquet", "modality:tabular"],
    licence: "cc0-1.0",
    downloads: 21,
    likes: 0,
    created_at: "2025-09-12T09:00:00Z",
    content: {
      layers: [
        {
          key: "force-lab__one_table",
          async *build() {
            yield ["force.parquet", forceTable(500, 0)] as const
          },
        },
      ],
    },
  },
  {
    id: "garage-bots/hexapod_gait_logs",
    about: "Joint logs as CSV and events as JSON lines, in a layout of its own.",
    tags: ["format:csv"],
    downloads: 12,
    likes: 1,
    created_at: "2025-08-30T22:10:00Z",
    content: {
      files: {
        "manifest.json": MANIFEST,
        "run_01/joints.csv": csv(600),
        "run_01/events.jsonl": log(120),
        "run_02/joints.csv": csv(450),
        "run_02/events.jsonl": log(90),
        "run_03/joints.csv": csv(700),
        "run_03/events.jsonl": log(140),
      },
    },
  },
  {
    id: "garage-bots/line_follower_jsonl",
    about: "One JSON lines file of a line follower's steps.",
    licence: "mit",
    downloads: 8,
    likes: 0,
    created_at: "2025-10-10T10:00:00Z",
    content: { files: { "steps.jsonl": log(300), "params.yaml": "kp: 0.8\nki: 0.01\nkd: 0.12\n" } },
  },
  {
    id: "sim-archive/stack_demos_hdf5",
    about: "HDF5 files by their signature; there is no demonstration inside.",
    tags: ["hdf5"],
    downloads: 64,
    likes: 2,
    created_at: "2025-07-07T07:07:07Z",
    content: { files: { "demo_0.hdf5": emptyHdf5(), "demo_1.hdf5": emptyHdf5() } },
  },
  {
    id: "field-robotics/warehouse_runs_mcap",
    about: "Valid MCAP recordings without a message.",
    tags: ["rosbag", "mcap"],
    downloads: 118,
    likes: 5,
    created_at: "2025-11-11T11:11:11Z",
    content: {
      files: {
        "run_0/run_0_0.mcap": emptyMcap(),
        "run_0/metadata.yaml":
          "rosbag2_bagfile_information:\n  version: 9\n  storage_identifier: mcap\n  message_count: 0\n  relative_file_paths:\n    - run_0_0.mcap\n",
      },
    },
  },
  {
    id: "field-robotics/tractor_ros1_bag",
    about: "A ROS 1 bag with its header and no message.",
    tags: ["rosbag"],
    downloads: 33,
    likes: 1,
    created_at: "2024-11-02T05:00:00Z",
    content: { files: { "tractor.bag": emptyBag() } },
  },
  {
    id: "legacy-zoo/pusht_v16",
    about: "The layout of LeRobot 1.6: tables of the old datasets library, metadata under meta_data.",
    tags: ["LeRobot"],
    downloads: 70,
    likes: 3,
    created_at: "2024-08-01T08:00:00Z",
    content: {
      layers: [
        {
          key: "legacy-zoo__pusht_v16",
          async *build() {
            yield ["data/train-00000-of-00001.parquet", forceTable(200, 0)] as const
          },
        },
      ],
      files: {
        "meta_data/info.json": JSON.stringify({ codebase_version: "v1.6", fps: 10, video: false }, null, 4),
        "meta_data/stats.safetensors": safetensors({}),
        "meta_data/episode_data_index.safetensors": safetensors({}),
      },
    },
  },
  {
    id: "legacy-zoo/two_benches_collection",
    about: "A collection: two LeRobot datasets side by side in folders, none at the root.",
    tags: ["LeRobot"],
    downloads: 46,
    likes: 2,
    created_at: "2025-12-12T12:12:12Z",
    content: {
      layers: ["bench_a", "bench_b"].map((folder) => ({
        key: `legacy-zoo__two_benches_collection-${folder}`,
        async *build() {
          const episodes = takes(4, [30, 50], ["Press the button"])
          const files = await buildLeRobot({
            version: "2.1",
            fps: 20,
            robot_type: "so101_follower",
            episodes,
            signals: signalsOf("so101"),
          })
          for (const [path, file] of files) yield [`${folder}/${path}`, await file.read(0, file.size)] as const
        },
      })),
    },
  },
  {
    id: "legacy-zoo/not_lerobot_at_all",
    about: "It has a meta/info.json, and yet it is no LeRobot dataset.",
    downloads: 5,
    likes: 0,
    created_at: "2026-01-31T01:00:00Z",
    content: {
      files: {
        "meta/info.json": JSON.stringify({
          dataset_type: "traces",
          num_episodes: 3,
          features: { pen: { info: "xy" } },
        }),
        "traces/0.jsonl": log(20),
        "traces/1.jsonl": log(30),
        "traces/2.jsonl": log(25),
      },
    },
  },
]

/** The safetensors container: the header's length, 8 bytes little-endian, then the header. */
function safetensors(header: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text])
}

export const plain: Recipe[] = PLAIN.map(plainRepo)
