import type { Editable } from "../editable.ts"
import type { Injected, Injections, Strength } from "../injection.ts"

const INFO = "meta/info.json"
const ALL = ["v2.0", "v2.1", "v3.0"] as const
const DATA = /^data\/.*\.parquet$/

type Feature = Record<string, unknown>

/** Changes the declaration of one feature that `choose` accepts. */
function declare(
  dataset: Editable,
  choose: (feature: Feature, name: string) => boolean,
  edit: (feature: Feature) => void,
): Injected | undefined {
  let feature: string | undefined
  dataset.json(INFO, (info) => {
    const all = info["features"] as Record<string, Feature>
    feature = Object.keys(all).find((name) => choose(all[name]!, name))
    if (feature !== undefined) edit(all[feature]!)
  })
  return feature === undefined ? undefined : { path: INFO, feature }
}

const isVector = (feature: Feature) =>
  feature["dtype"] === "float32" &&
  JSON.stringify(feature["shape"]) !== "[1]" &&
  (feature["shape"] as unknown[]).length === 1
const isVideo = (feature: Feature) => feature["dtype"] === "video"
const isPicture = (feature: Feature) => isVideo(feature) || feature["dtype"] === "image"
const hasNames = (feature: Feature) =>
  isVector(feature) && Array.isArray(feature["names"]) && (feature["names"] as unknown[]).length > 1

const onDeclaration =
  (
    choose: (feature: Feature, name: string) => boolean,
    edit: (feature: Feature, strength: Strength) => void,
    also: string[] = [],
  ) =>
  (dataset: Editable, strength: Strength) => {
    const injected = declare(dataset, choose, (feature) => edit(feature, strength))
    return injected && { ...injected, also }
  }

/** What is written under `info` or `video_info`. */
const videoInfo = (feature: Feature) => (feature["info"] ?? feature["video_info"] ?? (feature["info"] = {})) as Feature

const COLUMNS = [
  "FEAT-COL-TYPE",
  "FEAT-COL-LIST",
  "FEAT-SCHEMA-DRIFT",
  "FEAT-PHANTOM",
  "VAL-VEC-LEN",
  "ST-SHAPE",
  "ST-FEATURES",
  "ST-MATCH-DATA",
  "FEAT-NAMES-LEN",
]

/** Changes one data file; the dataset then has two schemas. */
const onColumn =
  (
    name: string,
    edit: (
      column: { name: string; type: string; depth?: number; data: readonly unknown[] },
      strength: Strength,
    ) => void,
    also: string[],
  ) =>
  async (dataset: Editable, strength: Strength): Promise<Injected> => {
    const paths = dataset.paths(DATA)
    for (const path of paths) await dataset.table(path, (table) => edit(table.column(name), strength))
    return { path: paths[0]!, feature: name, also: [...COLUMNS, ...also] }
  }

