import { AppError } from "../error.ts"
import type { Bytes } from "../files/files.ts"
import { BrokenBox, type Box } from "./mp4-boxes.ts"
import { audioTracks, videoTrack, type VideoTrack } from "./mp4-track.ts"

/** Enough for `ftyp`, `free` and the head of `mdat`, and too little for a frame. */
const FIRST_READ = 64
/** What lies behind `mdat` is the `moov`; up to this size it is read without asking for its head first. */
const SMALL_TAIL = 4 * 1024 * 1024
const MAX_MOOV = 64 * 1024 * 1024
const MAX_READS = 24
const HEAD = 16

export interface Mp4 extends VideoTrack {
  /** Whether `moov` lies before the first `mdat`, so that playing needs no seek to the end. */
  fast_start: boolean
  /** Where `moov` ends in the file. */
  moov_end: number
  /** Tracks that hold sound. */
  audio_tracks: number
}

export interface ProbeOptions {
  signal?: AbortSignal
  /** Bytes of the first range, where the `moov` is expected in it: then it is the only one. */
  firstRead?: number
}

/**
 * Facts of an MP4's first video track, from its boxes alone: of `mdat` at most what lies in the first range, which is 64 bytes.
 * Two ranges for what encoders write.
 *
 * @throws AppError `dataset_malformed` with `path`; `lfs_pointer` when the file is a Git LFS pointer.
 */
export async function probeMp4(bytes: Bytes, options: ProbeOptions = {}): Promise<Mp4> {
  const { path, size } = bytes
  if (size < 8) throw malformed(path, `${path} is ${size} bytes long: no MP4.`)
  const { moov, ...found } = await findMoov(bytes, options)
  try {
    const track = videoTrack(moov, size)
    if (!track) throw malformed(path, `${path} has no video track.`)
    return { ...track, ...found, audio_tracks: audioTracks(moov) }
  } catch (cause) {
    if (!(cause instanceof BrokenBox)) throw cause
    throw malformed(path, `The header of ${path} is broken: ${cause.message}.`, cause)
  }
}

/** The body of `moov`, and where it lies. */
async function findMoov(bytes: Bytes, { signal, firstRead = FIRST_READ }: ProbeOptions): Promise<Found> {
  const { path, size } = bytes
  let at = 0
  let hasData = false
  let window = { start: 0, body: await bytes.read(0, Math.min(Math.max(FIRST_READ, firstRead), size), signal) }
  if (Buffer.from(window.body).toString("latin1").startsWith("version https://git-lfs")) {
    throw new AppError("lfs_pointer", `${path} is a Git LFS pointer, not the video itself.`, { path })
  }
  for (let reads = 1; at + 8 <= size;) {
    const isInWindow = at + Math.min(HEAD, size - at) <= window.start + window.body.length
    if (!isInWindow) {
      if (++reads > MAX_READS) throw malformed(path, `${path} has no moov box among its first ${MAX_READS} boxes.`)
      const end = hasData && size - at <= SMALL_TAIL ? size : Math.min(size, at + HEAD)
      window = { start: at, body: await bytes.read(at, end, signal) }
    }
    const box = boxAt(window.body, at - window.start, size - at)
    const isFirst = at === 0
    if (!box || (isFirst && box.size > size && box.type !== "mdat"))
      throw malformed(path, isFirst ? `${path} is no MP4.` : `${path} is damaged at byte ${at}.`)
    if (box.type === "moov") {
      if (box.size > MAX_MOOV)
        throw new AppError("too_large", `The header of ${path} is ${box.size} bytes long.`, { path })
      if (box.size > size - at) throw malformed(path, `${path} ends in the middle of its header.`)
      const moov_end = at + box.size
      const there = window.body.subarray(at + box.head - window.start, moov_end - window.start)
      const missing = box.size - box.head - there.length
      const moov = missing > 0 ? Buffer.concat([there, await bytes.read(moov_end - missing, moov_end, signal)]) : there
      return { moov, moov_end, fast_start: !hasData }
    }
    if (box.type === "mdat") hasData = true
    at += box.size
  }
  throw malformed(path, `${path} has no moov box, as if its recording was interrupted.`)
}

type Found = { moov: Uint8Array } & Pick<Mp4, "moov_end" | "fast_start">

function boxAt(body: Uint8Array, at: number, left: number): Pick<Box, "type" | "head" | "size"> | undefined {
  const view = new DataView(body.buffer, body.byteOffset + at, body.length - at)
  const type = Buffer.from(body.subarray(at + 4, at + 8)).toString("latin1")
  const short = view.getUint32(0)
  const isLong = short === 1
  if (isLong && view.byteLength < HEAD) return undefined
  const size = isLong ? Number(view.getBigUint64(8)) : short === 0 ? left : short
  const head = isLong ? HEAD : 8
  return /^[\x20-\x7e\xa9]{4}$/.test(type) && size >= head && Number.isSafeInteger(size)
    ? { type, head, size }
    : undefined
}

const malformed = (path: string, detail: string, cause?: unknown) =>
  new AppError("dataset_malformed", detail, { path, cause })
