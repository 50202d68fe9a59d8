import type { Injections } from "../injection.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const INFO = "meta/info.json"

export const repositoryInjections: Injections = [
  {
    rule: "REPO-NOINFO",
    what: "meta/info.json is gone",
    versions: ALL,
    apply(dataset) {
      dataset.remove(INFO)
      return { path: INFO }
    },
  },
  {
    rule: "REPO-V1",
    what: "the metadata lies in meta_data/",
    versions: ALL,
    apply(dataset) {
      const path = "meta_data/info.json"
      for (const each of dataset.paths(/^meta\//)) dataset.rename(each, each.replace("meta/", "meta_data/"))
      return { path }
    },
  },
  {
    rule: "REPO-DIR-LIMIT",
    what: "a folder holds more than 10,000 files",
    versions: ALL,
    apply(dataset, strength) {
      const folder = "annotations"
      for (let at = 0; at < [10_001, 12_000, 20_000][strength]!; at++) dataset.set(`${folder}/${at}.json`, "{}")
      return { path: folder }
    },
  },
  {
    rule: "VER-UNKNOWN",
    what: "codebase_version is no version there is",
    versions: ALL,
    apply(dataset, strength) {
      dataset.json(INFO, (info) => {
        const version = info["codebase_version"] as string
        info["codebase_version"] = [version.slice(1), `${version}.1`, "lerobot"][strength]
      })
      return { path: INFO }
    },
  },
  {
    rule: "VER-LAYOUT-MIX",
    what: "info.json declares the other version",
    versions: ALL,
    apply(dataset, strength) {
      dataset.json(INFO, (info) => {
        info["codebase_version"] = info["codebase_version"] === "v3.0" ? ["v2.1", "v2.0", "v2.1"][strength] : "v3.0"
      })
      return {
        also: [
          "PATH-TEMPLATE",
          "PATH-RESOLVE-DATA",
          "PATH-RESOLVE-VIDEO",
          "INFO-KEYS",
          "EP-COLS",
          "EP-PARQUET-OPEN",
          "TASK-ROW-ORDER",
          "PATH-ORPHAN-FILE",
          "VER-MIXED-LEFTOVER",
          "EP-V2-ROWS",
          "ST-MISSING",
          "ST-KEYS",
          "TAG-MISSING",
        ],
      }
    },
  },
  {
    rule: "VER-MIXED-LEFTOVER",
    what: "an episode's table of version 2 is left in data/",
    versions: ["v3.0"],
    apply(dataset, strength) {
      const path = `data/chunk-000/episode_00000${strength}.parquet`
      dataset.set(path, dataset.bytes(dataset.paths(/^data\/.*\.parquet$/)[0]!))
      return { path, also: ["IDX-GLOBAL", "EP-FILE-INDEX"] }
    },
  },
]
