import { type FileList, FileTable } from "../../../files/file-table.ts"
import { plural, shown } from "../notes.ts"
import { isTemplate, parseTemplate } from "../template.ts"
import { isWhole } from "./episodes.ts"
import type { DatasetFacts } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const INFO = "meta/info.json"
const PLACEHOLDERS = {
  2: new Set(["episode_chunk", "episode_index", "video_key", "chunk_index"]),
  3: new Set(["chunk_index", "file_index", "video_key"]),
}

/** Where files lie, and whether what points to them does. */
export const pathRules = {
  "PATH-NESTED-ROOT": {
    on: "dataset",
    title: "The dataset lies at the root of the repository",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    needs: [],
    why: "LeRobot looks for meta/info.json at the root only.",
    reference: null,
    fix: "Push each folder as a repository of its own.",
    check(facts, report) {
      if (facts.has("info")) return
      const nested = facts.listing.files
        .values()
        .filter(({ path }) => isNestedRoot(path))
        .toArray()
      const [first] = nested
      if (!first) return
      report({
        message: `${shown(first.path)} is the root of a dataset inside a folder${nested.length > 1 ? `, one of ${nested.length}` : ""}.`,
        where: { path: first.path },
        evidence: { datasets: nested.length },
      })
    },
  },
  "PATH-TEMPLATE": {
    on: "dataset",
    title: "data_path and video_path are templates of the version",
    severity: "error",
    kind: "defect",
    cost: "info",
    versions: "all",
    why: "Readers fill them to find an episode's files; a literal path gives every episode the same one.",
    reference: null,
    check({ info, version }, report) {
      for (const key of ["data_path", "video_path"] as const) {
        const text = info.raw[key]
        if (text === undefined || text === null) continue
        const problem = templateProblem(text, version.major, key)
        if (problem) report({ message: `${key} ${problem}: ${shown(text)}.`, where: { path: INFO, feature: key } })
      }
    },
  },
  "PATH-RESOLVE-DATA": {
    on: "dataset",
    title: "Each episode's data file exists",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "The episode cannot be loaded; a push or a download broke off.",
    reference: `${LEROBOT}/1532`,
    check({ episodes, listing, info }, report) {
      if (!info.parsed.data_path) return
      const fileNamed = byName(listing.data)
      for (let row = 0; row < episodes.rows; row++) {
        const path = episodes.dataPath(row)
        if (path === undefined || listing.files.has(path)) continue
        const episode = episodes.episode_index[row]!
        const elsewhere = fileNamed(path)
        report({
          message: `Episode ${episode}: ${shown(path)} does not exist${elsewhere ? `; a file of that name is ${shown(elsewhere)}` : ""}.`,
          where: { path, episode },
          evidence: { elsewhere: elsewhere ?? null },
          ...(listing.isCut && { severity: "warning" as const }),
        })
      }
    },
  },
  "PATH-RESOLVE-VIDEO": {
    on: "dataset",
    title: "Each episode's videos exist",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "The episode's pictures cannot be loaded.",
    reference: "https://github.com/strands-labs/robots/issues/800",
    check({ episodes, listing }, report) {
      for (const [camera, files] of listing.videos) {
        for (let row = 0; row < episodes.rows; row++) {
          const path = episodes.videoPath(row, camera)
          if (path === undefined || listing.files.has(path)) continue
          const episode = episodes.episode_index[row]!
          report({
            message:
              files.length === 0
                ? `Camera ${shown(camera)} is declared and has no file at all.`
                : `Episode ${episode}: ${shown(path)} does not exist.`,
            where: { path, episode, feature: camera },
            evidence: { files_of_camera: files.length },
            ...(listing.isCut && { severity: "warning" as const }),
          })
        }
      }
    },
  },
  "PATH-ORPHAN-FILE": {
    on: "dataset",
    title: "Every data and video file is some episode's",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "LeRobot loads every table in data/; videos of deleted episodes are dead weight.",
    reference: `${LEROBOT}/831`,
    check(facts, report) {
      const { episodes, listing, info } = facts
      if (!isWhole(episodes) || !info.parsed.data_path) return
      const used = usedFiles(facts)
      const tables = listing.data.filter((row) => !isNamedByEpisode(listing.files.pathAt(row), facts))
      for (const [group, files] of [["data", tables] as const, ...listing.videos]) {
        const orphans = files.filter((row) => used[row] === 0)
        // None used at all means that the templates are wrong, which is named as such.
        if (orphans.length === 0 || orphans.length === files.length) continue
        const { path } = orphans.at(0)
        report({
          message: `${plural(orphans.length, "file")} of ${shown(group)} belong${orphans.length === 1 ? "s" : ""} to no episode, such as ${shown(path)}.`,
          where: { path, ...(group !== "data" && { feature: group }) },
          evidence: { files: orphans.length },
          group,
        })
      }
    },
  },
  "PATH-FILE-GAP": {
    on: "dataset",
    title: "Files are numbered without gaps",
    severity: "info",
    kind: "characteristic",
    cost: "listing",
    versions: ["v3.0"],
    why: "Legal after episodes were deleted; readers that count up until a file is missing stop early.",
    reference: null,
    check({ listing }, report) {
      for (const files of [listing.data, ...listing.videos.values()]) {
        const numbers = new Map<string, number[]>()
        for (const { path } of files) {
          const match = /^(.*)\/file-(\d{1,9})\.\w+$/.exec(path)
          if (!match) continue
          const list = numbers.get(match[1]!)
          if (list) list.push(Number(match[2]))
          else numbers.set(match[1]!, [Number(match[2])])
        }
        for (const [folder, list] of numbers) {
          list.sort((a, b) => a - b)
          const gap = list.findIndex((number, at) => number !== at)
          if (gap < 0) continue
          report({
            message: `${shown(folder)} has no file ${gap}, although it has file ${list[gap]}.`,
            where: {
              path: `${folder}/file-${String(list[gap]).padStart(3, "0")}${files.at(0).path.slice(files.at(0).path.lastIndexOf("."))}`,
            },
            evidence: { missing: gap, files: list.length },
            group: folder,
          })
        }
      }
    },
  },
  "PATH-LEXSORT": {
    on: "dataset",
    title: "No chunk or file has a number of four digits",
    severity: "warning",
    kind: "risk",
    cost: "listing",
    versions: ["v3.0"],
    why: "LeRobot sorts paths as text: chunk-1000 comes before chunk-999, and rows get out of order.",
    reference: null,
    check({ listing }, report) {
      for (const files of [listing.data, listing.episodeShards]) {
        for (const { path } of files) {
          if (!/(?:chunk|file)-\d{4,}[/.]/.test(path)) continue
          report({ message: `${shown(path)} sorts before those of three digits.`, where: { path } })
        }
      }
    },
  },
  "PATH-BACKSLASH": {
    on: "dataset",
    title: "Paths have no backslashes",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    why: "Uploaded from Windows: what should be folders is one long name, and nothing is found.",
    reference: "https://github.com/phospho-app/phosphobot/issues/162",
    check({ listing }, report) {
      for (const { path } of listing.files) {
        if (/\\|%5c/i.test(path)) report({ message: `${shown(path)} has a backslash.`, where: { path } })
      }
    },
  },
} as const satisfies Rules

