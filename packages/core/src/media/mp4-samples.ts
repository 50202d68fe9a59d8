import { atLeast, BrokenBox, child, viewOf } from "./mp4-boxes.ts"

/** 18 hours at 30 frames a second; LeRobot begins a new file long before. */
const MAX_FRAMES = 2_000_000

/** Every frame of a track by its header: 13 bytes of memory for each. */
export interface Samples {
  /** Ticks a second: times are no finer. */
  timescale: number
  /** When each frame is shown, in seconds, ascending: decoding time, composition offset and edit list together. */
  times: Float64Array
  /** Frames in the file that the edit list does not show. */
  hidden: number
  /** Bytes of each frame, in decoding order; one number when all are equal. */
  sizes: Uint32Array | number
  /** Numbers of the frames that need no other one, in decoding order from 0, ascending; null when all are such. */
  sync: Uint32Array | null
  /** First frame, in decoding order, whose successor is not decoded later; null when there is none. */
  stalled: number | null
  /** First frame whose composition offset is negative although the version of its table has no sign; null when there is none. */
  unsigned: number | null
  /** The first frame, in decoding order, whose bytes lie beyond the end of the file, and how many do; null when all are inside. */
  cut: { first: number; count: number } | null
}

/**
 * The frames of a track's tables.
 *
 * @param edits the body of `elst`, when there is one.
 * @param movieTimescale ticks a second of the durations in `edits`.
 * @returns null when they are listed elsewhere (a fragmented file), or are more than two million.
 */
export function samplesOf(
  table: Uint8Array,
  edits: Uint8Array | undefined,
  { timescale, movieTimescale, fileSize }: { timescale: number; movieTimescale: number; fileSize: number },
): Samples | null {
  const { sizes, count } = sizesOf(table)
  if (count === 0 || count > MAX_FRAMES || timescale === 0) return null
  const { ticks, stalled, unsigned } = presentation(table, count)
  const edit = editOf(edits, timescale, movieTimescale)
  return {
    timescale,
    ...shownTimes(ticks, edit, timescale),
    sizes,
    sync: syncOf(table, count),
    stalled,
    unsigned,
    cut: cutOf(table, sizes, count, fileSize),
  }
}

function sizesOf(table: Uint8Array): { sizes: Samples["sizes"]; count: number } {
  const box = child(table, "stsz")
  if (!box) return { sizes: 0, count: 0 }
  const view = atLeast(box, 12, "stsz")
  const [size, count] = [view.getUint32(4), view.getUint32(8)]
  if (size !== 0 || count > MAX_FRAMES) return { sizes: size, count }
  if (box.length < 12 + count * 4) throw new BrokenBox(`stsz has no room for its ${count} frames`)
  return { sizes: Uint32Array.from({ length: count }, (_, at) => view.getUint32(12 + at * 4)), count }
}

/** Runs of `(count, value)` as `stts` and `ctts` have them. */
function* runs(box: Uint8Array | undefined): Generator<[count: number, value: number]> {
  if (!box) return
  const view = atLeast(box, 8, "stts")
  const entries = Math.min(view.getUint32(4), Math.floor((box.length - 8) / 8))
  for (let entry = 0; entry < entries; entry++) yield [view.getUint32(8 + entry * 8), view.getInt32(12 + entry * 8)]
}

/** When each frame is shown, in ticks and decoding order. Where the tables end early, they go on as ffmpeg lets them. */
function presentation(table: Uint8Array, count: number) {
  const ticks = new Float64Array(count)
  let at = 0
  let time = 0
  let last = 0
  let stalled: number | null = null
  for (const [length, delta] of runs(child(table, "stts"))) {
    last = delta
    // The duration of the last frame moves none.
    if (delta <= 0 && length > 0 && at < count - 1) stalled ??= at
    for (const end = Math.min(count, at + length); at < end; at++, time += delta) ticks[at] = time
  }
  for (; at < count; at++, time += last) ticks[at] = time

  const offsets = child(table, "ctts")
  const isSigned = offsets !== undefined && offsets[0] !== 0
  let unsigned: number | null = null
  let frame = 0
  for (const [length, offset] of runs(offsets)) {
    if (offset < 0 && !isSigned && length > 0 && frame < count) unsigned ??= frame
    for (const end = Math.min(count, frame + length); frame < end; frame++) ticks[frame]! += offset
  }
  return { ticks, stalled, unsigned }
}

