import type { Severity, Verdict } from "../../../check/schema.ts"

/** What is found in a dataset at full depth, each with the reason why it is right that it is. */
export interface Expected {
  verdict: Verdict
  findings?: Partial<Record<`${Severity} ${string}`, string>>
}

const ONE_ROW_GROUP = "The official converter and merge write all episodes of a file into one row group."
const SHARDS = "Recording was resumed, or the buffer of metadata is small: LeRobot writes a table each time."
const NO_HF =
  "The official converter and the tools of other projects write no description of the features for 🤗 datasets."
const NO_QUANTILES = "lerobot 0.3.3 wrote them before there were quantiles; its converter takes them over."
const FRAMES_LEFT = "Pictures of the recording were pushed along, as lerobot leaves them."
const IMG_STD =
  "lerobot 0.4 and 0.5 square the pictures' bytes in a byte, which overflows: a deviation of 0 (lerobot#3682)."
const INDEX_BEHIND = "The recorder wrote the file's index last."
const NO_VIDEOS = "Its videos are not among our files."
const DOUBLES = "They declare float32 and store doubles."
const TWINS = "Its episodes are copies of one another."
const FEW_STATS = "There are none for these features."
const MINIATURE = "A miniature made by hand for tests: episodes of three frames."

/**
 * Every dataset that lerobot wrote for us and every one of others, below `shared/data`. A rule that comes to fire on one of them,
 * or ceases to, has to say here why that is right.
 */