/** Whether it is the root of a dataset, but not where LeRobot looks for it. */
export const isNestedRoot = (path: string) => path === "info.json" || /^[^/]+(?:\/[^/]+)*\/meta\/info\.json$/.test(path)

function templateProblem(text: unknown, major: 2 | 3, key: "data_path" | "video_path"): string | undefined {
  const template = parseTemplate(text)
  if (!isTemplate(template)) return template.problem
  const names = new Set(template.placeholders)
  const unknown = [...names].find((name) => !PLACEHOLDERS[major].has(name))
  if (unknown) return `has the placeholder ${shown(unknown)}, which version ${major} does not know`
  if (key === "video_path" && !names.has("video_key")) return "does not name the camera"
  if (major === 2 && !names.has("episode_index")) return "gives every episode the same path"
  if (major === 2 && /chunk-\{episode_index/.test(template.text)) return "takes the episode's number for the chunk's"
  if (major === 3 && !names.has("file_index")) return "gives every file of a chunk the same path"
  return undefined
}

/** Finds the file of an episode's name that lies elsewhere; the names are looked through once, when the first is missed. */
function byName(files: FileList): (path: string) => string | undefined {
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1)
  let names: FileTable | undefined
  return (path) => {
    if (!path.includes("/") || !/episode_\d+/.test(nameOf(path))) return undefined
    names ??= FileTable.of(files.values().map((file) => ({ path: nameOf(file.path), size: 0 })))
    const at = names.rowOf(nameOf(path))
    return at < 0 ? undefined : files.at(at).path
  }
}

/** By row of the listing: 1 where it is some episode's. */
function usedFiles({ episodes, listing: { files, videos } }: DatasetFacts): Uint8Array {
  const used = new Uint8Array(files.length)
  const use = (path: string | undefined) => {
    const row = path === undefined ? -1 : files.rowOf(path)
    if (row >= 0) used[row] = 1
  }
  for (let row = 0; row < episodes.rows; row++) {
    use(episodes.dataPath(row))
    for (const camera of videos.keys()) use(episodes.videoPath(row, camera))
  }
  return used
}

const isNamedByEpisode = (path: string, { version }: DatasetFacts) =>
  version.major === 3 && /episode_\d+\.parquet$/.test(path)
