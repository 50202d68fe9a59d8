import { boxes } from "./mp4-boxes.ts"

const CODECS: Record<string, string> = {
  av01: "av1",
  avc1: "h264",
  avc2: "h264",
  avc3: "h264",
  avc4: "h264",
  hvc1: "hevc",
  hev1: "hevc",
  hvc2: "hevc",
  dvh1: "hevc",
  dvhe: "hevc",
  vp08: "vp8",
  vp09: "vp9",
  vvc1: "vvc",
  vvi1: "vvc",
  jpeg: "mjpeg",
  mjpa: "mjpeg",
  mjpb: "mjpeg",
  "png ": "png",
  FFV1: "ffv1",
  H264: "h264",
  h264: "h264",
}
/** MPEG-4's own registry of what an `mp4v` entry holds. */
const MPEG4_OBJECTS: Record<number, string> = {
  0x20: "mpeg4",
  0x21: "h264",
  0x23: "hevc",
  0x60: "mpeg2video",
  0x61: "mpeg2video",
  0x6a: "mpeg1video",
  0x6c: "mjpeg",
  0x6d: "png",
}
/** H.264 profiles whose parameter sets name chroma and depth; all others are 4:2:0 at 8 bits. */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** @param inner the boxes inside a visual sample entry */
export function codecOf(fourcc: string, inner: Uint8Array): string {
  if (fourcc !== "mp4v") return CODECS[fourcc] ?? fourcc.trim().toLowerCase()
  const object = mpeg4Object(find(inner, "esds"))
  return object === undefined ? "mpeg4" : (MPEG4_OBJECTS[object] ?? "mpeg4")
}

/** ffmpeg's name of the pixel format a decoder configuration announces; null when it does not announce one. */
export function pixelFormatOf(codec: string, inner: Uint8Array): string | null {
  if (codec === "av1") return av1(find(inner, "av1C"))
  if (codec === "h264") return h264(find(inner, "avcC"))
  if (codec === "hevc") return hevc(find(inner, "hvcC"))
  if (codec === "vp9" || codec === "vp8") return vpx(find(inner, "vpcC"))
  // MPEG-4 part 2 knows no other outside of its studio profiles, which nothing here writes.
  if (codec === "mpeg4") return "yuv420p"
  return null
}

function name(chroma: number, depth: number): string | null {
  const base = ["gray", "yuv420p", "yuv422p", "yuv444p"][chroma]
  if (!base || depth < 8 || depth > 16) return null
  return depth === 8 ? base : `${base}${depth}le`
}

/** AV1 codec configuration, byte 2: tier, high depth, twelve bits, monochrome, subsampling x and y. */
function av1(box: Uint8Array | undefined): string | null {
  const flags = box?.[2]
  if (flags === undefined) return null
  const depth = flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8
  if (flags & 0x10) return name(0, depth)
  const isHalfWide = flags & 0x08
  const isHalfHigh = flags & 0x04
  return name(isHalfWide ? (isHalfHigh ? 1 : 2) : 3, depth)
}

/** HEVC decoder configuration: chroma in byte 16, luma depth in byte 17. */
function hevc(box: Uint8Array | undefined): string | null {
  if (!box || box.length < 18) return null
  return name(box[16]! & 3, (box[17]! & 7) + 8)
}

/** VP codec configuration: depth and chroma share a byte behind version, flags, profile and level. */
function vpx(box: Uint8Array | undefined): string | null {
  const packed = box?.[6]
  if (packed === undefined) return null
  const chroma = (packed >> 1) & 7
  return name(chroma <= 1 ? 1 : chroma, packed >> 4)
}

/** The first sequence parameter set of an AVC decoder configuration. */
function h264(box: Uint8Array | undefined): string | null {
  if (!box || box.length < 8 || (box[5]! & 31) === 0) return null
  const length = (box[6]! << 8) | box[7]!
  const set = box.subarray(8, 8 + length)
  const profile = set[1]
  if (profile === undefined || set.length < 4) return null
  if (!HIGH_PROFILES.has(profile)) return "yuv420p"
  const bits = new Golomb(set.subarray(4))
  bits.unsigned()
  const chroma = bits.unsigned()
  if (chroma === 3) bits.bit()
  const depth = bits.unsigned() + 8
  return bits.isOver ? null : name(chroma, depth)
}

/** Exp-Golomb codes, as H.264 writes its parameters. */
class Golomb {
  readonly bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    // 00 00 03 stands for 00 00 inside a NAL unit.
    this.bytes = bytes.filter((byte, at) => !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0))
  }

  get isOver(): boolean {
    return this.#at > this.bytes.length * 8
  }

  bit(): number {
    const byte = this.bytes[this.#at >> 3] ?? 0
    return (byte >> (7 - (this.#at++ & 7))) & 1
  }

  unsigned(): number {
    let zeros = 0
    while (zeros < 24 && !this.isOver && this.bit() === 0) zeros++
    let value = 1
    for (let read = 0; read < zeros; read++) value = value * 2 + this.bit()
    return value - 1
  }
}

/** Object type of an elementary stream descriptor: tag 3, id and flags, tag 4, the type. Lengths take one to four bytes. */
function mpeg4Object(box: Uint8Array | undefined): number | undefined {
  if (!box) return undefined
  let at = 4
  const tag = (wanted: number) => {
    if (box[at++] !== wanted) return false
    for (let read = 0; read < 4; read++) if ((box[at++] ?? 0) < 0x80) break
    return true
  }
  if (!tag(3)) return undefined
  const flags = box[at + 2] ?? 0
  at += 3 + (flags & 0x80 ? 2 : 0)
  if (flags & 0x40) at += 1 + (box[at] ?? 0)
  if (flags & 0x20) at += 2
  return tag(4) ? box[at] : undefined
}

/** The configuration box, wherever it hides: QuickTime wraps it in `wave`. Trailing bytes that are no box do not matter. */
function find(inner: Uint8Array, type: string): Uint8Array | undefined {
  try {
    for (const box of boxes(inner)) if (box.type === type) return box.body
  } catch {
    return undefined
  }
  return undefined
}
