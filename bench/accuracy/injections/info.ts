import type { Editable } from "../editable.ts"
import type { Injections, Strength } from "../injection.ts"

const INFO = "meta/info.json"
const ALL = ["v2.0", "v2.1", "v3.0"] as const
const V2 = ["v2.0", "v2.1"] as const

/** Sets one key of info.json to one of three values; undefined removes it. */
const setting =
  (key: string, values: (info: Record<string, unknown>) => unknown[]) => (dataset: Editable, strength: Strength) => {
    dataset.json(INFO, (info) => {
      const value = values(info)[strength]
      if (value === undefined) delete info[key]
      else info[key] = value
    })
    return { path: INFO, feature: key }
  }

const features = (dataset: Editable, edit: (features: Record<string, Record<string, unknown>>) => void) =>
  dataset.json(INFO, (info) => edit(info["features"] as Record<string, Record<string, unknown>>))

export const infoInjections: Injections = [
  {
    rule: "INFO-JSON",
    what: "info.json is cut off, or no object",
    versions: ALL,
    apply(dataset, strength) {
      const text = dataset.text(INFO)
      dataset.set(INFO, [text.trimEnd().slice(0, -1), text.slice(0, text.length / 2), "[]"][strength]!)
      return { path: INFO }
    },
  },
  {
    rule: "INFO-JSON-NAN",
    what: "a number is a bare NaN or Infinity",
    versions: ALL,
    apply(dataset, strength) {
      const token = ["NaN", "Infinity", "-Infinity"][strength]!
      dataset.set(INFO, dataset.text(INFO).replace("{", `{"note": ${token},`))
      return { path: INFO }
    },
  },
  {
    rule: "INFO-ENCODING",
    what: "info.json has a byte order mark, or is windows-1252",
    versions: ALL,
    apply(dataset, strength) {
      const bytes = dataset.bytes(INFO)
      if (strength === 0) dataset.set(INFO, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]))
      else {
        const text = dataset.text(INFO).replace("{", `{"place": "${["", "Zürich", "Besançon – été"][strength]}",`)
        dataset.set(INFO, Buffer.from(text.replaceAll("–", "-"), "latin1"))
      }
      return { path: INFO }
    },
  },
  {
    rule: "INFO-KEYS",
    what: "a key every reader needs is missing",
    versions: ALL,
    apply(dataset, strength) {
      const key = ["data_path", "fps", "features"][strength]!
      dataset.json(INFO, (info) => delete info[key])
      return {
        path: INFO,
        feature: key,
        also: ["FEAT-DEFAULTS", "PATH-RESOLVE-DATA", "PATH-ORPHAN-FILE", "FEAT-PHANTOM", "PATH-RESOLVE-VIDEO"],
      }
    },
  },
  {
    rule: "INFO-UNKNOWN-KEY",
    what: "info.json has keys of its own",
    versions: ALL,
    apply: setting("stats", () => [{}, 1, { a: [1, 2] }]),
  },
  {
    rule: "INFO-FPS",
    what: "fps is no rate",
    versions: ALL,
    apply(dataset, strength) {
      dataset.json(INFO, (info) => (info["fps"] = [0, -30, null][strength]))
      return { path: INFO, also: ["FEAT-VFPS"] }
    },
  },
  {
    rule: "INFO-FPS-INT",
    what: "fps is a fraction",
    versions: ALL,
    apply(dataset, strength) {
      dataset.json(INFO, (info) => (info["fps"] = (info["fps"] as number) + [0.01, -0.112, 0.5][strength]!))
      return {
        path: INFO,
        also: ["FEAT-VFPS", "TS-STEP", "TS-LATTICE", "TS-FOOTER", "TS-RATE", "VID-FPS", "VID-RANGE-LEN"],
      }
    },
  },
  {
    rule: "INFO-SIZES",
    what: "a size is 0 or none",
    versions: ALL,
    apply: setting("chunks_size", () => [0, -1, null]),
  },
  {
    rule: "INFO-CHUNKS",
    what: "total_chunks is wrong",
    versions: V2,
    apply: setting("total_chunks", () => [0, 2, 100]),
  },
  {
    rule: "INFO-CHUNK-SIZE-1000",
    what: "chunks_size is another",
    versions: V2,
    apply: setting("chunks_size", () => [1001, 2000, 10_000]),
  },
  ...(["total_episodes", "total_frames", "total_tasks"] as const).map((key, at) => ({
    rule: ["INFO-TOTAL-EP", "INFO-TOTAL-FRAMES", "INFO-TOTAL-TASKS"][at]!,
    what: `${key} is not what is listed`,
    versions: ALL,
    apply: (dataset: Editable, strength: Strength) => ({
      ...setting(key, (info) => [
        (info[key] as number) + 1,
        Math.max(0, (info[key] as number) - 1),
        (info[key] as number) + 1000,
      ])(dataset, strength),
      also: ["INFO-SPLITS", "INFO-CHUNKS", "INFO-EMPTY"],
    }),
  })),
  {
    rule: "INFO-TOTAL-VIDEOS",
    what: "total_videos is wrong",
    versions: V2,
    apply: setting("total_videos", () => [1, 99, 12_345]),
  },
  {
    rule: "INFO-EMPTY",
    what: "no episode is declared",
    versions: ALL,
    apply(dataset) {
      dataset.json(INFO, (info) => (info["total_episodes"] = 0))
      return { path: INFO, also: ["INFO-TOTAL-EP"] }
    },
  },
  {
    rule: "INFO-SPLITS",
    what: "splits are stale, overlap, or leave episodes out",
    versions: ALL,
    apply: setting("splits", (info) => {
      const total = info["total_episodes"] as number
      return [{ train: `0:${total - 1}` }, { train: `0:${total}`, val: "1:2" }, { train: ["0:10"] }]
    }),
  },
  {
    rule: "INFO-ROBOT",
    what: "robot_type says nothing",
    versions: ALL,
    apply: setting("robot_type", () => ["unknown", "", null]),
  },
  {
    rule: "INFO-NAME-SLASH",
    what: "a feature's name has a slash",
    versions: ALL,
    apply(dataset, strength) {
      const name = ["observation/gripper", "a/b/c", "/"][strength]!
      features(dataset, (all) => (all[name] = { dtype: "float32", shape: [1], names: null }))
      return { path: INFO, feature: name, also: ["FEAT-PHANTOM"] }
    },
  },
  {
    rule: "INFO-CASE-DUP",
    what: "two names differ by case only",
    versions: ALL,
    apply(dataset, strength) {
      let name = ""
      features(dataset, (all) => {
        const key = Object.keys(all).at([0, 1, -1][strength]!)!
        name = key.toUpperCase()
        all[name] = { ...all[key]!, dtype: "float32", shape: [1], names: null, info: undefined }
      })
      return { path: INFO, feature: name, also: ["FEAT-PHANTOM"] }
    },
  },
]
