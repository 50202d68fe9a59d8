/** What must be known of a dataset. */
export interface Expected {
  version: string
  robot: string | null
  fps: number
  episodes: number
  frames: number
  /** Count, and the first by index. */
  tasks: [number | null, string | null]
  cameras: string[]
  sensors: string[]
  actions: string[]
  files: [count: number, bytes: number]
  /** Each must be found in one note. */
  notes: RegExp[]
}

const KOCH = (name: string) => `observation.images.${name} 800×600 30 av1 yuv420p 0`

// Transcribed from MANIFEST.md, both FACTS.json and the files; not from what the reader answered.
export const REAL: Record<string, Expected> = {
  "lerobot/cr5-dobot-carved3": {
    version: "v2.1",
    robot: "cr5",
    fps: 10,
    episodes: 3,
    frames: 687,
    tasks: [1, "put the banana on the plate"],
    cameras: ["observation.images.top 640×480 10 av1 yuv420p 3"],
    sensors: ["observation.state float32 [6] 6"],
    actions: ["action float32 [7] 7"],
    files: [10, 7_704_656],
    notes: [],
  },
  "lerobot/cr5-dobot-carved3.original-meta": {
    version: "v2.1",
    robot: "cr5",
    fps: 10,
    episodes: 81,
    frames: 18_039,
    tasks: [1, "put the banana on the plate"],
    cameras: ["observation.images.top 640×480 10 av1 yuv420p 0"],
    sensors: ["observation.state float32 [6] 6"],
    actions: ["action float32 [7] 7"],
    files: [4, 177_081],
    notes: [/no data file/, /"observation\.images\.top" is declared but has no video file/],
  },
  "lerobot/groot-robot_sim.PickNPlace": {
    version: "v2.0",
    robot: "GR1ArmsOnly",
    fps: 20,
    episodes: 5,
    frames: 2096,
    tasks: [6, "pick the pear from the counter and place it in the plate"],
    cameras: [
      "observation.images.egoview 1280×800 20 h264 yuv420p 0",
      "observation.images.ego_view 256×256 20 h264 yuv420p 5",
    ],
    sensors: ["observation.state float64 [44] 44"],
    actions: ["action float64 [44] 44"],
    files: [15, 5_517_261],
    notes: [
      /"observation\.images\.egoview" is declared but has no video file/,
      /The task "valid"/,
      /4 data files are not where data_path puts them: data\/chunk-000\/episode_000001\.parquet/,
      /split "train" as "0:100", but there are 5 episodes/,
    ],
  },
  "lerobot/rerun-v30_apple_storage-novideo": {
    version: "v3.0",
    robot: "reachy2",
    fps: 30,
    episodes: 3,
    frames: 899,
    tasks: [1, "place the apple in the plate"],
    cameras: ["observation.image 960×720 30 h264 yuv420p 0"],
    sensors: ["observation.state float32 [19] unnamed"],
    actions: ["action float32 [19] unnamed"],
    files: [5, 247_510],
    notes: [/total_frames 14983, .* add up to 899/, /no video file/],
  },
  "lerobot/screwdriver-koch-v21-novideo": {
    version: "v2.1",
    robot: "koch_screwdriver_follower",
    fps: 30,
    episodes: 5,
    frames: 1217,
    tasks: [1, null],
    cameras: [KOCH("screwdriver"), KOCH("side"), KOCH("top")],
    sensors: ["observation.state float32 [6] 6"],
    actions: ["action float32 [6] 6"],
    files: [12, 96_568],
    notes: [/"observation\.images\.side" is declared but has no video file/],
  },
  "lerobot/ioai-fixtures/datasets/lerobotv2": {
    version: "v2.1",
    robot: "test_so100",
    fps: 10,
    episodes: 2,
    frames: 6,
    tasks: [1, null],
    cameras: ["observation.images.cam 64×64 10 h264 yuv420p 2"],
    sensors: ["observation.state float32 [1] 1"],
    actions: ["action float32 [1] 1"],
    files: [8, 10_356],
    notes: [],
  },
  "lerobot/ioai-fixtures/datasets/lerobotv2-image": {
    version: "v2.1",
    robot: "test_so100",
    fps: 10,
    episodes: 2,
    frames: 6,
    tasks: [1, null],
    cameras: ["observation.images.cam 64×64 10 null null 2"],
    sensors: ["observation.state float32 [1] 1"],
    actions: ["action float32 [1] 1"],
    files: [6, 8741],
    notes: [/codec and pixel format were not read/],
  },
  "lerobot/ioai-fixtures/datasets/lerobotv3": {
    version: "v3.0",
    robot: "test_so100",
    fps: 10,
    episodes: 2,
    frames: 6,
    tasks: [1, null],
    cameras: ["observation.images.cam 64×64 10 h264 yuv420p 2"],
    sensors: ["observation.state float32 [1] 1"],
    actions: ["action float32 [1] 1"],
    files: [6, 18_809],
    notes: [/no data\/chunk_index/],
  },
  "lerobot/ioai-fixtures/invalid/v2-missing-episodes": {
    version: "v2.1",
    robot: "test_robot",
    fps: 30,
    episodes: 1,
    frames: 1,
    tasks: [1, null],
    cameras: [],
    sensors: [],
    actions: [],
    files: [1, 362],
    notes: [
      /episode_count 1 is declared in info\.json, not counted: meta\/episodes\.jsonl is missing/,
      /frame_count 1 is declared/,
      /declares no features/,
    ],
  },
  "lerobot/ioai-fixtures/invalid/v3-missing-episodes-parquet": {
    version: "v3.0",
    robot: "test_robot",
    fps: 30,
    episodes: 1,
    frames: 1,
    tasks: [1, null],
    cameras: [],
    sensors: [],
    actions: [],
    files: [1, 384],
    notes: [/episode_count 1 is declared in info\.json, not counted: meta\/episodes\/ holds no table/],
  },
}
