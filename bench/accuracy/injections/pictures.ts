import type { Editable } from "../editable.ts"
import type { Injections, Strength } from "../injection.ts"
import { cameraOf, videosOf } from "../video-places.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const DATA = /^data\/.*\.parquet$/
const INFO = "meta/info.json"

type Feature = Record<string, unknown>
interface Picture {
  bytes: Uint8Array | null
  path: string | null
}

const imageOf = (dataset: Editable) =>
  Object.entries(dataset.info["features"] as Record<string, Feature>).find(([, { dtype }]) => dtype === "image")?.[0]

/** Changes pictures of one camera in the last data file. `edit` gets those of the last row and says what becomes of it. */
async function onPictures(
  dataset: Editable,
  edit: (pictures: Picture[]) => number | undefined,
): Promise<{ path: string; feature: string; episode?: number } | undefined> {
  const feature = imageOf(dataset)
  const path = dataset.paths(DATA).at(-1)
  if (feature === undefined || path === undefined) return undefined
  let episode: number | undefined
  await dataset.table(path, (table) => {
    const column = table.column(feature)
    const pictures = structuredClone(column.data) as Picture[]
    const row = edit(pictures)
    column.data = pictures
    if (row !== undefined) episode = table.column("episode_index").data[row] as number
  })
  return { path, feature, ...(episode !== undefined && { episode }) }
}

/** Another header of a PNG; the checksum is left wrong, nobody looks at it. */
function setHeader({ bytes }: Picture, edit: (header: Buffer) => void) {
  const header = Buffer.from(bytes!.buffer, bytes!.byteOffset + 16, 10)
  edit(header)
}

/** The last row, one in the middle, the first. */
const rowAt = (count: number, strength: Strength) => [count - 1, count >> 1, 0][strength]!

const declare = (dataset: Editable, feature: string, dtype: string) =>
  dataset.json(INFO, (info) => ((info["features"] as Record<string, Feature>)[feature]!["dtype"] = dtype))

export const pictureInjections: Injections = [
  {
    rule: "IMG-BYTES",
    what: "rows have a path and no bytes",
    versions: ALL,
    apply: (dataset, strength) =>
      onPictures(dataset, (pictures) => {
        const row = rowAt(pictures.length, strength)
        for (const [at, picture] of pictures.entries()) if (strength === 2 || at === row) picture.bytes = null
        return strength === 2 ? undefined : row
      }),
  },
  {
    rule: "IMG-BYTES",
    what: "bytes are no picture",
    versions: ALL,
    apply: (dataset, strength) =>
      onPictures(dataset, (pictures) => {
        const row = rowAt(pictures.length, strength)
        pictures[row]!.bytes = [Buffer.from("not found"), new Uint8Array(), pictures[row]!.bytes!.subarray(0, 20)][
          strength
        ]!
        return row
      }),
  },
  {
    rule: "IMG-BYTES",
    what: "a column of paths",
    versions: ALL,
    async apply(dataset, strength) {
      const feature = imageOf(dataset)
      const path = dataset.paths(DATA).at(-1 - strength)
      if (feature === undefined || path === undefined) return undefined
      await dataset.table(path, (table) => {
        const column = table.column(feature)
        column.type = "string"
        column.data = column.data.map((_, row) => `images/${row}.png`)
      })
      return { path, feature, also: ["FEAT-SCHEMA-DRIFT", "FEAT-HF-META"] }
    },
  },
  {
    rule: "IMG-SIZE",
    what: "pictures are of another size",
    versions: ALL,
    apply: (dataset, strength) =>
      onPictures(dataset, (pictures) => {
        const row = rowAt(pictures.length, strength)
        setHeader(pictures[row]!, (header) => {
          if (strength === 0) header.writeUInt32BE(header.readUInt32BE(0) + 1, 0)
          else if (strength === 1) header.writeUInt32BE(header.readUInt32BE(4) * 2, 4)
          // Grey, with one value a pixel.
          else header[9] = 0
        })
        return row
      }),
  },
  {
    rule: "IMG-DTYPE-MISMATCH",
    what: "videos of a camera that is declared as image, or the other way round",
    versions: ALL,
    apply(dataset, strength) {
      const image = imageOf(dataset)
      const video = videosOf(dataset)[0]
      if (strength === 0) {
        if (image === undefined) return undefined
        const path = `videos/${image}/chunk-000/file-000.mp4`
        dataset.set(path, "\0\0\0\x08ftyp")
        return { path: INFO, feature: image, also: ["PATH-ORPHAN-FILE", "VER-MIXED-LEFTOVER"] }
      }
      const also = ["FEAT-PHANTOM", "PATH-ORPHAN-FILE", "PATH-RESOLVE-VIDEO", "FEAT-VIDEO-COLUMN", "FEAT-INFO-VIDEO"]
      also.push("FEAT-VIDEO-NOPATH", "EP-COLS")
      if (strength === 1) {
        if (video === undefined) return undefined
        declare(dataset, cameraOf(video), "image")
        return { path: INFO, feature: cameraOf(video), also }
      }
      if (image === undefined) return undefined
      declare(dataset, image, "video")
      return { feature: image, also }
    },
  },
]
