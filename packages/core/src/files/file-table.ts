import { grown } from "../numeric/grown.ts"
import type { FileEntry } from "./files.ts"

const FIRST = 1024

/**
 * The files of a repository in columns: of a million, 60 MB instead of 300. Kept are paths and sizes; an entry is made each time
 * it is asked for. A file's row is its place in the listing.
 */
export class FileTable implements Iterable<FileEntry> {
  #length = 0
  readonly #folders: string[] = []
  readonly #folderOf = new Map<string, number>()
  #folder = new Uint32Array(FIRST)
  #size = new Float64Array(FIRST)
  #hash = new Uint32Array(FIRST)
  /** Names end to end, a byte a character, or two where one of them needs it. */
  #names = Buffer.from(new ArrayBuffer(16 * FIRST))
  #end = new Uint32Array(FIRST)
  #isWide = new Uint8Array(FIRST)
  /** Row + 1 by hash; made when a path is first looked for. */
  #index = new Uint32Array(0)
  #indexed = 0

  static of(entries: Iterable<Pick<FileEntry, "path" | "size">>): FileTable {
    const table = new FileTable()
    for (const entry of entries) table.add(entry)
    return table
  }

  get length(): number {
    return this.#length
  }

  add({ path, size }: Pick<FileEntry, "path" | "size">) {
    const row = this.#length
    const cut = path.lastIndexOf("/") + 1
    const name = path.slice(cut)
    const isWide = isWideText(name)
    const begin = this.#beginOf(row)
    const end = begin + (isWide ? 2 * name.length : name.length)
    if (row === this.#size.length) this.#grow(2 * row)
    if (end > this.#names.length) this.#names = Buffer.from(this.#names.buffer.transfer(Math.ceil(1.5 * end)))
    this.#names.write(name, begin, isWide ? "utf16le" : "latin1")
    this.#end[row] = end
    this.#isWide[row] = isWide ? 1 : 0
    this.#folder[row] = this.#numberOf(path.slice(0, cut))
    this.#size[row] = size
    this.#hash[row] = hashOf(path)
    this.#length++
  }

  pathAt(row: number): string {
    const encoding = this.#isWide[row] === 1 ? "utf16le" : "latin1"
    return this.#folders[this.#folder[row]!]! + this.#names.toString(encoding, this.#beginOf(row), this.#end[row])
  }

  sizeAt = (row: number): number => this.#size[row]!

  at = (row: number): FileEntry => ({ path: this.pathAt(row), size: this.#size[row]!, oid: null, lfs: false })

  /** Of several files of one path the first; −1 when there is none. */
  rowOf(path: string): number {
    if (this.#indexed < this.#length) this.#reindex()
    const hash = hashOf(path)
    const mask = this.#index.length - 1
    for (let slot = hash & mask; this.#length > 0; slot = (slot + 1) & mask) {
      const row = this.#index[slot]! - 1
      if (row < 0) break
      if (this.#hash[row] === hash && this.pathAt(row) === path) return row
    }
    return -1
  }

  has = (path: string): boolean => this.rowOf(path) >= 0

  get(path: string): FileEntry | undefined {
    const row = this.rowOf(path)
    return row < 0 ? undefined : this.at(row)
  }

  *[Symbol.iterator](): Generator<FileEntry> {
    for (let row = 0; row < this.#length; row++) yield this.at(row)
  }

  values = () => this[Symbol.iterator]()

  #beginOf = (row: number) => (row === 0 ? 0 : this.#end[row - 1]!)

  #numberOf(folder: string): number {
    const last = this.#folders.length - 1
    if (this.#folders[last] === folder) return last
    const known = this.#folderOf.get(folder)
    if (known !== undefined) return known
    this.#folders.push(folder)
    this.#folderOf.set(folder, last + 1)
    return last + 1
  }

  #grow(rows: number) {
    this.#folder = grown(this.#folder, rows)
    this.#size = grown(this.#size, rows)
    this.#hash = grown(this.#hash, rows)
    this.#end = grown(this.#end, rows)
    this.#isWide = grown(this.#isWide, rows)
  }

  /** At most half of the slots are taken, so that few steps lead to a row or to nothing. */
  #reindex() {
    const slots = 2 ** Math.ceil(Math.log2(2 * this.#length))
    this.#index = new Uint32Array(slots)
    for (let row = 0; row < this.#length; row++) {
      let slot = this.#hash[row]! & (slots - 1)
      while (this.#index[slot] !== 0) slot = (slot + 1) & (slots - 1)
      this.#index[slot] = row + 1
    }
    this.#indexed = this.#length
  }
}

/** Some files of a table, in an order of their own. */
export class FileList implements Iterable<FileEntry> {
  readonly table: FileTable
  readonly rows: Uint32Array

  constructor(table: FileTable, rows: Uint32Array) {
    this.table = table
    this.rows = rows
  }

  /** In the order of their paths. */
  static byPath(table: FileTable, rows: readonly number[]): FileList {
    const sorted = Uint32Array.from(rows)
    let before = ""
    for (const row of sorted) {
      const path = table.pathAt(row)
      if (path < before) {
        sorted.sort((a, b) => (table.pathAt(a) < table.pathAt(b) ? -1 : 1))
        break
      }
      before = path
    }
    return new FileList(table, sorted)
  }

  get length(): number {
    return this.rows.length
  }

  at = (position: number): FileEntry => this.table.at(this.rows[position]!)

  pick = (positions: readonly number[]) =>
    new FileList(
      this.table,
      Uint32Array.from(positions, (position) => this.rows[position]!),
    )

  filter(keep: (row: number) => boolean): FileList {
    return new FileList(this.table, this.rows.filter(keep))
  }

  *[Symbol.iterator](): Generator<FileEntry> {
    for (const row of this.rows) yield this.table.at(row)
  }

  values = () => this[Symbol.iterator]()
}

function isWideText(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return true
  return false
}

/** FNV-1a of the characters, its bits mixed once more: neighbours differ in their last digit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
