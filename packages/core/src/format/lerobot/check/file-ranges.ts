import { FileTable } from "../../../files/file-table.ts"
import { Growing } from "../../../numeric/growing.ts"
import type { Whole } from "./subjects.ts"

export interface FileRange {
  path: string
  min: number
  max: number
  rows: number
}

/** Data files by the global index of their rows, in columns: of version 2 there may be half a million. */
export class FileRanges implements Iterable<FileRange> {
  /** Paths, and as sizes how many rows each has. */
  readonly #files = new FileTable()
  readonly #min = new Growing()
  readonly #max = new Growing()
  /** Files by their ranges, and the place of each in this order. */
  #order = new Uint32Array(0)
  #place = new Uint32Array(0)

  /**
   * Undefined when a data file with rows does not say, or there is none. Of files with one range, those that `isUsed` come first.
   */
  static of(files: Whole["files"], isUsed: (path: string) => boolean = () => true): FileRanges | undefined {
    const ranges = new FileRanges()
    for (const { path, kind, rows, index } of files) {
      if (kind !== "data" || rows === 0) continue
      if (index === undefined) return undefined
      ranges.#files.add({ path, size: rows })
      ranges.#min.push(index.min)
      ranges.#max.push(index.max)
    }
    ranges.#sort(isUsed)
    return ranges.#order.length === 0 ? undefined : ranges
  }

  #sort(isUsed: (path: string) => boolean) {
    const { length } = this.#files
    const byPath = (a: string, b: string) => Number(isUsed(b)) - Number(isUsed(a)) || (a < b ? -1 : 1)
    const isBefore = (a: number, b: number) =>
      this.#min.at(a) - this.#min.at(b) || byPath(this.#files.pathAt(a), this.#files.pathAt(b))
    this.#order = Uint32Array.from({ length }, (_, row) => row).sort(isBefore)
    this.#place = new Uint32Array(length)
    for (const [place, row] of this.#order.entries()) this.#place[row] = place
  }

  #at(row: number): FileRange {
    return {
      path: this.#files.pathAt(row),
      min: this.#min.at(row),
      max: this.#max.at(row),
      rows: this.#files.sizeAt(row),
    }
  }

  *[Symbol.iterator](): Generator<FileRange> {
    for (const row of this.#order) yield this.#at(row)
  }

  get(path: string): FileRange | undefined {
    const row = this.#files.rowOf(path)
    return row < 0 ? undefined : this.#at(row)
  }

  /** The file of the row with this index. */
  fileOf(index: number): FileRange | undefined {
    let [low, high] = [0, this.#order.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#min.at(this.#order[middle]!) <= index) low = middle
      else high = middle - 1
    }
    const range = this.#at(this.#order[low]!)
    return range.min <= index && index <= range.max ? range : undefined
  }

  /** Whether the one is the next of the other. */
  isBefore(path: string, next: string): boolean {
    const [a, b] = [this.#files.rowOf(path), this.#files.rowOf(next)]
    return this.#place[a] === this.#place[b]! - 1
  }
}
