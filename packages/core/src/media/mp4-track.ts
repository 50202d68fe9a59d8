import { atLeast, boxes, BrokenBox, child } from "./mp4-boxes.ts"
import { type Samples, samplesOf } from "./mp4-samples.ts"
import { codecOf, pixelFormatOf } from "./pixel-format.ts"

const MAX_TIMING_ENTRIES = 2_000_000

export interface VideoTrack {
  width: number
  height: number
  /** As decoders are called: `av1`, `h264`, `hevc`, `vp9`, `mpeg4`; else the sample entry's own four letters. */
  codec: string
  /** The sample entry: `av01`, `avc1`, `hev1`, … */
  fourcc: string
  /** As ffmpeg calls it, range aside (`yuv420p`, never `yuvj420p`); null where the header does not tell. */
  pixel_format: string | null
  /** Frames a second by the median frame; null when no frame is listed (a fragmented file). */
  fps: number | null
  /** Samples; null when they are listed elsewhere (a fragmented file). */
  frames: number | null
  /** Sum of the frames' durations, in seconds. */
  duration_s: number | null
  /** Each frame; null where `frames` is, and in files of more frames than are looked at. */
  samples: Samples | null
}

/** The first video track of a `moov` body. @param fileSize bytes of the whole file. */
export function videoTrack(moov: Uint8Array, fileSize: number): VideoTrack | undefined {
  const isFragmented = child(moov, "mvex") !== undefined
  for (const { type, body } of boxes(moov)) {
    if (type !== "trak" || handlerOf(body) !== "vide") continue
    const header = child(body, "mdia", "mdhd")
    const table = child(body, "mdia", "minf", "stbl")
    if (!header || !table) throw new BrokenBox("a video track without tables")
    const timescale = timescaleOf(header)
    const movie = child(moov, "mvhd")
    const scales = { timescale, movieTimescale: movie ? timescaleOf(movie) : 0, fileSize }
    const samples = samplesOf(table, child(body, "edts", "elst"), scales)
    return { ...sampleEntry(table), ...timing(table, timescale, isFragmented), samples }
  }
  return undefined
}

/** How many tracks hold sound. */
export function audioTracks(moov: Uint8Array): number {
  let count = 0
  for (const { type, body } of boxes(moov)) if (type === "trak" && handlerOf(body) === "soun") count++
  return count
}

function handlerOf(track: Uint8Array) {
  const handler = child(track, "mdia", "hdlr")
  return handler ? Buffer.from(handler.subarray(8, 12)).toString("latin1") : ""
}

function sampleEntry(table: Uint8Array) {
  const description = child(table, "stsd")
  if (!description) throw new BrokenBox("a video track without a sample description")
  const first = boxes(description.subarray(8)).next().value
  if (!first) throw new BrokenBox("an empty sample description")
  const view = atLeast(first.body, 78, `sample entry ${first.type}`)
  const inner = first.body.subarray(78)
  // An encrypted track names its true format in `frma`.
  const original = first.type === "encv" ? child(inner, "sinf", "frma") : undefined
  const fourcc = original ? Buffer.from(original.subarray(0, 4)).toString("latin1") : first.type
  const codec = codecOf(fourcc, inner)
  return {
    width: view.getUint16(24),
    height: view.getUint16(26),
    codec,
    fourcc,
    pixel_format: pixelFormatOf(codec, inner),
  }
}

function timescaleOf(header: Uint8Array): number {
  const isLong = header[0] === 1
  return atLeast(header, isLong ? 32 : 20, "mdhd or mvhd").getUint32(isLong ? 20 : 12)
}

/** Frame rate by the median, because joins of concatenated files leave single odd durations behind. */
function timing(table: Uint8Array, timescale: number, isFragmented: boolean) {
  const sizes = child(table, "stsz") ?? child(table, "stz2")
  const listed = sizes ? atLeast(sizes, 12, "stsz").getUint32(8) : 0
  const times = child(table, "stts")
  const entries = times ? Math.min(atLeast(times, 8, "stts").getUint32(4), Math.floor((times.length - 8) / 8)) : 0
  if (listed === 0 && isFragmented) return { frames: null, fps: null, duration_s: null }
  if (entries > MAX_TIMING_ENTRIES) throw new BrokenBox(`${entries} entries in stts`)

  const counts = new Map<number, number>()
  let total = 0
  let ticks = 0
  for (let entry = 0; entry < entries; entry++) {
    const view = atLeast(times!, 8, "stts")
    const count = view.getUint32(8 + entry * 8)
    const delta = view.getUint32(12 + entry * 8)
    counts.set(delta, (counts.get(delta) ?? 0) + count)
    total += count
    ticks += count * delta
  }
  const delta = median(counts, total)
  const isTimed = timescale > 0 && total > 0
  return {
    frames: sizes ? listed : total || null,
    fps: isTimed && delta ? timescale / delta : null,
    duration_s: isTimed ? ticks / timescale : null,
  }
}

function median(counts: ReadonlyMap<number, number>, total: number): number | undefined {
  let seen = 0
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    seen += count
    if (seen * 2 >= total) return value
  }
  return undefined
}
