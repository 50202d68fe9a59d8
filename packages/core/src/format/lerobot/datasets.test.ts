import { readFileSync } from "node:fs"
import { basename, resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { hasSharedData, sharedData } from "../../../test/shared-data.ts"
import { folderFiles } from "../../files/folder.ts"
import type { Files } from "../../files/files.ts"
import { memoryFiles } from "../../files/memory.ts"
import { detectFormat } from "../detect.ts"
import { DatasetMetadata } from "../schema.ts"
import { lerobot } from "./lerobot.ts"

const data = sharedData("")
const openFolder = (name: string) => folderFiles(resolve(data, name))

const extract = (files: Files) =>
  lerobot.extract!({
    repo_id: "some/set",
    revision: "0".repeat(40),
    files,
    card: { licence: "mit", tags: [] },
    progress() {},
    signal: new AbortController().signal,
  })

/** `name width×height fps codec pixel_format episodes` */
const cameraLines = ({ cameras }: DatasetMetadata) =>
  cameras.map(
    (each) =>
      `${each.name} ${each.width}×${each.height} ${each.fps} ${each.codec} ${each.pixel_format} ${each.episodes}`,
  )
/** `name dtype shape names` */
const signalLines = (signals: DatasetMetadata["sensors"]) =>
  signals.map(
    ({ name, dtype, shape, names }) => `${name} ${dtype} [${shape.join()}] ${names ? names.length : "unnamed"}`,
  )

interface Expected {
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

const PICK = "Pick up the red cube and place it in the bin"
const ALOHA = {
  robot: "aloha",
  sensors: ["observation.state float32 [14] 14"],
  actions: ["action float32 [14] 14"],
  notes: [],
}
const FRONT_WRIST = (episodes: number | null) => [
  `observation.images.front 128×96 30 av1 yuv420p ${episodes}`,
  `observation.images.wrist 96×72 30 av1 yuv420p ${episodes}`,
]
const SO100 = {
  robot: "so100",
  fps: 20,
  episodes: 60,
  frames: 2738,
  cameras: [],
  sensors: ["observation.state float32 [7] 7"],
  actions: ["action float32 [7] 7"],
  notes: [],
}
const KOCH = (name: string) => `observation.images.${name} 800×600 30 av1 yuv420p 0`

// Transcribed from MANIFEST.md, both FACTS.json and the files; not from what the reader answered.
const SETS: Record<string, Expected> = {
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
  "lerobot-made/made-v30-rollover": {
    ...ALOHA,
    version: "v3.0",
    fps: 20,
    episodes: 20,
    frames: 1486,
    tasks: [4, PICK],
    cameras: [
      "observation.images.front 192×144 20 av1 yuv420p 20",
      "observation.images.wrist 128×96 20 av1 yuv420p 20",
    ],
    files: [28, 3_864_026],
  },
  "lerobot-made/made-v30-images": {
    ...ALOHA,
    version: "v3.0",
    fps: 15,
    episodes: 8,
    frames: 274,
    tasks: [3, PICK],
    cameras: ["observation.images.front 96×72 15 null null 8", "observation.images.wrist 64×48 15 null null 8"],
    sensors: [
      "observation.state float32 [14] 14",
      "observation.phase int64 [1] unnamed",
      "observation.tool_rotation float32 [3,3] unnamed",
      "observation.tactile float32 [2,4,4] unnamed",
      "observation.buttons uint8 [4] 4",
      "observation.counter_u8 uint8 [1] unnamed",
      "observation.contact bool [2] 2",
      "observation.ee_pose float64 [7] 7",
      "observation.ticks int32 [2] 2",
      "observation.small int16 [1] unnamed",
    ],
    files: [5, 4_379_476],
    notes: [/codec and pixel format were not read/],
  },
  "lerobot-made/made-v30-resumed": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 9,
    frames: 563,
    tasks: [4, PICK],
    cameras: FRONT_WRIST(9),
    files: [15, 1_199_408],
  },
  "lerobot-made/made-v30-session2": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 5,
    frames: 282,
    tasks: [3, "Schiebe das Prisma nach links (größer als 2 cm)"],
    cameras: FRONT_WRIST(5),
    files: [7, 576_922],
  },
  "lerobot-made/made-v30-merged": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 14,
    frames: 845,
    tasks: [5, PICK],
    cameras: FRONT_WRIST(14),
    files: [7, 1_580_878],
  },
  "lerobot-made/made-v30-added-feature": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 9,
    frames: 563,
    tasks: [4, PICK],
    cameras: FRONT_WRIST(9),
    files: [15, 1_186_004],
  },
  "lerobot-made/made-v30-nan": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 4,
    frames: 240,
    tasks: [2, PICK],
    cameras: [],
    files: [5, 101_671],
  },
  "lerobot-made/made-v30-rerecorded": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 4,
    frames: 195,
    tasks: [2, PICK],
    cameras: FRONT_WRIST(4),
    files: [7, 465_372],
  },
  "lerobot-made/made-v30-p061-depth": {
    ...ALOHA,
    version: "v3.0",
    fps: 15,
    episodes: 3,
    frames: 135,
    tasks: [3, PICK],
    cameras: [
      "observation.images.front 128×96 15 av1 yuv420p 3",
      "observation.images.front_depth 128×96 15 hevc gray12le 3",
    ],
    files: [7, 885_600],
  },
  "lerobot-made/made-v30-crashed": {
    ...ALOHA,
    version: "v3.0",
    fps: 30,
    episodes: 13,
    frames: 468,
    tasks: [2, PICK],
    cameras: FRONT_WRIST(null),
    files: [41, 1_368_284],
    notes: [
      /episode_count 13 is declared in info\.json, not counted: meta\/episodes\/chunk-000\/file-000\.parquet has no Parquet footer/,
      /frame_count 468 is declared in info\.json, not counted/,
      /How many episodes the cameras have is not known/,
    ],
  },
  "lerobot-made/made-v21-images": {
    ...ALOHA,
    version: "v2.1",
    fps: 10,
    episodes: 5,
    frames: 106,
    tasks: [2, PICK],
    cameras: ["observation.image 96×72 10 null null 5", "observation.wrist_image 64×48 10 null null 5"],
    sensors: ["observation.state float32 [14] 14", "observation.buttons uint8 [4] 4"],
    files: [221, 2_946_311],
  },
  "lerobot-made/made-v21-array2d": {
    ...ALOHA,
    version: "v2.1",
    fps: 10,
    episodes: 3,
    frames: 63,
    tasks: [3, PICK],
    cameras: [],
    sensors: ["observation.state float32 [14] 14", "observation.tool_rotation float32 [3,3] unnamed"],
    files: [7, 38_630],
  },
  "lerobot-made/made-v21-tasks": {
    ...SO100,
    version: "v2.1",
    tasks: [36, 'Move the 白い ball "XL" to zone 31'],
    files: [64, 566_985],
  },
  "lerobot-made/made-v21-tasks.official-v30": {
    ...SO100,
    version: "v3.0",
    tasks: [36, 'Move the 白い ball "XL" to zone 31'],
    files: [5, 248_383],
  },
  "lerobot-made/made-v21-tasks.official-v30-rollover-p044": {
    ...SO100,
    version: "v3.0",
    tasks: [36, 'Move the 白い ball "XL" to zone 31'],
    files: [10, 292_039],
  },
  "lerobot-made/made-v21-tasks.official-v30-rollover-p061": {
    ...SO100,
    version: "v3.0",
    tasks: [36, 'Move the 白い ball "XL" to zone 31'],
    files: [10, 291_952],
  },
}

