import type { FileSummary, Whole } from "./subjects.ts"

export interface Misplaced {
  episode: number
  from: number
  to: number
  /** The data file its row points to, and the one its rows lie in. */
  pointer: string
  actual: string
  /** The first episode of its file, pointed to the file before: what the converter of 0.4.x writes. */
  is2401: boolean
}

/** Episodes whose rows lie in another data file than the one they point to, by the files' ranges of `index`. */
export function* misplacedEpisodes({
  facts: { episodes },
  files,
}: Pick<Whole, "facts" | "files">): Generator<Misplaced> {
  const ranges = rangesOf(files)
  if (!ranges) return
  const own = new Map(ranges.map((range) => [range.path, range]))
  for (let row = 0; row < episodes.rows; row++) {
    const [from, to] = [episodes.from[row]!, episodes.to[row]!]
    const pointer = episodes.dataPath(row)
    const pointed = own.get(pointer ?? "")
    if (!(to > from) || pointer === undefined || !pointed) continue
    const actual = pointed.min <= from && from <= pointed.max ? pointed : fileOf(ranges, from)
    if (!actual || actual.path === pointer) continue
    const is2401 = actual.min === from && isBefore(pointer, actual.path, ranges)
    yield { episode: episodes.episode_index[row]!, from, to, pointer, actual: actual.path, is2401 }
  }
}

interface Range {
  path: string
  min: number
  max: number
  rows: number
}

/** Data files by the global index of their rows; undefined when a file does not say. */
export function rangesOf(files: Whole["files"]): Range[] | undefined {
  const data = files.filter((file): file is FileSummary & { index: NonNullable<FileSummary["index"]> } => {
    return file.kind === "data" && file.rows > 0 && file.index !== undefined
  })
  if (data.length === 0 || data.length < files.filter(({ kind, rows }) => kind === "data" && rows > 0).length)
    return undefined
  return data
    .map(({ path, index, rows }) => ({ path, min: index.min, max: index.max, rows }))
    .sort((a, b) => a.min - b.min || (a.path < b.path ? -1 : 1))
}

function fileOf(ranges: readonly Range[], index: number): Range | undefined {
  let [low, high] = [0, ranges.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (ranges[middle]!.min <= index) low = middle
    else high = middle - 1
  }
  const range = ranges[low]
  return range && range.min <= index && index <= range.max ? range : undefined
}

function isBefore(pointer: string, actual: string, ranges: readonly Range[]) {
  const paths = ranges.map(({ path }) => path)
  return paths.indexOf(pointer) === paths.indexOf(actual) - 1
}
