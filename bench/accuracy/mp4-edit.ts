/** Boxes that hold boxes, on the way to the tables of a track. */
const CONTAINERS = new Set(["moov", "trak", "mdia", "minf", "stbl", "edts", "mvex"])

interface Box {
  type: string
  body: Uint8Array
  /** Its size is written in 64 bits. */
  isLong?: boolean
  children?: Box[]
}

const EDITS = "moov/trak/edts/elst"

type Run = [count: number, value: number]

/** An MP4 taken apart to its boxes, to be damaged in its first track. Offsets of frames stay right when the header grows. */
export class EditableMp4 {
  readonly boxes: Box[]

  constructor(bytes: Uint8Array) {
    this.boxes = parse(bytes)
  }

  /** Body of the first box at a path from the top: `moov/trak/mdia/mdhd`. */
  body(path: string): Buffer {
    const box = this.#find(path)
    if (!box) throw new Error(`there is no box ${path}`)
    return Buffer.from(box.body)
  }

  has = (path: string) => this.#find(path) !== undefined

  /** Replaces the body of a box, or adds the box at the end of its parent. */
  set(path: string, body: Uint8Array) {
    const box = this.#find(path)
    if (box) {
      box.body = body
      return
    }
    const [type, parent] = [path.split("/").at(-1)!, path.split("/").slice(0, -1).join("/")]
    if (!this.has(parent)) this.set(parent, new Uint8Array())
    const holder = this.#find(parent)!
    ;(holder.children ??= []).push({ type, body, ...(CONTAINERS.has(type) && { children: [] }) })
  }

  remove(path: string) {
    const parent = this.#find(path.split("/").slice(0, -1).join("/"))
    const list = parent ? parent.children! : this.boxes
    list.splice(
      list.findIndex(({ type }) => type === path.split("/").at(-1)),
      1,
    )
  }

  /** A second track like the first, of another kind. */
  addTrack(handler: string) {
    const movie = this.#find("moov")!
    const track = structuredClone(movie.children!.find(({ type }) => type === "trak")!)
    movie.children!.push(track)
    const media = track.children!.find(({ type }) => type === "mdia")!
    const box = media.children!.find(({ type }) => type === "hdlr")!
    box.body = Buffer.from(box.body)
    ;(box.body as Buffer).write(handler, 8, "latin1")
  }

  /** Edits a body in place. */
  patch(path: string, edit: (body: Buffer) => void) {
    const body = this.body(path)
    edit(body)
    this.set(path, body)
  }

  table = (name: string) => `moov/trak/mdia/minf/stbl/${name}`

  get frames() {
    return this.body(this.table("stsz")).readUInt32BE(8)
  }

  get timescale() {
    const body = this.body("moov/trak/mdia/mdhd")
    return body.readUInt32BE(body[0] === 1 ? 20 : 12)
  }

  setTimescale(timescale: number) {
    this.patch("moov/trak/mdia/mdhd", (body) => body.writeUInt32BE(timescale, body[0] === 1 ? 20 : 12))
  }

  /** `stts` or `ctts`, a value per frame. */
  values(name: "stts" | "ctts"): number[] {
    if (!this.has(this.table(name))) return Array.from({ length: this.frames }, () => 0)
    const body = this.body(this.table(name))
    return Array.from({ length: body.readUInt32BE(4) }, (_, at): Run => {
      return [body.readUInt32BE(8 + at * 8), body.readInt32BE(12 + at * 8)]
    }).flatMap(([count, value]) => Array.from({ length: count }, () => value))
  }

  setValues(name: "stts" | "ctts", values: readonly number[], version = 0) {
    const runs: Run[] = []
    for (const value of values) {
      const last = runs.at(-1)
      if (last?.[1] === value) last[0]++
      else runs.push([1, value])
    }
    const body = Buffer.alloc(8 + runs.length * 8)
    body[0] = version
    body.writeUInt32BE(runs.length, 4)
    for (const [at, [count, value]] of runs.entries()) {
      body.writeUInt32BE(count, 8 + at * 8)
      body.writeInt32BE(value, 12 + at * 8)
    }
    this.set(this.table(name), body)
  }

  /** Ticks become finer, and nothing else changes. */
  refine(factor: number) {
    this.setTimescale(this.timescale * factor)
    for (const name of ["stts", "ctts"] as const) {
      if (!this.has(this.table(name))) continue
      const version = this.body(this.table(name))[0]!
      this.setValues(
        name,
        this.values(name).map((value) => value * factor),
        version,
      )
    }
    if (this.has(EDITS)) this.setEdit(this.editStart * factor)
  }

  /** First tick that is shown. */
  get editStart() {
    return this.has(EDITS) ? this.body(EDITS).readInt32BE(12) : 0
  }