describe.skipIf(!hasSharedData)("every dataset at hand imports and says what is in it", () => {
  test.each(Object.entries(SETS))("%s", async (name, expected) => {
    const files = await openFolder(name)
    const detected = await detectFormat({ repo_id: "some/set", files }, "auto")
    expect(detected).toMatchObject({ format_type: "lerobot", version: expected.version })

    const metadata = DatasetMetadata.parse(await extract(files))
    expect(metadata).toMatchObject({
      format: "lerobot",
      format_version: expected.version,
      robot_type: expected.robot,
      fps: expected.fps,
      episode_count: expected.episodes,
      frame_count: expected.frames,
      duration_s: expected.frames / expected.fps,
      task_count: expected.tasks[0],
      licence: "mit",
    })
    expect(cameraLines(metadata)).toEqual(expected.cameras)
    expect(signalLines(metadata.sensors)).toEqual(expected.sensors)
    expect(signalLines(metadata.actions)).toEqual(expected.actions)
    expect([metadata.files.count, metadata.files.bytes]).toEqual(expected.files)
    if (expected.tasks[1] !== null) expect(metadata.tasks[0]).toEqual({ task_index: 0, task: expected.tasks[1] })
    for (const note of expected.notes) expect(metadata.notes).toContainEqual(expect.stringMatching(note))
    const isCounted = !expected.notes.some(({ source }) => source.includes("is declared in info"))
    expect(metadata.notes.some((note) => note.includes("episode_count"))).toBe(!isCounted)
  })

  test("a clean dataset has nothing to note", async () => {
    expect((await extract(await openFolder("lerobot-made/made-v30-rollover"))).notes).toEqual([])
  })

  test("no dataset of lerobot-made differs from FACTS.json in episodes, lengths, tasks or cameras", async () => {
    const facts = JSON.parse(readFileSync(resolve(data, "lerobot-made/FACTS.json"), "utf8")) as Record<string, Facts>
    for (const [name, fact] of Object.entries(facts)) {
      if (!fact.episodes) continue
      const metadata = await extract(await openFolder(`lerobot-made/${name}`))
      const lengths = fact.episodes.map(({ length }) => length).sort((a, b) => a - b)
      expect(metadata.details["episode_length"], name).toMatchObject({ min: lengths[0], max: lengths.at(-1) })
      expect(metadata.frame_count, name).toBe(fact.total_frames_rows)
      expect(metadata.episode_count, name).toBe(fact.episodes.length)
      expect(metadata.files, name).toMatchObject({ count: fact.counts.files, bytes: fact.counts.bytes })
      const videos = metadata.cameras.filter(({ codec }) => codec !== null)
      expect(videos.map(({ name }) => name).sort(), name).toEqual(Object.keys(fact.cameras).sort())
      for (const { name: camera, codec, pixel_format, width, height } of videos) {
        const seen = fact.cameras[camera]!
        expect([[codec], [pixel_format], [String(width)], [String(height)]], name).toEqual([
          seen.codec,
          seen.pix_fmt,
          seen.width,
          seen.height,
        ])
      }
    }
  })
})

