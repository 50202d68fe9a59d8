import type { Editable } from "../editable.ts"
import type { Injections } from "../injection.ts"
import { EditableMp4 } from "../mp4-edit.ts"
import { cameraOf, episodesIn, longest, onVideo, placeOf, videosOf } from "../video-places.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
/** What may follow when times of frames are moved. */
const TIMES = ["VID-CFR", "VID-DTS", "VID-DRIFT", "VID-FRAMES-V2", "VID-FRAMES-V3", "VID-RANGE-END", "VID-START"]

/** The four letters of the sample entry. */
const setFourcc = (mp4: EditableMp4, fourcc: string) =>
  mp4.patch(mp4.table("stsd"), (body) => body.write(fourcc, 12, "latin1"))

const size = (mp4: EditableMp4) => {
  const body = mp4.body(mp4.table("stsd"))
  return { width: body.readUInt16BE(40), height: body.readUInt16BE(42) }
}

const setSize = (mp4: EditableMp4, width: number, height: number) =>
  mp4.patch(mp4.table("stsd"), (body) => {
    body.writeUInt16BE(width, 40)
    body.writeUInt16BE(height, 42)
  })

/** Times of the frames as they are shown, moved by `edit`, which gets the ticks of one frame. */
function retime(mp4: EditableMp4, edit: (deltas: number[], step: number) => void) {
  mp4.refine(512)
  mp4.setEdit(mp4.editStart)
  const deltas = mp4.values("stts")
  edit(deltas, deltas[0]!)
  mp4.setValues("stts", deltas)
}

