import type { Injections } from "../injection.ts"
import { EditableMp4 } from "../mp4-edit.ts"
import { cameraOf, episodesIn, longest, onVideo, onWindow, placeOf, setWindow, videosOf } from "../video-places.ts"

const V2 = ["v2.0", "v2.1"] as const
const V3 = ["v3.0"] as const
const EPISODES = /^meta\/episodes\/.*\.parquet$/

export const videoWindowInjections: Injections = [
  {
    rule: "VID-FRAMES-V2",
    what: "the last frames are missing",
    versions: V2,
    // With B-frames the last ones decoded are not the last ones shown.
    apply: onVideo((mp4, strength) => mp4.drop([1, 5, mp4.frames >> 1][strength]!), ["VID-CFR"]),
  },
  {
    rule: "VID-FRAMES-V2",
    what: "frames too many",
    versions: V2,
    apply: onVideo((mp4, strength) => mp4.append([1, 20, 500][strength]!), ["VID-CFR", "VID-DTS"]),
  },
  {
    rule: "VID-FRAMES-V2",
    what: "the edit list hides the first frames",
    versions: V2,
    apply: onVideo((mp4, strength) => mp4.setEdit(mp4.editStart + mp4.values("stts")[0]! * [1, 2, 10][strength]!)),
  },
  {
    rule: "VID-FRAMES-V3",
    what: "the last frames are missing",
    versions: V3,
    async apply(dataset, strength) {
      const path = videosOf(dataset).at(-1)
      if (path === undefined) return undefined
      const rows = await episodesIn(dataset, path)
      const mp4 = new EditableMp4(dataset.bytes(path))
      mp4.drop([1, 3, 20][strength]!)
      dataset.set(path, mp4.toBytes())
      return { path, feature: cameraOf(path), episode: rows.at(-1)!.episode, also: ["VID-CFR"] }
    },
  },
  {
    rule: "VID-FRAMES-V3",
    what: "frames of no episode",
    versions: V3,
    async apply(dataset, strength) {
      const path = videosOf(dataset).at(-1)
      if (path === undefined) return undefined
      const rows = await episodesIn(dataset, path)
      const mp4 = new EditableMp4(dataset.bytes(path))
      mp4.append([1, 20, 500][strength]!)
      dataset.set(path, mp4.toBytes())
      return { path, feature: cameraOf(path), episode: rows.at(-1)!.episode }
    },
  },
  {
    rule: "VID-RANGE-LEN",
    what: "a window is not as long as its episode",
    versions: V3,
    apply: onWindow(
      ({ to }, strength, fps) => ({ to: to + [-1, -7, 20][strength]! / fps }),
      ["VID-RANGE-ORDER", "VID-RANGE-END", "VID-CAM-LEN"],
    ),
  },
  {
    rule: "VID-RANGE-LEN",
    what: "every window ends at its last frame",
    versions: V3,
    async apply(dataset, strength) {
      const path = videosOf(dataset)[0]
      if (path === undefined || strength > 0) return undefined
      const camera = cameraOf(path)
      const fps = dataset.info["fps"] as number
      await dataset.tables(EPISODES, (table) => {
        const column = table.column(`videos/${camera}/to_timestamp`)
        column.data = column.data.map((to) => (to as number) - 1 / fps)
      })
      return { feature: camera, also: ["VID-CAM-LEN"] }
    },
  },
  {
    rule: "VID-RANGE-ORDER",
    what: "a window begins before the one before it ends, or before the file",
    versions: V3,
    apply: onWindow(
      ({ from, to }, strength, fps) => {
        const by = [1 / fps, 10 / fps, from + 5 / fps][strength]!
        return { from: from - by, to: to - by }
      },
      ["VID-DRIFT", "VID-FRAMES-V3"],
      { least: 2 },
    ),
  },
  {
    rule: "VID-RANGE-ORDER",
    what: "two episodes are exchanged",
    versions: V3,
    async apply(dataset, strength) {
      for (const path of videosOf(dataset)) {
        const rows = await episodesIn(dataset, path)
        if (rows.length < 2 + strength) continue
        const [a, b] = [rows[0]!, rows[1 + strength]!]
        await setWindow(dataset, a, cameraOf(path), { from: b.from, to: b.to })
        await setWindow(dataset, b, cameraOf(path), { from: a.from, to: a.to })
        const also = ["VID-DRIFT", "VID-RANGE-LEN", "VID-CAM-LEN", "VID-FRAMES-V3"]
        return { path, feature: cameraOf(path), episode: a.episode, also }
      }
      return undefined
    },
  },
  {
    rule: "VID-RANGE-END",
    what: "a window lies behind the end of its file",
    versions: V3,
    apply: onWindow(({ from, to }, strength) => {
      const by = [to - from, 10, 1e6][strength]!
      return { from: from + by, to: to + by }
    }, []),
  },
  {
    rule: "VID-DRIFT",
    what: "a window begins between two frames, or at another one",
    versions: V3,
    apply: onWindow(
      ({ from, to }, strength, fps) => {
        const by = [0.00015, 0.01, 1 / fps][strength]!
        return { from: from + by, to: to + by }
      },
      ["VID-RANGE-END"],
    ),
  },
  {
    rule: "VID-DRIFT",
    what: "a video is a little slower",
    versions: V2,
    apply: onVideo(
      (mp4, strength, fps) => {
        const seconds = (mp4.frames - 1) / fps
        mp4.refine(1000)
        mp4.setEdit(mp4.editStart)
        mp4.setTimescale(Math.round(mp4.timescale / (1 + [0.00015 / seconds, 0.003, 0.0095][strength]!)))
      },
      [],
      longest,
    ),
  },
  {
    rule: "VID-CAM-FILES",
    what: "a camera's file has another number",
    versions: V3,
    async apply(dataset, strength) {
      const path = videosOf(dataset).at(-1)
      if (path === undefined) return undefined
      const camera = cameraOf(path)
      const rows = await episodesIn(dataset, path)
      const file = [1, 7, 99][strength]!
      const renamed = path.replace(/file-\d+/, `file-${String(file).padStart(3, "0")}`)
      if (dataset.files.has(renamed)) return undefined
      dataset.rename(path, renamed)
      for (const { shard, at } of rows) {
        await dataset.table(shard, (table) => {
          ;(table.column(`videos/${camera}/file_index`).data as number[])[at] = file
        })
      }
      return { path: renamed, feature: camera, episode: rows[0]!.episode }
    },
  },
  {
    rule: "VID-CAM-LEN",
    what: "one camera's window is shorter or longer",
    versions: V3,
    async apply(dataset, strength) {
      const path = videosOf(dataset).at(-1)
      if (path === undefined || new Set(videosOf(dataset).map(cameraOf)).size < 2) return undefined
      const row = (await episodesIn(dataset, path)).at(-1)!
      const fps = dataset.info["fps"] as number
      await setWindow(dataset, row, cameraOf(path), { to: row.to + [-1, -9, 30][strength]! / fps })
      const also = ["VID-RANGE-LEN", "VID-RANGE-ORDER", "VID-RANGE-END"]
      return { path, feature: cameraOf(path), episode: row.episode, also }
    },
  },
  {
    rule: "VID-CAM-LEN",
    what: "one camera lost frames of an episode that the table does not list",
    versions: V2,
    apply(dataset, strength) {
      const path = videosOf(dataset).at(-1)
      if (path === undefined || new Set(videosOf(dataset).map(cameraOf)).size < 2) return undefined
      const text = dataset.text("meta/episodes.jsonl").trimEnd()
      dataset.set("meta/episodes.jsonl", text.slice(0, -5))
      const mp4 = new EditableMp4(dataset.bytes(path))
      mp4.drop([1, 4, 15][strength]!)
      dataset.set(path, mp4.toBytes())
      return { ...placeOf(path), also: ["EP-JSONL-SYNTAX", "PATH-ORPHAN-FILE", "INFO-TOTAL-EP", "ST-EP-BIJECTION"] }
    },
  },
]
