import type { Editable } from "../editable.ts"
import type { Injections } from "../injection.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const INFO = "meta/info.json"
const DATA = /^data\/.*\.parquet$/
const VIDEO = /^videos\/.*\.mp4$/
/** Beyond paths, what misses its files makes these fire. */
export const MISSING = [
  "IDX-GLOBAL",
  "PATH-ORPHAN-FILE",
  "TASK-UNUSED",
  "EP-FILE-INDEX",
  "ST-MATCH-DATA",
  "VID-CAM-LEN",
]

/** Episodes whose rows lie in a file. */
async function episodeIn(dataset: Editable, path: string): Promise<number> {
  const named = /episode_(\d+)\./.exec(path)
  if (named) return Number(named[1])
  return (await dataset.table(path)).column("episode_index").data[0] as number
}

export const pathInjections: Injections = [
  {
    rule: "PATH-NESTED-ROOT",
    what: "the dataset lies in a folder",
    versions: ALL,
    apply(dataset, strength) {
      const folder = ["train", "a/b", "sample data"][strength]!
      for (const path of dataset.paths(/./)) dataset.rename(path, `${folder}/${path}`)
      return { path: `${folder}/${INFO}` }
    },
  },
  {
    rule: "PATH-TEMPLATE",
    what: "data_path is no template of the version",
    versions: ALL,
    apply(dataset, strength) {
      dataset.json(INFO, (info) => {
        const text = info["data_path"] as string
        info["data_path"] = [
          text.replace(/\{(?:episode_chunk|chunk_index)/, "{chunk"),
          text.replace(/\{(?:episode|file)_index:0\dd\}/, "000000"),
          "data/{0}/{1.parquet",
        ][strength]
      })
      return { path: INFO, feature: "data_path", also: ["PATH-RESOLVE-DATA", ...MISSING] }
    },
  },
  {
    rule: "PATH-RESOLVE-DATA",
    what: "a data file is gone",
    versions: ALL,
    async apply(dataset, strength) {
      const paths = dataset.paths(DATA)
      const path = paths.at(-1 - (strength % paths.length))!
      const episode = await episodeIn(dataset, path)
      dataset.remove(path)
      return { path, episode, also: MISSING }
    },
  },
  {
    rule: "PATH-RESOLVE-VIDEO",
    what: "a video is gone",
    versions: ALL,
    apply(dataset, strength) {
      const paths = dataset.paths(VIDEO)
      if (paths.length === 0) return undefined
      const path = paths.at(-1 - (strength % paths.length))!
      dataset.remove(path)
      return { path, also: MISSING }
    },
  },
  {
    rule: "PATH-ORPHAN-FILE",
    what: "a file of data or video belongs to no episode",
    versions: ALL,
    apply(dataset, strength) {
      const videos = dataset.paths(VIDEO)
      const from = strength > 0 && videos.length ? videos.at(-1)! : dataset.paths(DATA).at(-1)!
      const path = from.replace(
        /(\d{3,})(\.\w+)$/,
        (_, number: string, end: string) => `${"9".repeat(number.length - strength)}${"8".repeat(strength)}${end}`,
      )
      dataset.set(path, dataset.bytes(from))
      return { path, also: ["IDX-GLOBAL", "EP-V2-FILENAME", "EP-FILE-INDEX", "VID-FRAMES-V3"] }
    },
  },
  {
    rule: "PATH-FILE-GAP",
    what: "a number is left out",
    versions: ["v3.0"],
    apply(dataset, strength) {
      const from = dataset.paths(DATA).at(-1)!
      const [, head, number] = /^(.*\/file-)(\d+)\.parquet$/.exec(from)!
      const path = `${head}${String(Number(number) + 2 + strength).padStart(3, "0")}.parquet`
      dataset.set(path, dataset.bytes(from))
      return { path, also: ["PATH-ORPHAN-FILE", "IDX-GLOBAL", "EP-FILE-INDEX"] }
    },
  },
  {
    rule: "PATH-LEXSORT",
    what: "a number has four digits",
    versions: ["v3.0"],
    apply(dataset, strength) {
      const from = dataset.paths(DATA).at(-1)!
      const path = [
        "data/chunk-000/file-1000.parquet",
        "data/chunk-1000/file-000.parquet",
        "data/chunk-12345/file-999.parquet",
      ][strength]!
      dataset.set(path, dataset.bytes(from))
      return { path, also: ["PATH-ORPHAN-FILE", "IDX-GLOBAL", "EP-FILE-INDEX"] }
    },
  },
  {
    rule: "PATH-BACKSLASH",
    what: "folders are written with backslashes",
    versions: ALL,
    apply(dataset, strength) {
      const from = dataset.paths(DATA).at(-1 - strength) ?? dataset.paths(DATA)[0]!
      const path = strength === 2 ? from.replaceAll("/", "%5C") : from.replaceAll("/", "\\")
      dataset.rename(from, path)
      return { path, also: ["PATH-RESOLVE-DATA", ...MISSING] }
    },
  },
]
