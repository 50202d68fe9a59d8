import { pictureHeader } from "../../../media/picture-header.ts"
import { plural, shown } from "../notes.ts"
import { channelsOf, declaredOf, episodeOf } from "./camera-facts.ts"
import { pictureLeaf } from "./picture-columns.ts"
import type { DatasetFacts, PictureColumn } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
const INFO = "meta/info.json"

/** Cameras whose pictures lie in the data files. */
export const pictureRules = {
  "IMG-BYTES": {
    on: "data_file",
    title: "Each row of an image camera holds an encoded picture",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    why: "A column of paths points to files on somebody's own disk; a row without bytes has no picture.",
    reference: `${LEROBOT}/2057`,
    fix: "Write the dataset again with the pictures embedded.",
    check(file, report, { info }) {
      for (const { key, dtype } of info.parsed.features) {
        const own = file.leaves.filter(({ path }) => path[0] === key)
        if (dtype !== "image" || own.length === 0) continue
        const where = { path: file.entry.path, feature: key }
        const leaf = pictureLeaf(file, key)
        if (leaf?.kind !== "bytes") {
          const found = leaf ? `has bytes of type ${leaf.kind}` : "has no part called bytes"
          report({ message: `The column ${shown(key)} of ${shown(file.entry.path)} ${found}.`, where })
          continue
        }
        const at = file.leaves.indexOf(leaf)
        for (const [group, { columns, num_rows }] of file.footer.row_groups.entries()) {
          const nulls = columns.find((chunk) => chunk.leaf === at)?.null_count
          if (!nulls) continue
          const episode = file.groupRange(group, "episode_index")
          report({
            message: `${nulls} of ${plural(num_rows, "row")} of ${shown(key)} in ${shown(file.entry.path)} have no bytes.`,
            where: { ...where, ...(episode && episode.min === episode.max && { episode: episode.min }) },
            evidence: { nulls, rows: num_rows, row_group: group },
            size: nulls,
          })
        }
      }
    },
    closer: {
      on: "picture_column",
      cost: "picture",
      check(column, report, facts) {
        const { file, camera, pictures, rows } = column
        const isNoPicture = (bytes: Uint8Array | null) => bytes !== null && !pictureHeader(bytes)
        const row = pictures.findIndex(isNoPicture)
        if (row < 0) return
        const bad = pictures.filter(isNoPicture).length
        report({
          message: `${plural(bad, "row")} of ${shown(camera)} in ${shown(file.entry.path)} ${bad === 1 ? "is" : "are"} no PNG, JPEG or TIFF; ${pictures.length} of ${rows} were looked at.`,
          where: placeOfPicture(column, row, facts),
          evidence: {
            bad,
            looked_at: pictures.length,
            rows,
            first_bytes: Buffer.from(pictures[row]!.subarray(0, 8)).toString("hex"),
          },
          size: bad,
        })
      },
    },
  },
  "IMG-SIZE": {
    on: "picture_column",
    title: "Pictures are as large as declared",
    severity: "error",
    kind: "defect",
    cost: "picture",
    versions: "all",
    why: "Batches mix sizes that do not fit, and networks are built for the declared shape.",
    reference: `${LEROBOT}/839`,
    check(column, report, facts) {
      const { file, camera, pictures, rows } = column
      const { width = [], height = [] } = declaredOf(facts, camera) ?? {}
      const channels = channelsOf(facts, camera)
      let bad = 0
      let first: { row: number; found: string } | undefined
      for (const [row, bytes] of pictures.entries()) {
        const header = bytes && pictureHeader(bytes)
        if (!header) continue
        const isWrong =
          width.some((each) => each !== header.width) ||
          height.some((each) => each !== header.height) ||
          (channels !== null && header.channels !== null && header.channels !== channels)
        if (!isWrong) continue
        bad++
        first ??= { row, found: sizeText(header.width, header.height, header.channels) }
      }
      if (!first) return
      const expected = sizeText(width[0], height[0], channels)
      report({
        message: `${plural(bad, "picture")} of ${shown(camera)} in ${shown(file.entry.path)} ${bad === 1 ? "is" : "are"} ${first.found}, declared are ${expected}; ${pictures.length} of ${rows} were looked at.`,
        where: placeOfPicture(column, first.row, facts),
        evidence: { found: first.found, expected, bad, looked_at: pictures.length, rows },
        size: bad,
      })
    },
  },
  "IMG-DTYPE-MISMATCH": {
    on: "dataset",
    title: "Cameras are images or videos as declared",
    severity: "warning",
    kind: "risk",
    cost: "info",
    versions: "all",
    why: "Ports declare image and bring videos, or the other way round: the pictures are there, and nobody finds them.",
    reference: null,
    fix: "Declare the dtype that the files have.",
    check({ info, listing }, report) {
      const images = new Set(info.parsed.features.filter(({ dtype }) => dtype === "image").map(({ key }) => key))
      if (images.size === 0) return
      for (const { path } of listing.files) {
        if (!path.startsWith("videos/") || !path.endsWith(".mp4")) continue
        const camera = path.split("/").find((segment) => images.has(segment))
        if (camera === undefined) continue
        // One file is enough to say so.
        images.delete(camera)
        report({
          message: `Camera ${shown(camera)} is declared as image, and has the video ${shown(path)}.`,
          where: { path: INFO, feature: camera },
          evidence: { video: path },
        })
      }
    },
    closer: {
      on: "data_file",
      cost: "footer",
      check(file, report, { listing }) {
        for (const [camera, videos] of listing.videos) {
          if (videos.length > 0 || !pictureLeaf(file, camera)) continue
          report({
            message: `Camera ${shown(camera)} is declared as video and has none; ${shown(file.entry.path)} holds its pictures.`,
            where: { path: file.entry.path, feature: camera },
          })
        }
      },
    },
  },
} as const satisfies Rules

function sizeText(width: number | undefined, height: number | undefined, channels: number | null) {
  return `${width ?? "?"} × ${height ?? "?"}${channels === null ? "" : ` × ${channels}`}`
}

/** The episode and frame of a row of a row group, as far as the footer and the table tell. */
function placeOfPicture({ file, camera, row_group, first_row }: PictureColumn, row: number, facts: DatasetFacts) {
  const where = { path: file.entry.path, feature: camera }
  if (!facts.has("episodes")) return where
  const { episodes, version } = facts
  const inFile = first_row + row
  const start = file.range("index")?.min
  const record = file.episodeRows.find((each) => {
    if (version.major === 2) return true
    return start !== undefined && episodes.from[each]! <= start + inFile && start + inFile < episodes.to[each]!
  })
  if (record !== undefined) {
    const frame = version.major === 2 ? inFile : start! + inFile - episodes.from[record]!
    return { ...where, ...episodeOf(episodes, record), frame }
  }
  const numbers = file.groupRange(row_group, "episode_index")
  return numbers && numbers.min === numbers.max ? { ...where, episode: numbers.min } : where
}
