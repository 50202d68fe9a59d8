import type { FileEntry, Files } from "../../../files/files.ts"
import { probeMp4 } from "../../../media/mp4.ts"
import { readColumns } from "../../../parquet/columns.ts"
import { readFooter } from "../../../parquet/footer.ts"
import { rememberTail } from "../../../parquet/tail.ts"
import { isWithin } from "./runner.ts"
import type { RuleRunner } from "./runner.ts"
import type { Depth } from "../../../check/schema.ts"
import { dataFileOf } from "./data-file.ts"
import { EpisodeSlicer, SCALARS, type Slice, type WideLeaf } from "./episode-slices.ts"
import { rowsByDataFile, rowsByVideoFile, rowOfEpisode } from "./episode-places.ts"
import { measured } from "./episode-values.ts"
import { isFault } from "./fault.ts"
import { TableReads, VideoReads } from "./first-reads.ts"
import { motionFeatures } from "./motion-features.ts"
import { pictureColumns } from "./picture-columns.ts"
import { pathsOf, type Scope } from "./scope.ts"
import { SeenValues } from "./seen-values.ts"
import { summaryOfEpisode, summaryOfFile } from "./summaries.ts"
import type { DataFile, DatasetFacts, EpisodeSummary, FileSummary } from "./subjects.ts"

const AT_ONCE = 4
/** Where there are only videos, of which headers are all that is read: as many as the client has on their way. */
const VIDEOS_AT_ONCE = 8
type RecordOf = (episode: number) => number | null

export interface Passed {
  files: FileSummary[]
  episodes: EpisodeSummary[]
  values: SeenValues
  /** Files that could not be opened, rows whose columns were read. */
  broken: number
  rowsRead: number
}

export interface PassContext {
  files: Files
  facts: DatasetFacts
  runner: RuleRunner
  depth: Depth
  /** Episodes whose rows are looked at. */
  isWanted(episode: number): boolean
  signal: AbortSignal
  progress(done: number, of: number): void
}

/** Looks at each file once for all rules. Files that cannot be opened are subjects, too; an error of the Hub is thrown. */
export async function passOver(scope: Pick<Scope, "data" | "videos">, ctx: PassContext): Promise<Passed> {
  const values = new SeenValues(motionFeatures(ctx.facts))
  const passed: Passed = { files: [], episodes: [], values, broken: 0, rowsRead: 0 }
  const { facts } = ctx
  const recordOf = facts.has("episodes") ? rowOfEpisode(facts.episodes) : () => null
  const reads = { tables: new TableReads(facts, ctx.depth), videos: new VideoReads(facts) }
  const rowsOf = episodeRowsIn(scope, facts)
  const episodesOf = (camera: string | null, { path }: FileEntry) =>
    rowsOf(camera).get(path) ?? episodesNamed(path, facts, recordOf)
  const work: (() => Promise<void>)[] = []
  for (const entry of scope.data) {
    work.push(() => lookAtData(entry, episodesOf(null, entry), recordOf, reads.tables, ctx, passed))
  }
  for (const { camera, entry } of scope.videos) {
    work.push(() => lookAtVideo(entry, camera, episodesOf(camera, entry), reads.videos, ctx, passed))
  }
  let next = 0
  let done = 0
  const worker = async () => {
    for (let at = next++; at < work.length; at = next++) {
      ctx.signal.throwIfAborted()
      await work[at]!()
      ctx.progress(++done, work.length)
    }
  }
  const atOnce = scope.data.length > 0 ? AT_ONCE : VIDEOS_AT_ONCE
  await Promise.all(Array.from({ length: Math.min(atOnce, work.length) }, worker))
  // Files are looked at several at once; what they leave behind has an order of its own.
  passed.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  passed.episodes.sort((a, b) => a.episode - b.episode || (a.path < b.path ? -1 : 1))
  return passed
}