interface Facts {
  episodes?: { length: number }[]
  total_frames_rows: number
  counts: { files: number; bytes: number }
  cameras: Record<string, { codec: string[]; pix_fmt: string[]; width: string[]; height: string[] }>
}

describe.skipIf(!hasSharedData)("what cannot be imported is refused with a reason that is true of it", () => {
  test.each([
    ["lerobot/legacy-v1-aloha_sim_insertion_scripted", /layout of LeRobot 1\.x \(meta_data\/\).*convert/],
    ["lerobot/lfs-pointers-aws-so101", /data\/chunk-000\/episode_000000\.parquet is a Git LFS pointer.*33 of 35 files/],
    [
      "lerobot/ioai-fixtures",
      /collection: 5 folders hold a LeRobot dataset each \("datasets\/lerobotv2", "datasets\/lerobotv2-image", "datasets\/lerobotv3"/,
    ],
  ])("%s", async (name, reason) => {
    const files = await openFolder(name)
    await expect(detectFormat({ repo_id: "some/set", files }, "auto")).rejects.toMatchObject({
      code: "format_unsupported",
      message: expect.stringMatching(reason) as string,
      extra: { recognised_format: "lerobot" },
    })
  })
})

/** version, robot, fps, episodes, frames, tasks, cameras, sensors, actions */
type Wild = [string, string | null, number, number, number, number | null, string[], string[], string[]]
const WILD: Record<string, Wild> = {
  AdleBens__final_test: [
    "v2.0",
    "so-100",
    10,
    5,
    234,
    0,
    ["observation.images.main 320×240 10 mpeg4 yuv420p 0"],
    ["observation.state float32 [6] 6"],
    ["action float32 [6] 6"],
  ],
  BarryFutureman__ledte_cs1: [
    "v3.0",
    "none",
    20,
    1,
    117_520,
    1,
    ["observation.images.rgb 504×280 null null null 0"],
    [],
    ["action float32 [28] unnamed", "action.full float32 [265] unnamed"],
  ],
  "Beable__SOARM100-ep67joy": [
    "v2.1",
    "so100",
    20,
    67,
    56_298,
    1,
    ["observation.images.rgb 640×360 20 null yuv420p 0"],
    ["observation.state float32 [6] unnamed"],
    ["action float32 [6] unnamed"],
  ],
  DavidKINGSMAN__test1: [
    "v3.0",
    null,
    10,
    30,
    2511,
    1,
    ["observation.images.webcam_1 1920×1080 10 mpeg4 null 0", "observation.images.webcam_2 1920×1080 10 mpeg4 null 0"],
    ["observation.state float32 [6] unnamed"],
    ["action float32 [6] unnamed"],
  ],
  NERDDISCO__test5: [
    "v2.1",
    null,
    30,
    3,
    278,
    null,
    ["observation.images.front_camera 640×480 30 h264 yuv420p 0"],
    ["observation.state float32 [6] 6"],
    ["action float32 [6] 6"],
  ],
  SPeramanu__oct_dataset_converted: [
    "v3.0",
    "custom",
    10,
    61,
    31_445,
    1,
    [],
    ["observation.pointcloud float32 [2048,3] unnamed", "observation.state float32 [18] unnamed"],
    ["action float32 [11] unnamed"],
  ],
  Sicong__my_robot_dataset_test: [
    "v3.0",
    "so100",
    30,
    1,
    2417,
    1,
    [],
    ["observation.state float32 [6] unnamed"],
    ["action float32 [6] unnamed"],
  ],
  Zack49__gym_lowcost_push: [
    "v2.1",
    null,
    25,
    1000,
    13_882,
    1,
    ["observation.image.image_front 96×96 25 null null 0", "observation.image.image_top 96×96 25 null null 0"],
    [
      "observation.state.arm_qpos float32 [6] unnamed",
      "observation.state.arm_qvel float32 [6] unnamed",
      "observation.environment_state.cube_pos float32 [3] unnamed",
      "observation.environment_state.target_pos float32 [3] unnamed",
    ],
    ["action float32 [5] unnamed"],
  ],
  attilczuk__bin_sim2: [
    "v2.1",
    null,
    50,
    7,
    4338,
    1,
    ["observation.images.top 640×480 50 av1 yuv420p 0"],
    ["observation.state float32 [6] 6"],
    ["action float32 [6] 6"],
  ],
  cadene__pusht_v2: [
    "v2.0",
    "2d pointer",
    10,
    206,
    25_650,
    1,
    ["observation.image 96×96 10 av1 yuv420p 0"],
    ["observation.state float32 [2] 2"],
    ["action float32 [2] 2"],
  ],
  edipark__Sample_v2: [
    "v2.1",
    "rby1",
    10,
    1,
    1122,
    null,
    [
      "observation.images.head_rgb 224×224 10 null null 0",
      "observation.images.left_rgb 224×224 10 null null 0",
      "observation.images.right_rgb 224×224 10 null null 0",
    ],
    ["observation.state float32 [16] unnamed"],
    ["action float32 [16] unnamed"],
  ],
  lerobot__aloha_sim_insertion_scripted_image: [
    "v2.0",
    "aloha",
    50,
    50,
    20_000,
    1,
    ["observation.images.top 640×480 50 null null 0"],
    ["observation.state float32 [14] 14"],
    ["action float32 [14] 14"],
  ],
  lerobot__cmu_stretch: [
    "v2.0",
    "unknown",
    5,
    135,
    25_016,
    5,
    ["observation.images.image 128×128 5 av1 yuv420p 0"],
    ["observation.state float32 [4] 4"],
    ["action float32 [8] 8"],
  ],
  lerobot__xarm_lift_medium_image: [
    "v2.0",
    "unknown",
    15,
    800,
    20_000,
    1,
    ["observation.image 84×84 15 null null 0"],
    ["observation.state float32 [4] 4"],
    ["action float32 [3] 3"],
  ],
  ozgraslan__pusht_224: [
    "v3.0",
    null,
    10,
    206,
    25_650,
    1,
    ["observation.image 224×224 10 av1 yuv420p 0"],
    ["observation.state float64 [7] 7"],
    ["action float32 [2] unnamed"],
  ],
  paszea__ik_eval_tracked: [
    "v2.1",
    null,
    30,
    1,
    704,
    1,
    [],
    ["observation.state float32 [6] 6", "observation.environment_state float32 [12] 12"],
    ["action float32 [6] 6"],
  ],
}

describe.skipIf(!hasSharedData)("every info.json of the wild imports as a repository of that one file", () => {
  test.each(Object.entries(WILD))(
    "%s",
    async (name, [version, robot, fps, episodes, frames, tasks, cameras, sensors, actions]) => {
      const files = memoryFiles({
        "meta/info.json": readFileSync(resolve(data, "lerobot-info/wild", `${basename(name)}.info.json`)),
      })
      const detected = await detectFormat({ repo_id: "some/set", files }, "auto")
      expect(detected).toMatchObject({ format_type: "lerobot", version })
      const metadata = DatasetMetadata.parse(await extract(files))
      expect(metadata).toMatchObject({
        format_version: version,
        robot_type: robot,
        fps,
        episode_count: episodes,
        frame_count: frames,
        task_count: tasks,
      })
      expect(cameraLines(metadata)).toEqual(cameras)
      expect(signalLines(metadata.sensors)).toEqual(sensors)
      expect(signalLines(metadata.actions)).toEqual(actions)
      for (const figure of [`episode_count ${episodes}`, `frame_count ${frames}`]) {
        expect(metadata.notes).toContainEqual(
          expect.stringContaining(`${figure} is declared in info.json, not counted`),
        )
      }
      if (robot === null) expect(metadata.notes).toContainEqual(expect.stringContaining("no robot_type"))
    },
  )

  test("lerobot.js leaves out codebase_version, and the reason says on what grounds it is read all the same", async () => {
    const files = memoryFiles({
      "meta/info.json": readFileSync(resolve(data, "lerobot-info/wild/NERDDISCO__test5.info.json")),
    })
    const { reason } = await detectFormat({ repo_id: "some/set", files }, "auto")
    expect(reason).toContain('no codebase_version but LeRobot\'s features and data_path; its version is "2.1"')
  })
})
