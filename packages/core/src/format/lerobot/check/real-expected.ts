import type { Severity, Verdict } from "../../../check/schema.ts"

/** What is found in a dataset at full depth, each with the reason why it is right that it is. */
export interface Expected {
  verdict: Verdict
  findings?: Partial<Record<`${Severity} ${string}`, string>>
}

const ONE_ROW_GROUP = "The official converter and merge write all episodes of a file into one row group."
const SHARDS = "Recording was resumed, or the buffer of metadata is small: LeRobot writes a table each time."
const MINIATURE = "A miniature made by hand for tests: episodes of three frames."

/**
 * Every dataset that lerobot wrote for us and every one of others, below `shared/data`. A rule that comes to fire on one of them,
 * or ceases to, has to say here why that is right.
 */
export const EXPECTED: Record<string, Expected> = {
  "lerobot-made/made-v21-array2d": { verdict: "pass" },
  "lerobot-made/made-v21-images": { verdict: "pass" },
  "lerobot-made/made-v21-tasks": { verdict: "pass" },
  "lerobot-made/made-v21-tasks.official-v30": {
    verdict: "pass",
    findings: { "info PQ-RG-EPISODE": ONE_ROW_GROUP },
  },
  "lerobot-made/made-v21-tasks.official-v30-rollover-p044": {
    verdict: "fail",
    findings: {
      "error EP-FILE-INDEX":
        "lerobot#2401 as the manifest has it: episodes 10, 20, 30, 40 and 51 point to the file before theirs.",
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
    },
  },
  "lerobot-made/made-v21-tasks.official-v30-rollover-p061": {
    verdict: "pass",
    findings: { "info PQ-RG-EPISODE": ONE_ROW_GROUP },
  },
  "lerobot-made/made-v30-added-feature": {
    verdict: "pass",
    findings: { "info PQ-RG-EPISODE": "dataset_tools writes its tables anew.", "info EP-SHARDS": SHARDS },
  },
  "lerobot-made/made-v30-crashed": {
    verdict: "fail",
    findings: {
      "error EP-PARQUET-OPEN": "The process was killed before finalize(): the episodes table has no footer.",
      "error PQ-OPEN": "Nor has the data file.",
    },
  },
  "lerobot-made/made-v30-images": { verdict: "pass" },
  "lerobot-made/made-v30-merged": {
    verdict: "pass",
    findings: {
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
      "info EP-SELFREF": "merge_datasets copies where rows stood in their sources (the manifest: 0, 1, 2, 0).",
    },
  },
  "lerobot-made/made-v30-nan": { verdict: "pass" },
  "lerobot-made/made-v30-p061-depth": { verdict: "pass" },
  "lerobot-made/made-v30-rerecorded": { verdict: "pass" },
  "lerobot-made/made-v30-resumed": { verdict: "pass", findings: { "info EP-SHARDS": SHARDS } },
  "lerobot-made/made-v30-rollover": { verdict: "pass", findings: { "info EP-SHARDS": SHARDS } },
  "lerobot-made/made-v30-session2": { verdict: "pass" },

  "lerobot/cr5-dobot-carved3": {
    verdict: "pass",
    findings: {
      "warning TS-FOOTER": "Timestamps are a wall clock's that drifts from 10 Hz (the manifest's real defect).",
    },
  },
  "lerobot/cr5-dobot-carved3.original-meta": {
    verdict: "pass",
    findings: { "info EP-LEN-OUTLIER": "meta/ alone, of all 81 episodes: one is half as long again as the mean." },
  },
  "lerobot/groot-robot_sim.PickNPlace": {
    verdict: "pass",
    findings: {
      "warning IDX-FRAME-MISSING": "GR00T's dialect has no frame_index.",
      "warning TS-FOOTER": "Its timestamps run at a little less than the 20 Hz declared.",
      "warning TASK-PLACEHOLDER": 'GR00T marks annotations by a task "valid".',
      "info TASK-EP-DATA": 'The table lists "valid" for each episode, the rows do not.',
    },
  },
  "lerobot/legacy-v1-aloha_sim_insertion_scripted": { verdict: "not_assessed" },
  "lerobot/lfs-pointers-aws-so101": { verdict: "not_assessed" },
  "lerobot/rerun-v30_apple_storage-novideo": {
    verdict: "fail",
    findings: {
      "error INFO-TOTAL-FRAMES": "total_frames 14983 is stale: the rows are 899 (the manifest's quirk).",
      "info PQ-RG-EPISODE": ONE_ROW_GROUP,
    },
  },
  "lerobot/screwdriver-koch-v21-novideo": { verdict: "pass" },
  "lerobot/ioai-fixtures/datasets/lerobotv2": { verdict: "pass", findings: { "warning EP-LEN-POS": MINIATURE } },
  "lerobot/ioai-fixtures/datasets/lerobotv2-image": { verdict: "pass", findings: { "warning EP-LEN-POS": MINIATURE } },
  "lerobot/ioai-fixtures/datasets/lerobotv3": {
    verdict: "fail",
    findings: {
      "error EP-COLS": "The table's columns are named otherwise (data_chunk_index) or missing: LeRobot cannot load it.",
      "error TASK-TEXTCOL": "The tasks are no pandas index, as which LeRobot looks them up.",
      "warning EP-LEN-POS": MINIATURE,
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