interface Edit {
  /** First tick of the media that is shown, and the first that no longer is. */
  start: number
  end: number
  /** Seconds of nothing before it. */
  delay: number
}

/** The first edit that shows something: more than one is what cutting tools write, and nobody for datasets. */
function editOf(box: Uint8Array | undefined, timescale: number, movieTimescale: number): Edit {
  const edit: Edit = { start: 0, end: Infinity, delay: 0 }
  if (!box || movieTimescale === 0) return edit
  const view = atLeast(box, 8, "elst")
  const isLong = box[0] === 1
  const width = isLong ? 20 : 12
  const entries = Math.min(view.getUint32(4), Math.floor((box.length - 8) / width))
  for (let entry = 0; entry < entries; entry++) {
    const at = 8 + entry * width
    const duration = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at)
    const start = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4)
    if (start < 0) {
      edit.delay += duration / movieTimescale
      continue
    }
    edit.start = start
    if (duration > 0) edit.end = start + (duration * timescale) / movieTimescale
    break
  }
  return edit
}

function shownTimes(ticks: Float64Array, { start, end, delay }: Edit, timescale: number) {
  const times = new Float64Array(ticks.length)
  let shown = 0
  let isSorted = true
  for (const tick of ticks) {
    if (tick < start || tick >= end) continue
    const time = delay + (tick - start) / timescale
    if (shown > 0 && time < times[shown - 1]!) isSorted = false
    times[shown++] = time
  }
  const kept = times.subarray(0, shown)
  return { times: isSorted ? kept : kept.sort(), hidden: ticks.length - shown }
}

function syncOf(table: Uint8Array, count: number): Uint32Array | null {
  const box = child(table, "stss")
  if (!box) return null
  const view = atLeast(box, 8, "stss")
  const entries = Math.min(view.getUint32(4), Math.floor((box.length - 8) / 4))
  return Uint32Array.from({ length: entries }, (_, at) => view.getUint32(8 + at * 4) - 1).filter((at) => at < count)
}

function cutOf(table: Uint8Array, sizes: Samples["sizes"], count: number, fileSize: number): Samples["cut"] {
  const chunkStart = chunkStarts(table)
  const runsBox = child(table, "stsc")
  if (!chunkStart || !runsBox) return null
  const view = atLeast(runsBox, 8, "stsc")
  const entries = Math.min(view.getUint32(4), Math.floor((runsBox.length - 8) / 12))
  let entry = 0
  let frame = 0
  let first: number | null = null
  let missing = 0
  for (let chunk = 0; chunk < chunkStart.length && frame < count; chunk++) {
    while (entry + 1 < entries && view.getUint32(8 + (entry + 1) * 12) <= chunk + 1) entry++
    const perChunk = entries > 0 ? view.getUint32(12 + entry * 12) : 0
    let end = chunkStart[chunk]!
    for (const last = Math.min(count, frame + perChunk); frame < last; frame++) {
      end += typeof sizes === "number" ? sizes : sizes[frame]!
      if (end <= fileSize) continue
      first ??= frame
      missing++
    }
  }
  return first === null ? null : { first, count: missing }
}

function chunkStarts(table: Uint8Array): Float64Array | null {
  const short = child(table, "stco")
  const box = short ?? child(table, "co64")
  if (!box || box.length < 8) return null
  const view = viewOf(box)
  const width = short ? 4 : 8
  const entries = Math.min(view.getUint32(4), Math.floor((box.length - 8) / width))
  return Float64Array.from({ length: entries }, (_, at) =>
    short ? view.getUint32(8 + at * 4) : Number(view.getBigUint64(8 + at * 8)),
  )
}