  /** Shows the media from a tick on, to its end: what is longer than before is not cut. */
  setEdit(start: number) {
    const body = Buffer.alloc(20)
    body.writeUInt32BE(1, 4)
    body.writeInt32BE(start, 12)
    body.writeUInt32BE(0x10000, 16)
    this.set(EDITS, body)
  }

  /** Further frames at the end that the header lists; no byte is added. */
  append(count: number) {
    const more = <T>(list: T[]) => [...list, ...Array.from({ length: count }, () => list.at(-1)!)]
    this.setEdit(this.editStart)
    for (const name of ["stts", "ctts"] as const) {
      if (!this.has(this.table(name))) continue
      const version = this.body(this.table(name))[0]!
      this.setValues(name, more(this.values(name)), version)
    }
    this.sizes((sizes) => {
      for (let added = 0; added < count; added++) sizes.push(sizes.at(-1)!)
    })
  }

  moveIndexToEnd() {
    const at = this.boxes.findIndex(({ type }) => type === "moov")
    const [movie] = this.boxes.splice(at, 1)
    moveOffsets(movie!, -serialise(movie!).length)
    this.boxes.push(movie!)
  }

  sizes(edit: (sizes: number[]) => void) {
    const body = this.body(this.table("stsz"))
    const sizes = Array.from({ length: this.frames }, (_, at) => body.readUInt32BE(12 + at * 4))
    edit(sizes)
    const changed = Buffer.alloc(12 + sizes.length * 4)
    changed.writeUInt32BE(sizes.length, 8)
    for (const [at, size] of sizes.entries()) changed.writeUInt32BE(size, 12 + at * 4)
    this.set(this.table("stsz"), changed)
  }

  get sync(): number[] {
    const body = this.body(this.table("stss"))
    return Array.from({ length: body.readUInt32BE(4) }, (_, at) => body.readUInt32BE(8 + at * 4))
  }

  set sync(numbers: readonly number[]) {
    const body = Buffer.alloc(8 + numbers.length * 4)
    body.writeUInt32BE(numbers.length, 4)
    for (const [at, number] of numbers.entries()) body.writeUInt32BE(number, 8 + at * 4)
    this.set(this.table("stss"), body)
  }

  /** Frames that the header no longer lists, from the end; the bytes stay where they are. */
  drop(count: number) {
    const left = this.frames - count
    for (const name of ["stts", "ctts"] as const) {
      if (!this.has(this.table(name))) continue
      const version = this.body(this.table(name))[0]!
      this.setValues(name, this.values(name).slice(0, left), version)
    }
    if (this.has(this.table("stss"))) this.sync = this.sync.filter((number) => number <= left)
    this.sizes((sizes) => sizes.splice(left))
  }

  toBytes(): Uint8Array {
    const at = this.boxes.findIndex(({ type }) => type === "moov")
    const data = this.boxes.findIndex(({ type }) => type === "mdat")
    const before = this.boxes[at]
    if (before && at < data) moveOffsets(before, serialise(before).length - before.body.length - 8)
    return Buffer.concat(this.boxes.map(serialise))
  }

  #find(path: string): Box | undefined {
    let list: Box[] = this.boxes
    let found: Box | undefined
    for (const type of path.split("/")) {
      found = list.find((box) => box.type === type)
      if (!found) return undefined
      list = found.children ?? []
    }
    return found
  }
}

function parse(bytes: Uint8Array): Box[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const boxes: Box[] = []
  for (let at = 0; at + 8 <= view.length;) {
    const short = view.readUInt32BE(at)
    const head = short === 1 ? 16 : 8
    const size = short === 1 ? Number(view.readBigUInt64BE(at + 8)) : short || view.length - at
    const type = view.toString("latin1", at + 4, at + 8)
    const body = bytes.subarray(at + head, at + size)
    boxes.push({ type, body, isLong: short === 1, ...(CONTAINERS.has(type) && { children: parse(body) }) })
    at += size
  }
  return boxes
}

function serialise({ type, body, isLong, children }: Box): Buffer {
  const inner = children ? Buffer.concat(children.map(serialise)) : body
  const head = Buffer.alloc(isLong ? 16 : 8)
  head.writeUInt32BE(isLong ? 1 : inner.length + 8)
  head.write(type, 4, "latin1")
  if (isLong) head.writeBigUInt64BE(BigInt(inner.length + 16), 8)
  return Buffer.concat([head, inner])
}

/** Where the frames are, when the header before them grows. */
function moveOffsets(movie: Box, by: number) {
  for (const box of movie.children ?? []) moveOffsets(box, by)
  if (movie.type !== "stco" && movie.type !== "co64") return
  const body = Buffer.from(movie.body)
  for (let at = 0; at < body.readUInt32BE(4); at++) {
    if (movie.type === "stco") body.writeUInt32BE(body.readUInt32BE(8 + at * 4) + by, 8 + at * 4)
    else body.writeBigUInt64BE(body.readBigUInt64BE(8 + at * 8) + BigInt(by), 8 + at * 8)
  }
  movie.body = body
}
