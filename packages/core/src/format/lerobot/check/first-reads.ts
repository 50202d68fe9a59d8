import type { Depth } from "../../../check/schema.ts"
import type { FileEntry } from "../../../files/files.ts"
import type { Mp4 } from "../../../media/mp4.ts"
import { tailOf } from "../../../parquet/columns.ts"
import type { Footer } from "../../../parquet/footer.ts"
import { isRecord } from "../text.ts"
import { SCALARS } from "./episode-slices.ts"
import { isWithin } from "./runner.ts"
import type { DatasetFacts } from "./subjects.ts"

/** As LeRobot's packages write them: a footer has its schema, and a chunk of each column for every row group. */
const FOOTER = { base: 4 * 1024, chunk: 128 }
/** A `moov` has its boxes; 4 bytes a frame, 4 a key frame, which is every other one, and a little for where they lie. */
const MOOV = { base: 768, frame: 6.25 }
/** Bytes that are not worth another request: no first read of a table without one to go by is larger. */
const BOLD = 128 * 1024
/** The same of a video, whose `moov` is nearly certain to come first where it is looked for. */
const BOLD_MOOV = 512 * 1024
/** With one to go by: a worker holds several at once. */
const MOST = 4 * 1024 * 1024

/**
 * How much of the end of a data table to read first, so that one range has all that is wanted of it, or its footer at least,
 * and little else: in proportion as much as the first table, which the same program wrote.
 */
export class TableReads {
  readonly #first = new First<{ footer: Footer; size: number; episodes: number }>()
  readonly #columns: number
  readonly #isConverted: boolean
  readonly #wanted: readonly (readonly string[])[]
  readonly #isWhole: boolean

  constructor(facts: DatasetFacts, depth: Depth) {
    const features = facts.has("info") ? facts.info.parsed.features : []
    this.#columns = features.filter(({ dtype }) => dtype !== "video").length
    this.#isConverted = facts.has("info") && isConverted(facts.info.raw)
    this.#wanted = isWithin("scalar", depth) ? SCALARS.map((name) => [name]) : []
    // Of pictures only some are looked at.
    this.#isWhole = isWithin("wide", depth) && !features.some(({ dtype }) => dtype === "image")
  }

  /** @param count episodes that lie in it by their table. */
  async footer({ size }: FileEntry, count: number, read: (firstRead: number) => Promise<Footer>): Promise<Footer> {
    if (this.#isWhole) return read(MOST)
    const episodes = Math.max(1, count)
    const { footer } = await this.#first.before(async (first) => {
      const firstRead = first ? this.#like(first, size, episodes) : this.#bold(size, episodes)
      return { footer: await read(firstRead), size, episodes }
    })
    return footer
  }

  #bold(size: number, episodes: number): number {
    // The columns of a small one come with it.
    if (this.#wanted.length > 0 && size <= BOLD) return size
    return Math.min(BOLD, FOOTER.base + FOOTER.chunk * this.#columns * (this.#isConverted ? 1 : episodes))
  }

  #like(first: { footer: Footer; size: number; episodes: number }, size: number, episodes: number): number {
    const { bytes, row_groups } = first.footer
    const footer = row_groups.length > 1 ? (bytes * episodes) / first.episodes : bytes
    const columns = tailOf(first.footer, this.#wanted, first.size) - bytes
    return generous(footer + Math.max(0, (columns * (size - footer)) / (first.size - bytes)))
  }
}

/** The same of the beginning of the videos of each camera, for their `moov`, by their frames. */
export class VideoReads {
  readonly #first = new Map<string, First<Mp4>>()
  readonly #isMoovFirst: boolean

  constructor(facts: DatasetFacts) {
    // Files of one episode are as the encoder left them, index last; those of several were put together, index first.
    this.#isMoovFirst = facts.version.major === 3
  }

  /** @param frames how many it has by the table of the episodes; `read` without a number looks for the `moov`. */
  moov(camera: string, frames: number, read: (firstRead?: number) => Promise<Mp4>): Promise<Mp4> {
    const ofCamera = this.#first.get(camera) ?? new First()
    this.#first.set(camera, ofCamera)
    const bytesBy = (perFrame: number) => generous(MOOV.base + Math.max(0, perFrame) * frames)
    return ofCamera.before((first) => {
      if (!(frames > 0)) return read()
      if (first === undefined) return this.#isMoovFirst ? read(Math.min(BOLD_MOOV, bytesBy(MOOV.frame))) : read()
      return first?.fast_start && first.frames ? read(bytesBy((first.moov_end - MOOV.base) / first.frames)) : read()
    })
  }
}

/** The converter of LeRobot writes one row group a file, and the frame rate into every feature, which recorders do not. */
const isConverted = ({ features }: Readonly<Record<string, unknown>>) =>
  isRecord(features) && Object.values(features).some((feature) => isRecord(feature) && "fps" in feature)

/** A little more, since no two are the same. */
const generous = (bytes: number) => Math.min(MOST, Math.ceil(bytes * (1 + 1 / 32)) + 128)

/** Whoever comes first is not told anything; the others wait for what it found. So the same files are always read in the same ranges. */
class First<Found> {
  #found: Promise<Found | null> | undefined

  /** @param read is told what the first found; null where it failed. */
  async before(read: (first: Found | null | undefined) => Promise<Found>): Promise<Found> {
    if (this.#found) return read(await this.#found)
    const reading = read(undefined)
    this.#found = reading.catch(() => null)
    return reading
  }
}