export const EXPECTED: Record<string, Expected> = {
  "lerobot-made/made-v21-array2d": { verdict: "pass" },
  "lerobot-made/made-v21-images": {
    verdict: "pass",
    findings: {
      "info FILE-TMP-UPLOADED": FRAMES_LEFT,
    },
  },
  "lerobot-made/made-v21-tasks": { verdict: "pass" },
  "lerobot-made/made-v21-tasks.official-v30": {
    verdict: "pass",
    findings: {
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
      "info FEAT-HF-META": NO_HF,
      "info ST-KEYS": NO_QUANTILES,
    },
  },
  "lerobot-made/made-v21-tasks.official-v30-rollover-p044": {
    verdict: "fail",
    findings: {
      "error EP-FILE-INDEX":
        "lerobot#2401 as the manifest has it: episodes 10, 20, 30, 40 and 51 point to the file before theirs.",
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
      "info FEAT-HF-META": NO_HF,
      "info ST-KEYS": NO_QUANTILES,
    },
  },
  "lerobot-made/made-v21-tasks.official-v30-rollover-p061": {
    verdict: "pass",
    findings: {
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
      "info FEAT-HF-META": NO_HF,
      "info ST-KEYS": NO_QUANTILES,
    },
  },
  "lerobot-made/made-v30-added-feature": {
    verdict: "pass",
    findings: {
      "info PQ-RG-EPISODE": "dataset_tools writes its tables anew.",
      "info EP-SHARDS": SHARDS,
      "info ST-FEATURES": "add_features computes none for what it adds.",
      "info ST-IMG-STD0": IMG_STD,
    },
  },
  "lerobot-made/made-v30-crashed": {
    verdict: "fail",
    findings: {
      "error EP-PARQUET-OPEN": "The process was killed before finalize(): the episodes table has no footer.",
      "error PQ-OPEN": "Nor has the data file.",
      "info FILE-TMP-UPLOADED": FRAMES_LEFT,
    },
  },
  "lerobot-made/made-v30-images": {
    verdict: "pass",
    findings: {
      "info ST-IMG-STD0": IMG_STD,
      "info ST-F32-CANCEL": "The same overflow, of uint8 buttons: the values' deviation is 127.5, the stored one 0.",
    },
  },
  "lerobot-made/made-v30-merged": {
    verdict: "pass",
    findings: {
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
      "info EP-SELFREF": "merge_datasets copies where rows stood in their sources (the manifest: 0, 1, 2, 0).",
      "info FEAT-HF-META": NO_HF,
      "info ST-INDEX-STALE": "merge_datasets renumbers episodes and keeps their statistics.",
      "info ST-IMG-STD0": IMG_STD,
    },
  },
  "lerobot-made/made-v30-nan": {
    verdict: "fail",
    findings: {
      "error VAL-NAN": "That is what it was made for: five frames of episode 2.",
      "error VAL-STATS-NAN": "lerobot computed its statistics over them.",
    },
  },
  "lerobot-made/made-v30-p061-depth": {
    verdict: "pass",
    findings: {
      "info VID-BROWSER": "Depth is 12-bit grey HEVC.",
    },
  },
  "lerobot-made/made-v30-rerecorded": {
    verdict: "pass",
    findings: {
      "warning VID-RANGE-LEN":
        "lerobot#4104: frames of a discarded take stay in the video; the manifest has the episodes.",
      "info ST-IMG-STD0": IMG_STD,
    },
  },
  "lerobot-made/made-v30-resumed": {
    verdict: "pass",
    findings: {
      "info EP-SHARDS": SHARDS,
      "info ST-IMG-STD0": IMG_STD,
    },
  },
  "lerobot-made/made-v30-rollover": {
    verdict: "pass",
    findings: {
      "info EP-SHARDS": SHARDS,
      "info ST-IMG-STD0": IMG_STD,
      "info VID-CAM-FILES": "Videos and tables roll over at sizes of their own.",
    },
  },
  "lerobot-made/made-v30-session2": {
    verdict: "pass",
    findings: {
      "info ST-IMG-STD0": IMG_STD,
    },
  },

  "lerobot/cr5-dobot-carved3": {
    verdict: "fail",
    findings: {
      "error TS-LATTICE":
        "Timestamps are a wall clock's with jitter and a gap of two seconds (the manifest's real defect).",
      "warning VAL-TINY-RANGE": "Joint 5 of the state stands still but for noise of 0.0000156.",
      "info VID-FASTSTART": INDEX_BEHIND,
    },
  },
  "lerobot/cr5-dobot-carved3.original-meta": {
    verdict: "fail",
    findings: {
      "info EP-LEN-OUTLIER": "meta/ alone, of all 81 episodes: one is half as long again as the mean.",
      "error PATH-RESOLVE-DATA": "It is meta/ alone: none of the 81 files is there.",
      "error PATH-RESOLVE-VIDEO": "Nor is a video.",
    },
  },
  "lerobot/groot-robot_sim.PickNPlace": {
    verdict: "fail",
    findings: {
      "warning IDX-FRAME-MISSING": "GR00T's dialect has no frame_index.",
      "warning TASK-PLACEHOLDER": 'GR00T marks annotations by a task "valid".',
      "info TASK-EP-DATA": 'The table lists "valid" for each episode, the rows do not.',
      "error PATH-TEMPLATE":
        "Its info.json writes {episode_index} where the chunk belongs, so LeRobot looks for the files elsewhere.",
      "error PATH-RESOLVE-DATA": "By that template only the first is found.",
      "error PATH-RESOLVE-VIDEO": "Of the cameras, too; egoview is declared beside ego_view and has no folder at all.",
      "warning INFO-SPLITS": "It is cut from 100 episodes.",
      "warning FEAT-NAMES-MISSING": "Annotations have no names.",
      "warning FEAT-DEFAULTS": "GR00T's dialect: no frame_index, and timestamps in float64.",
      "warning PATH-ORPHAN-FILE": "What the template does not lead to belongs to nothing.",
      "warning TS-START": "Its first frame is stamped one frame late.",
      "warning VAL-CONST-EP": "Hands and waist do not move in pick and place.",
      "warning ST-FEATURES": "GR00T keeps none of its cameras.",
      "info INFO-CHUNKS": "It counts from 0.",
      "info INFO-TOTAL-VIDEOS": "It counts cameras.",
      "info FEAT-HF-META": NO_HF,
      "info VID-FASTSTART": INDEX_BEHIND,
      "info VID-GOP": "x264's default of 250 frames.",
    },
  },
  "lerobot/legacy-v1-aloha_sim_insertion_scripted": {
    verdict: "fail",
    findings: { "error REPO-V1": "It is version 1, which LeRobot no longer loads." },
  },
  "lerobot/lfs-pointers-aws-so101": {
    verdict: "fail",
    findings: {
      "error FILE-LFS-POINTER": "Its files are Git LFS pointers: it was copied without git-lfs.",
      "info FEAT-INFO-BOTH": "lerobot wrote the old key and the new one for a time.",
    },
  },
  "lerobot/rerun-v30_apple_storage-novideo": {
    verdict: "fail",
    findings: {
      "error INFO-TOTAL-FRAMES": "total_frames 14983 is stale: the rows are 899 (the manifest's quirk).",
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
      "error PATH-RESOLVE-VIDEO": NO_VIDEOS,
      "warning INFO-SPLITS": "It is cut from 50 episodes, as total_frames tells, too.",
      "warning VAL-CONST-EP": "One joint of 19 does not move.",
      "info FEAT-HF-META": NO_HF,
      "info ST-KEYS": NO_QUANTILES,
    },
  },
  "lerobot/screwdriver-koch-v21-novideo": {
    verdict: "fail",
    findings: {
      "error PATH-RESOLVE-VIDEO": NO_VIDEOS,
    },
  },
  "lerobot/ioai-fixtures/datasets/lerobotv2": {
    verdict: "pass",
    findings: {
      "warning EP-LEN-POS": MINIATURE,
      "warning FEAT-COL-TYPE": DOUBLES,
      "warning VAL-DUP-EP": TWINS,
      "warning ST-FEATURES": FEW_STATS,
      "info ST-FEATURES": FEW_STATS,
      "info FEAT-HF-META": NO_HF,
      "info FEAT-INFO-VIDEO": "Neither does it say how its pixels are stored.",
      "info VID-FASTSTART": INDEX_BEHIND,
    },
  },
  "lerobot/ioai-fixtures/datasets/lerobotv2-image": {
    verdict: "fail",
    findings: {
      "warning EP-LEN-POS": MINIATURE,
      "error IMG-BYTES":
        "The pictures are bare bytes, not the struct of bytes and path that LeRobot and 🤗 datasets read.",
      "warning FEAT-COL-TYPE": DOUBLES,
      "warning VAL-DUP-EP": TWINS,
      "warning ST-FEATURES": FEW_STATS,
      "info ST-FEATURES": FEW_STATS,
      "info FEAT-HF-META": NO_HF,
    },
  },
  "lerobot/ioai-fixtures/datasets/lerobotv3": {
    verdict: "fail",
    findings: {
      "error EP-COLS": "The table's columns are named otherwise (data_chunk_index) or missing: LeRobot cannot load it.",
      "warning EP-COLS": "It has no tasks of the episodes either; a loader takes those of the rows.",
      "error TASK-TEXTCOL": "The tasks are no pandas index, as which LeRobot looks them up.",
      "warning EP-LEN-POS": MINIATURE,
      "warning ST-MISSING": "There is no stats.json.",
      "warning FEAT-COL-TYPE": DOUBLES,
      "warning ST-FEATURES": FEW_STATS,
      "info ST-FEATURES": FEW_STATS,
      "info FEAT-HF-META": NO_HF,
      "info FEAT-INFO-VIDEO": "Neither does it say how its pixels are stored.",
      "info VID-FASTSTART": INDEX_BEHIND,
    },
  },
  "lerobot/ioai-fixtures/invalid/v2-missing-episodes": {
    verdict: "fail",
    findings: {
      "error EP-MISSING": "That is what it was made for.",
      "error TASK-MISSING": "Nor are there tasks.",
    },
  },
  "lerobot/ioai-fixtures/invalid/v3-missing-episodes-parquet": {
    verdict: "fail",
    findings: {
      "error EP-MISSING": "That is what it was made for.",
      "error TASK-MISSING": "Nor are there tasks.",
    },
  },
}