export const featureInjections: Injections = [
  {
    rule: "FEAT-DTYPE",
    what: "a dtype nobody knows",
    versions: ALL,
    apply: onDeclaration(
      isVector,
      (feature, strength) => (feature["dtype"] = ["float", "object", null][strength]),
      COLUMNS,
    ),
  },
  {
    rule: "FEAT-SHAPE",
    what: "a shape that is none",
    versions: ALL,
    apply: onDeclaration(isVector, (feature, strength) => (feature["shape"] = [[6.5], [], [null]][strength]), COLUMNS),
  },
  {
    rule: "FEAT-NAMES-MISSING",
    what: "the key names is missing",
    versions: ALL,
    apply: onDeclaration(
      (_, name) => name !== "index",
      (feature) => delete feature["names"],
    ),
  },
  {
    rule: "FEAT-NAMES-LEN",
    what: "more or fewer names than values",
    versions: ALL,
    apply: onDeclaration(hasNames, (feature, strength) => {
      const names = feature["names"] as string[]
      feature["names"] = [names.slice(0, -1), [...names, "extra"], [...names, ...names.map((name) => `${name}_2`)]][
        strength
      ]
    }),
  },
  {
    rule: "FEAT-NAMES-DUP",
    what: "a name twice",
    versions: ALL,
    apply: onDeclaration(hasNames, (feature, strength) => {
      const names = [...(feature["names"] as string[])]
      names[names.length - 1] = names[strength % (names.length - 1)]!
      feature["names"] = names
    }),
  },
  {
    rule: "FEAT-DEFAULTS",
    what: "a default feature is missing or of another type",
    versions: ALL,
    apply(dataset, strength) {
      const name = ["frame_index", "timestamp", "index"][strength]!
      dataset.json(INFO, (info) => {
        const all = info["features"] as Record<string, Feature>
        if (strength === 1) all[name]!["dtype"] = "float64"
        else delete all[name]
      })
      return { path: INFO, feature: name, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-NO-ACTION",
    what: "no feature is an action",
    versions: ALL,
    apply(dataset) {
      dataset.json(INFO, (info) => {
        const all = info["features"] as Record<string, Feature>
        for (const name of Object.keys(all)) if (/action/i.test(name)) delete all[name]
      })
      return { path: INFO, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-NO-OBS",
    what: "no feature is an observation",
    versions: ALL,
    apply(dataset) {
      dataset.json(INFO, (info) => {
        const all = info["features"] as Record<string, Feature>
        for (const name of Object.keys(all))
          if (/observation|image|state/i.test(name) || isPicture(all[name]!)) delete all[name]
      })
      return { path: INFO, also: [...COLUMNS, "PATH-ORPHAN-FILE"] }
    },
  },
  {
    rule: "FEAT-IMG-SHAPE",
    what: "a picture's shape is none",
    versions: ALL,
    apply: onDeclaration(
      isPicture,
      (feature, strength) => {
        const [a, b] = (feature["shape"] as number[]).filter((size) => size > 4)
        feature["shape"] = [
          [a, b, 2],
          [a, b],
          [a, a, b],
        ][strength]
      },
      ["VID-SIZE", "IMG-SIZE", "ST-SHAPE"],
    ),
  },
  {
    rule: "FEAT-IMG-NAME-TRAP",
    what: "a vector has image in its name",
    versions: ALL,
    apply(dataset, strength) {
      const name = ["image_embedding", "observation.image_quality", "images_seen"][strength]!
      dataset.json(
        INFO,
        (info) => ((info["features"] as Record<string, Feature>)[name] = { dtype: "float32", shape: [4], names: null }),
      )
      return { path: INFO, feature: name, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-CALIB-ERA",
    what: "joint names of two eras",
    versions: ALL,
    apply: onDeclaration(hasNames, (feature, strength) => {
      const names = [...(feature["names"] as string[])]
      names[0] = ["main_shoulder_pan", "left_main_elbow", "main_gripper"][strength]!
      names[1] = "shoulder_lift.pos"
      feature["names"] = names
    }),
  },
  {
    rule: "FEAT-VIDEO-NOPATH",
    what: "video_path is null",
    versions: ALL,
    apply(dataset, strength) {
      const all = dataset.info["features"] as Record<string, Feature>
      const feature = Object.keys(all).find((name) => isVideo(all[name]!))
      if (!feature) return undefined
      dataset.json(INFO, (info) => {
        if (strength === 2) delete info["video_path"]
        else info["video_path"] = null
      })
      return { path: INFO, feature, also: ["PATH-ORPHAN-FILE", "INFO-KEYS"] }
    },
  },
  {
    rule: "FEAT-INFO-VIDEO",
    what: "a video says nothing of itself",
    versions: ALL,
    apply: onDeclaration(isVideo, (feature, strength) => {
      if (strength > 0) return (delete feature["info"], delete feature["video_info"])
      return delete videoInfo(feature)["video.codec"]
    }),
  },
  {
    rule: "FEAT-INFO-BOTH",
    what: "both info and video_info",
    versions: ALL,
    apply: onDeclaration(
      isVideo,
      (feature, strength) => {
        feature["video_info"] = {
          ...videoInfo(feature),
          ...(strength > 0 && { "video.codec": "other", "video.crf": strength }),
        }
        feature["info"] ??= {}
      },
      ["FEAT-CODEC-NAME", "VID-CODEC"],
    ),
  },
  {
    rule: "FEAT-VFPS",
    what: "a video's rate is another",
    versions: ALL,
    apply: onDeclaration(isVideo, (feature, strength) => {
      const info = videoInfo(feature)
      info["video.fps"] = ((info["video.fps"] as number | undefined) ?? 30) * [1.02, 2, 100][strength]!
    }),
  },
  {
    rule: "FEAT-CODEC-NAME",
    what: "a codec by its encoder's name",
    versions: ALL,
    apply: onDeclaration(
      isVideo,
      (feature, strength) => (videoInfo(feature)["video.codec"] = ["libx264", "avc1", "mp4v"][strength]),
      ["VID-CODEC"],
    ),
  },
  {
    rule: "FEAT-DEPTH-LEGACY",
    what: "a depth map without a range",
    versions: ALL,
    apply: onDeclaration(isVideo, (feature, strength) => {
      const info = videoInfo(feature)
      for (const key of Object.keys(info))
        if (/depth_|shift|use_log/.test(key) && !key.includes("is_depth")) delete info[key]
      info[strength === 1 ? "video.is_depth_map" : "is_depth_map"] = true
    }),
  },
  {
    rule: "FEAT-PHANTOM",
    what: "a declared feature has no column, or a column is not declared",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      if (strength === 2) {
        await dataset.table(path, (table) => {
          table.columns.push({ name: "reward_raw", type: "float32", data: table.columns[0]!.data.map(() => 1) })
        })
        return { path, feature: "reward_raw", also: COLUMNS }
      }
      const name = ["next.progress", "observation.smell"][strength]!
      dataset.json(
        INFO,
        (info) => ((info["features"] as Record<string, Feature>)[name] = { dtype: "float32", shape: [1], names: null }),
      )
      return { path: dataset.paths(DATA)[0]!, feature: name, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-VIDEO-COLUMN",
    what: "a video has a column",
    versions: ALL,
    async apply(dataset) {
      const all = dataset.info["features"] as Record<string, Feature>
      const feature = Object.keys(all).find((name) => isVideo(all[name]!))
      if (!feature) return undefined
      const path = dataset.paths(DATA).at(-1)!
      await dataset.table(path, (table) => {
        table.columns.push({ name: feature, type: "string", data: table.columns[0]!.data.map(() => "videos/x.mp4") })
      })
      return { path, feature, also: COLUMNS }
    },
  },
  {
    rule: "FEAT-COL-TYPE",
    what: "a column is of another type",
    versions: ALL,
    apply: onColumn(
      "timestamp",
      (column, strength) => {
        if (strength === 2) Object.assign(column, { type: "string", data: column.data.map(String) })
        else column.type = strength === 0 ? "float64" : "int64"
        if (strength === 1) column.data = column.data.map((value) => Math.round(value as number))
      },
      ["TS-FOOTER", "TS-STEP", "TS-LATTICE", "TS-MONO", "TS-GAP", "TS-RATE", "FEAT-HF-META", "ST-PARQUET-XCHECK"],
    ),
  },
  {
    rule: "FEAT-COL-LIST",
    what: "a single value is a list",
    versions: ALL,
    apply: onColumn(
      "timestamp",
      (column, strength) => {
        column.depth = 1 + Number(strength > 0)
        column.data = column.data.map((value) => (strength > 0 ? [[value]] : [value]))
      },
      ["TS-FOOTER", "TS-STEP", "TS-LATTICE", "TS-MONO", "FEAT-HF-META", "ST-PARQUET-XCHECK"],
    ),
  },
  {
    rule: "FEAT-HF-META",
    what: "a data file has lost its description",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1 - strength) ?? dataset.paths(DATA)[0]!
      await dataset.table(path, (table) => (table.metadata = {}))
      return { path }
    },
  },
  {
    rule: "FEAT-SCHEMA-DRIFT",
    what: "one data file has another column",
    versions: ALL,
    async apply(dataset, strength) {
      const paths = dataset.paths(DATA)
      // Of two files nobody can say which is the odd one.
      if (paths.length < 3) return undefined
      const path = paths.at(-1 - strength)!
      await dataset.table(path, (table) => {
        const column = table.column("timestamp")
        if (strength === 0) column.type = "float64"
        else if (strength === 1) table.columns.push({ name: "note", type: "string", data: column.data.map(() => "") })
        else table.columns = table.columns.filter((each) => each !== column)
      })
      return { path, also: [...COLUMNS, "TS-FOOTER", "ST-PARQUET-XCHECK"] }
    },
  },
]
