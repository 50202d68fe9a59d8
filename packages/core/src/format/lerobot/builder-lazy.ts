import type { BuiltFile } from "./builder-spec.ts"

/** A run of files whose paths follow from a number, in path order. */
export interface Section {
  count: number
  path(at: number): string
  /** The number behind a path, or undefined when it is not of this run. */
  find(path: string): number | undefined
  file(at: number): BuiltFile
}

/** One file as a section. */
export const only = (path: string, file: BuiltFile): Section => ({
  count: 1,
  path: () => path,
  find: (wanted) => (wanted === path ? 0 : undefined),
  file: () => file,
})

/** A tree of any length in no memory: every entry is computed when asked for. Sections come in path order. */
export class LazyTree implements ReadonlyMap<string, BuiltFile> {
  readonly size: number
  readonly #sections: readonly Section[]

  constructor(sections: readonly Section[]) {
    this.#sections = sections
    this.size = sections.reduce((sum, { count }) => sum + count, 0)
  }

  get(path: string): BuiltFile | undefined {
    for (const section of this.#sections) {
      const at = section.find(path)
      if (at !== undefined && at < section.count) return section.file(at)
    }
    return undefined
  }

  has = (path: string) => this.get(path) !== undefined

  forEach(visit: (file: BuiltFile, path: string, map: ReadonlyMap<string, BuiltFile>) => void) {
    for (const [path, file] of this) visit(file, path, this)
  }

  *#walk(): Generator<[string, BuiltFile]> {
    for (const section of this.#sections) {
      for (let at = 0; at < section.count; at++) yield [section.path(at), section.file(at)]
    }
  }

  entries = () => this.#walk() as unknown as MapIterator<[string, BuiltFile]>
  keys = () => this.#walk().map(([path]) => path) as unknown as MapIterator<string>
  values = () => this.#walk().map(([, file]) => file) as unknown as MapIterator<BuiltFile>;
  [Symbol.iterator] = () => this.entries()
}

/** A file of zeros that is stored nowhere. */
export const zeros = (size: number): BuiltFile => ({
  size,
  read: (start, end) => new Uint8Array(Math.max(0, Math.min(end, size) - start)),
})

/** Zeros with real bytes at the end: a table whose footer is all that was written. */
export const zerosThen = (size: number, tail: Uint8Array): BuiltFile => ({
  size,
  read: (start, end) => {
    const from = size - tail.length
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
    if (end > from) bytes.set(tail.subarray(Math.max(0, start - from), end - from), Math.max(0, from - start))
    return bytes
  },
})

/** Lines of one width, blanks before the line break, so that any range is computed without the rest. */
export function fixedLines(count: number, width: number, line: (at: number) => string): BuiltFile {
  const size = count * width
  return {
    size,
    read: (start, end) => {
      const stop = Math.min(end, size)
      const first = Math.floor(start / width)
      const last = Math.ceil(stop / width)
      const block = Buffer.alloc(Math.max(0, last - first) * width, " ")
      for (let at = first; at < last; at++) {
        const written = block.write(line(at), (at - first) * width)
        if (written >= width) throw new RangeError(`Line ${at} is longer than ${width - 1} bytes`)
        block[(at - first + 1) * width - 1] = 0x0a
      }
      return block.subarray(start - first * width, stop - first * width)
    },
  }
}

export const pad = (value: number, digits: number) => String(value).padStart(digits, "0")
