import { plural } from "../notes.ts"
import { byIndex, placeOf } from "./episodes.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const ENOUGH = 10
const SIGMAS = 3
const MEGA_SECONDS = 600

/** What is worth knowing about the table of the episodes although nothing is broken. */
export const episodeShapeRules = {
  "EP-SHARDS": {
    on: "dataset",
    title: "The episodes table is one file",
    severity: "info",
    kind: "characteristic",
    cost: "listing",
    versions: ["v3.0"],
    why: "Readers that look only at file-000 miss the other episodes.",
    reference: "https://github.com/huggingface/lerobot-dataset-visualizer/issues/60",
    check({ listing }, report) {
      const { length } = listing.episodeShards
      if (length < 2) return
      report({
        message: `The episodes are listed in ${length} files; all were read.`,
        where: { path: listing.episodeShards[1]!.path },
        evidence: { files: length },
      })
    },
  },
  "EP-FILE-MONO": {
    on: "dataset",
    title: "Later episodes lie in later data files",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Merges that interleave files read every file many times, and have lost rows.",
    reference: `${LEROBOT}/2264`,
    check({ episodes }, report) {
      let [chunk, file] = [-1, -1]
      for (const row of byIndex(episodes)) {
        const [nextChunk, nextFile] = [episodes.data_chunk[row]!, episodes.data_file[row]!]
        if (Number.isNaN(nextChunk) || Number.isNaN(nextFile)) continue
        if (nextChunk < chunk || (nextChunk === chunk && nextFile < file)) {
          const episode = episodes.episode_index[row]!
          report({
            message: `Episode ${episode} lies in chunk ${nextChunk}, file ${nextFile}, before the file of the episode before it.`,
            where: { path: placeOf(episodes, row).path, episode },
            evidence: { chunk: nextChunk, file: nextFile, before_chunk: chunk, before_file: file },
          })
        }
        ;[chunk, file] = [nextChunk, nextFile]
      }
    },
  },
  "EP-SELFREF": {
    on: "dataset",
    title: "A row of the episodes table says where it lies itself",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "episodes"],
    why: "Merges leave it stale. LeRobot does not read it.",
    reference: null,
    check({ episodes }, report) {
      for (let row = 0; row < episodes.rows; row++) {
        const path = episodes.sources[episodes.source[row]!]!
        const place = /chunk-(\d+)\/file-(\d+)\.parquet$/.exec(path)
        const [chunk, file] = [episodes.self_chunk[row]!, episodes.self_file[row]!]
        if (!place || Number.isNaN(chunk) || Number.isNaN(file)) continue
        if (chunk === Number(place[1]) && file === Number(place[2])) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `The row of episode ${episode} lies in ${path} and says chunk ${chunk}, file ${file}.`,
          where: { path, episode },
          evidence: { chunk, file },
        })
      }
    },
  },
  "EP-MEGA": {
    on: "dataset",
    title: "A long recording is cut into episodes",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "One episode of many demonstrations gives a policy no beginning and no end.",
    reference: "https://github.com/strands-labs/robots/issues/708",
    check({ episodes, info }, report) {
      const { fps } = info.parsed
      const seconds = fps === null ? 0 : (episodes.length[0] ?? 0) / fps
      if (episodes.rows !== 1 || !(seconds > MEGA_SECONDS)) return
      report({
        message: `The only episode is ${Math.round(seconds / 60)} minutes long.`,
        where: { path: placeOf(episodes, 0).path, episode: episodes.episode_index[0]! },
        evidence: { length: episodes.length[0]!, seconds: Math.round(seconds) },
      })
    },
  },
  "EP-LEN-OUTLIER": {
    on: "dataset",
    title: "The lengths of the episodes are alike",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "An episode many times as long as the others is often one that was not stopped.",
    reference: null,
    check({ episodes }, report) {
      const { rows, length } = episodes
      const mean = length.reduce((sum, each) => sum + each, 0) / rows
      const deviation = Math.sqrt(length.reduce((sum, each) => sum + (each - mean) ** 2, 0) / rows)
      if (rows < ENOUGH || !(deviation > 0)) return
      for (let row = 0; row < rows; row++) {
        const sigmas = Math.abs(length[row]! - mean) / deviation
        if (sigmas <= SIGMAS) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} has ${plural(length[row]!, "frame")}; the mean is ${mean.toFixed(1)}.`,
          where: { path: placeOf(episodes, row).path, episode },
          evidence: { length: length[row]!, mean, sigmas: Number(sigmas.toFixed(2)) },
          size: sigmas,
        })
      }
    },
  },
} as const satisfies Rules
