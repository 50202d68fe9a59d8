import { FileRanges } from "./file-ranges.ts"
import type { Whole } from "./subjects.ts"

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
  const ranges = FileRanges.of(files)
  if (!ranges) return
  for (let row = 0; row < episodes.rows; row++) {
    const [from, to] = [episodes.from[row]!, episodes.to[row]!]
    const pointer = episodes.dataPath(row)
    const pointed = pointer === undefined ? undefined : ranges.get(pointer)
    if (!(to > from) || pointer === undefined || !pointed) continue
    const actual = pointed.min <= from && from <= pointed.max ? pointed : ranges.fileOf(from)
    if (!actual || actual.path === pointer) continue
    const is2401 = actual.min === from && ranges.isBefore(pointer, actual.path)
    yield { episode: episodes.episode_index[row]!, from, to, pointer, actual: actual.path, is2401 }
  }
}