export const videoInjections: Injections = [
  {
    rule: "VID-OPEN",
    what: "a file ends early, or has no index",
    versions: ALL,
    apply(dataset, strength) {
      const path = videosOf(dataset).at(-1 - strength)
      if (path === undefined) return undefined
      const bytes = dataset.bytes(path)
      if (strength === 1) {
        const mp4 = new EditableMp4(bytes)
        mp4.remove("moov")
        dataset.set(path, mp4.toBytes())
      } else dataset.set(path, bytes.subarray(0, strength === 0 ? bytes.length - 1 : bytes.length >> 1))
      return { path, feature: cameraOf(path) }
    },
  },
  {
    rule: "VID-OPEN",
    what: "frames are listed in fragments",
    versions: ALL,
    apply: onVideo((mp4) => {
      mp4.set("moov/mvex", new Uint8Array())
      mp4.sizes((sizes) => sizes.splice(0))
      mp4.setValues("stts", [])
    }),
  },
  {
    rule: "VID-CODEC",
    what: "a file is coded in another way",
    versions: ALL,
    apply: onVideo((mp4, strength) => {
      const isHevc = mp4.body(mp4.table("stsd")).toString("latin1", 12, 16) === "hev1"
      setFourcc(mp4, [isHevc ? "avc1" : "hev1", "mp4v", "xvid"][strength]!)
    }),
  },
  {
    rule: "VID-BROWSER",
    what: "a codec that browsers do not know",
    versions: ALL,
    apply: onVideo((mp4, strength) => setFourcc(mp4, ["hev1", "mp4v", "apcn"][strength]!), ["VID-CODEC"]),
  },
  {
    rule: "VID-SIZE",
    what: "a file is of another size",
    versions: ALL,
    apply: onVideo((mp4, strength) => {
      const { width, height } = size(mp4)
      if (strength === 1 && width === height) return false
      const changed = (
        [
          [width + 1, height],
          [height, width],
          [width * 2, height * 2],
        ] as const
      )[strength]
      setSize(mp4, changed[0], changed[1])
    }),
  },
  {
    rule: "VID-FASTSTART",
    what: "the index lies behind the frames",
    versions: ALL,
    apply: onVideo((mp4) => mp4.moveIndexToEnd()),
  },
  {
    rule: "VID-AUDIO",
    what: "sound that is not declared, or declared and not there",
    versions: ALL,
    apply(dataset, strength) {
      const path = videosOf(dataset).at(-1)
      if (path === undefined) return undefined
      const feature = (dataset.info["features"] as Record<string, Record<string, unknown>>)[cameraOf(path)]!
      const info = (feature["info"] ?? feature["video_info"]) as Record<string, unknown> | undefined
      if (info?.["has_audio"] !== false) return undefined
      if (strength === 1) {
        dataset.json("meta/info.json", (whole) => {
          const own = (whole["features"] as Record<string, Record<string, Record<string, unknown>>>)[cameraOf(path)]!
          ;(own["info"] ?? own["video_info"])!["has_audio"] = true
        })
        return { feature: cameraOf(path) }
      }
      const mp4 = new EditableMp4(dataset.bytes(path))
      for (let track = 0; track <= strength; track++) mp4.addTrack("soun")
      dataset.set(path, mp4.toBytes())
      return placeOf(path)
    },
  },
  {
    rule: "VID-FPS",
    what: "a file runs at another rate",
    versions: ALL,
    apply: onVideo((mp4, strength) => {
      mp4.refine(1000)
      mp4.setTimescale(Math.round(mp4.timescale * [1.0102, 1.5, 4][strength]!))
    }),
  },
  {
    rule: "VID-CFR",
    what: "a frame comes late, or the rate varies",
    versions: ALL,
    async apply(dataset, strength) {
      const path = longest(videosOf(dataset), dataset)
      if (path === undefined) return undefined
      const mp4 = new EditableMp4(dataset.bytes(path))
      const fps = dataset.info["fps"] as number
      const middle = await middleOf(dataset, path)
      retime(mp4, (deltas, step) => {
        // Just beyond what joins of old ffmpeg leave, a lost frame, and a phone.
        if (strength === 0) deltas[middle.frame]! += Math.ceil(step * fps * 0.0013)
        else if (strength === 1) deltas[middle.frame]! += step
        else for (let at = 0; at < deltas.length; at += 2) deltas[at]! += Math.round(step * 0.2 * ((at % 3) - 1))
      })
      dataset.set(path, mp4.toBytes())
      const also = TIMES
      return strength === 2 ? { ...placeOf(path), also } : { ...placeOf(path), episode: middle.episode, also }
    },
  },
  {
    rule: "VID-START",
    what: "the first frame is shown later",
    versions: ALL,
    apply: onVideo((mp4, strength, fps) => {
      mp4.refine(512)
      const perSecond = mp4.timescale
      const late = Math.ceil(perSecond * [0.00012, 0.6 / fps, 2 / fps][strength]!)
      const { editStart } = mp4
      if (mp4.has("moov/trak/edts")) mp4.remove("moov/trak/edts")
      mp4.setValues(
        "ctts",
        mp4.values("ctts").map((offset) => offset - editStart + late),
        1,
      )
    }),
  },
  {
    rule: "VID-DTS",
    what: "times stand still, go back, or have no sign",
    versions: ALL,
    apply: onVideo((mp4, strength) => {
      const middle = mp4.frames >> 1
      if (strength === 1) {
        mp4.refine(512)
        mp4.setEdit(mp4.editStart)
        const offsets = mp4.values("ctts")
        offsets[middle] = -1
        return mp4.setValues("ctts", offsets)
      }
      retime(mp4, (deltas, step) => (deltas[middle] = strength === 0 ? 0 : -step))
    }, TIMES),
  },
  {
    rule: "VID-GOP",
    what: "key frames are far apart",
    versions: ALL,
    apply: onVideo(
      (mp4, strength, fps) => {
        if (mp4.frames <= 2 * fps) return false
        mp4.sync = [[1, Math.floor(2 * fps) + 2], [1], []][strength]!.filter((number) => number <= mp4.frames)
      },
      [],
      longest,
    ),
  },
  {
    rule: "VID-BITRATE",
    what: "frames have next to no bytes",
    versions: ALL,
    apply: onVideo(
      (mp4, strength, fps) => {
        const { width, height } = size(mp4)
        const still = Math.ceil(2.2 * fps)
        if (strength === 1 && mp4.frames > still + 10) {
          const keys = new Set(mp4.sync)
          return mp4.sizes((sizes) => {
            for (let at = 5; at < 5 + still; at++) if (!keys.has(at + 1)) sizes[at] = 1
          })
        }
        const bytes = strength === 2 ? 0 : Math.max(0, Math.ceil(0.0005 * width * height) - 1)
        mp4.sizes((sizes) => sizes.fill(bytes))
      },
      [],
      longest,
    ),
  },
]

/** The frame in the middle of a file's last episode, and whose it is. */
async function middleOf(dataset: Editable, path: string): Promise<{ frame: number; episode: number }> {
  if (dataset.paths(/^meta\/episodes\/.*\.parquet$/).length === 0) {
    return { frame: new EditableMp4(dataset.bytes(path)).frames >> 1, episode: placeOf(path).episode! }
  }
  const rows = await episodesIn(dataset, path)
  const last = rows.at(-1)!
  const before = rows.slice(0, -1).reduce((sum, { length }) => sum + length, 0)
  return { frame: before + (last.length >> 1), episode: last.episode }
}
