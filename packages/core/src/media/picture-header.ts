import { viewOf } from "./mp4-boxes.ts"

export interface PictureHeader {
  format: "png" | "jpeg" | "tiff"
  width: number
  height: number
  /** Values a pixel; null when they go through a palette, or are not said. */
  channels: number | null
  /** Bits of each value. */
  bits: number | null
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Values a pixel by colour type; those of a palette are not known by the header. */
const PNG_CHANNELS: Record<number, number | null> = { 0: 1, 2: 3, 3: null, 4: 2, 6: 4 }
/** A picture has a dozen segments or entries; what has more is none. */
const MAX_STEPS = 200

/** What the first bytes of a picture say; null when they are none, or end before saying it. Nothing is decoded. */
export function pictureHeader(bytes: Uint8Array): PictureHeader | null {
  if (PNG.every((byte, at) => bytes[at] === byte)) return png(bytes)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(bytes)
  const order = Buffer.from(bytes.subarray(0, 4)).toString("latin1")
  return order === "II*\0" || order === "MM\0*" ? tiff(bytes, order === "II*\0") : null
}

function png(bytes: Uint8Array): PictureHeader | null {
  if (bytes.length < 33 || Buffer.from(bytes.subarray(12, 16)).toString("latin1") !== "IHDR") return null
  const view = viewOf(bytes)
  const channels = PNG_CHANNELS[bytes[25]!] ?? null
  return { format: "png", width: view.getUint32(16), height: view.getUint32(20), channels, bits: bytes[24]! }
}

function jpeg(bytes: Uint8Array): PictureHeader | null {
  const view = viewOf(bytes)
  let at = 2
  for (let step = 0; step < MAX_STEPS && at + 9 < bytes.length && bytes[at] === 0xff; step++) {
    const marker = bytes[at + 1]!
    // Start of frame, in any way of coding; C4, C8 and CC are tables.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      return { format: "jpeg", width, height, channels: bytes[at + 9] ?? null, bits: bytes[at + 4]! }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}

function tiff(bytes: Uint8Array, isLittle: boolean): PictureHeader | null {
  const view = viewOf(bytes)
  if (bytes.length < 10) return null
  const start = view.getUint32(4, isLittle)
  if (start + 2 > bytes.length) return null
  const tags = new Map<number, number>()
  const entries = Math.min(view.getUint16(start, isLittle), MAX_STEPS)
  for (let entry = 0; entry < entries; entry++) {
    const at = start + 2 + entry * 12
    if (at + 12 > bytes.length) return null
    const isShort = view.getUint16(at + 2, isLittle) === 3
    tags.set(
      view.getUint16(at, isLittle),
      isShort ? view.getUint16(at + 8, isLittle) : view.getUint32(at + 8, isLittle),
    )
  }
  const [width, height] = [tags.get(256), tags.get(257)]
  if (width === undefined || height === undefined) return null
  const channels = tags.get(277) ?? 1
  // The bits of several channels are a list elsewhere in the file.
  return { format: "tiff", width, height, channels, bits: channels === 1 ? (tags.get(258) ?? 1) : null }
}