async function lookAtData(
  entry: FileEntry,
  episodeRows: readonly number[],
  recordOf: RecordOf,
  reads: TableReads,
  { files, facts, runner, depth, isWanted, signal }: PassContext,
  passed: Passed,
) {
  try {
    const bytes = rememberTail(files.open(entry))
    const footer = await reads.footer(entry, episodeRows.length, (firstRead) =>
      readFooter(bytes, { signal, firstRead }),
    )
    const file = dataFileOf(entry, footer, episodeRows)
    runner.run("data_file", file)
    passed.files.push(summaryOfFile(file))
    if (!isWithin("scalar", depth)) return
    const isWide = isWithin("wide", depth)
    const wide = isWide ? wideLeaves(file, facts) : []
    const stats = facts.has("episode_stats") ? facts.episode_stats : null
    const slicer = new EpisodeSlicer(file, wide, recordOf)
    const look = (slices: Iterable<Slice>) => {
      for (const { rows, values: sliced } of slices) {
        if (!isWanted(rows.episode)) continue
        runner.run("episode_rows", rows)
        const values = measured(rows, sliced, stats)
        for (const each of values) runner.run("episode_values", each)
        passed.episodes.push({ ...summaryOfEpisode(rows, isWide), ...passed.values.add(values) })
        passed.rowsRead += rows.rows
      }
    }
    const paths = [...SCALARS.map((name) => [name]), ...wide.map(({ path }) => path)]
    // A clock in nanoseconds is beyond what a double holds, and no rule asks for its last digits.
    const read = readColumns(bytes, footer, paths, { signal, rounds: true, isPatient: true })
    for await (const group of read) look(slicer.add(group))
    look(slicer.finish())
    if (!isWithin("picture", depth) || !runner.wants("picture_column")) return
    for await (const column of pictureColumns(bytes, file, facts, signal)) runner.run("picture_column", column)
  } catch (error) {
    if (!isFault(error)) throw error
    passed.broken++
    runner.run("broken_file", { entry, kind: "data", error })
  }
}

const NO_VECTORS = new Set(["language", "string", "image", "video"])

/** Leaves of the numeric features that are read at full depth. */
function wideLeaves({ leaves }: DataFile, facts: DatasetFacts): WideLeaf[] {
  // Times of what is said, or of a picture, are no values of a vector.
  const vectors = facts.info.parsed.features.filter(({ dtype }) => !NO_VECTORS.has(dtype ?? ""))
  const declared = new Set(vectors.map(({ key }) => key))
  return leaves
    .filter(
      ({ path, kind }) =>
        declared.has(path[0]!) && !(SCALARS as readonly string[]).includes(path[0]!) && isNumeric(kind),
    )
    .map(({ path }) => ({ feature: path[0]!, path }))
}

const isNumeric = (kind: string) => ["boolean", "int32", "uint32", "int64", "uint64", "float", "double"].includes(kind)

/** Rows of the episodes table by their file: of the data, or of a camera's videos; each is found out when first asked for. */
function episodeRowsIn(scope: Pick<Scope, "data" | "videos">, facts: DatasetFacts) {
  const paths = pathsOf(scope)
  const known = new Map<string | null, ReadonlyMap<string, readonly number[]>>()
  return (camera: string | null) => {
    const rows = known.get(camera) ?? found(camera)
    known.set(camera, rows)
    return rows
  }
  function found(camera: string | null): ReadonlyMap<string, readonly number[]> {
    if (!facts.has("episodes")) return new Map()
    return camera === null ? rowsByDataFile(facts.episodes, paths) : rowsByVideoFile(facts.episodes, camera, paths)
  }
}

/** Files that no template leads to are told by their names, as they are in version 2: the template has rules of its own. */
function episodesNamed(path: string, facts: DatasetFacts, recordOf: RecordOf): number[] {
  const named = facts.version.major === 3 ? null : /episode_(\d{1,12})\.\w+$/.exec(path)
  const record = named && recordOf(Number(named[1]))
  return record === null ? [] : [record]
}

async function lookAtVideo(
  entry: FileEntry,
  camera: string,
  episodeRows: readonly number[],
  reads: VideoReads,
  { files, facts, runner, signal }: PassContext,
  passed: Passed,
) {
  try {
    const frames = episodeRows.reduce((sum, row) => sum + facts.episodes.length[row]!, 0)
    const bytes = files.open(entry)
    const mp4 = await reads.moov(camera, frames, (firstRead = 0) => probeMp4(bytes, { signal, firstRead }))
    runner.run("video_file", { entry, camera, mp4, episodeRows })
    passed.files.push({ path: entry.path, kind: "video", camera, rows: mp4.frames ?? 0 })
  } catch (error) {
    if (!isFault(error)) throw error
    passed.broken++
    runner.run("broken_file", { entry, kind: "video", camera, error })
  }
}
