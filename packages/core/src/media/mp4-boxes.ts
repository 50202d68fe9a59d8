/** A box contradicts itself. */
export class BrokenBox extends Error {
  override readonly name = "BrokenBox"
}

export interface Box {
  type: string
  /** Bytes of size and type. */
  head: number
  /** Bytes with the head. */
  size: number
  body: Uint8Array
}

const MAX_BOXES = 10_000

/** The boxes inside a box's body, one level deep. */
export function* boxes(body: Uint8Array): Generator<Box> {
  const view = viewOf(body)
  let at = 0
  for (let count = 0; at + 8 <= body.length; count++) {
    if (count >= MAX_BOXES) throw new BrokenBox(`more than ${MAX_BOXES} boxes in one`)
    const short = view.getUint32(at)
    const type = Buffer.from(body.subarray(at + 4, at + 8)).toString("latin1")
    const isLong = short === 1 && at + 16 <= body.length
    const head = isLong ? 16 : 8
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? body.length - at : short
    // Some writers end a list of boxes with zeros; what follows is nothing.
    if (short === 0 && type === "\0\0\0\0") return
    if (size < head || size > body.length - at) throw new BrokenBox(`box ${JSON.stringify(type)} claims ${size} bytes`)
    yield { type, head, size, body: body.subarray(at + head, at + size) }
    at += size
  }
}

/** The first box at a path, `child("mdia", "minf", "stbl")`. */
export function child(body: Uint8Array, ...path: string[]): Uint8Array | undefined {
  let here: Uint8Array | undefined = body
  for (const type of path) {
    if (!here) return undefined
    let found: Uint8Array | undefined
    for (const box of boxes(here)) {
      if (box.type !== type) continue
      found = box.body
      break
    }
    here = found
  }
  return here
}

export const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Throws unless `bytes` has at least `length` bytes. */
export function atLeast(bytes: Uint8Array, length: number, what: string): DataView {
  if (bytes.length < length) throw new BrokenBox(`${what} is ${bytes.length} bytes long`)
  return viewOf(bytes)
}
