import { AppError } from "../../../error.ts"
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
import { motionOf } from "./motion-features.ts"
import { SeenValues } from "./seen-values.ts"
import { summaryOfEpisode, summaryOfFile } from "./summaries.ts"
import type { DataFile, DatasetFacts, EpisodeSummary, FileSummary } from "./subjects.ts"

const AT_ONCE = 4
/** The footer of a small file comes with the rest of it in one range. */
const WHOLE = 64 * 1024

export interface Scope {
  data: readonly FileEntry[]
  videos: readonly { camera: string; entry: FileEntry }[]
}

export interface Passed {
  files: FileSummary[]
  episodes: EpisodeSummary[]
  values: SeenValues
  /** Files opened, rows whose columns were read. */
  filesRead: number
  rowsRead: number
}

export interface PassContext {
  files: Files
  facts: DatasetFacts
  runner: RuleRunner
  depth: Depth
  signal: AbortSignal
  progress(done: number, of: number): void
}

/** Looks at each file once for all rules. Files that cannot be opened are subjects, too; an error of the Hub is thrown. */
export async function passOver(scope: Scope, ctx: PassContext): Promise<Passed> {
  const { actions, states } = ctx.facts.has("info") ? motionOf(ctx.facts.info.parsed) : { actions: [], states: [] }
  const values = new SeenValues([...actions, ...states])
  const passed: Passed = { files: [], episodes: [], values, filesRead: 0, rowsRead: 0 }
  const dataRows = ctx.facts.has("episodes") ? rowsByDataFile(ctx.facts.episodes) : new Map<string, number[]>()
  const recordOf = ctx.facts.has("episodes") ? rowOfEpisode(ctx.facts.episodes) : () => null
  const work = [
    ...scope.data.map((entry) => () => lookAtData(entry, dataRows.get(entry.path) ?? [], recordOf, ctx, passed)),
    ...scope.videos.map(
      ({ camera, entry }) =>
        () =>
          lookAtVideo(entry, camera, ctx, passed),
    ),
  ]
  let next = 0
  let done = 0
  const worker = async () => {
    for (let at = next++; at < work.length; at = next++) {
      ctx.signal.throwIfAborted()
      await work[at]!()
      ctx.progress(++done, work.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, work.length) }, worker))
  // Files are looked at several at once; what they leave behind has an order of its own.
  passed.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  passed.episodes.sort((a, b) => a.episode - b.episode || (a.path < b.path ? -1 : 1))
  return passed
}

async function lookAtData(
  entry: FileEntry,
  episodeRows: readonly number[],
  recordOf: (episode: number) => number | null,
  { files, facts, runner, depth, signal }: PassContext,
  passed: Passed,
) {
  try {
    const bytes = rememberTail(files.open(entry))
    const footer = await readFooter(bytes, { signal, firstRead: WHOLE })
    const file = dataFileOf(entry, footer, episodeRows)
    passed.filesRead++
    runner.run("data_file", file)
    passed.files.push(summaryOfFile(file))
    if (!isWithin("scalar", depth)) return
    const wide = isWithin("wide", depth) ? wideLeaves(file, facts) : []
    const stats = facts.has("episode_stats") ? facts.episode_stats : null
    const slicer = new EpisodeSlicer(file, wide, recordOf)
    const look = (slices: Iterable<Slice>) => {
      for (const { rows, values: sliced } of slices) {
        runner.run("episode_rows", rows)
        const values = measured(rows, sliced, stats)
        for (const each of values) runner.run("episode_values", each)
        passed.episodes.push({ ...summaryOfEpisode(rows), ...passed.values.add(values) })
        passed.rowsRead += rows.rows
      }
    }
    const paths = [...SCALARS.map((name) => [name]), ...wide.map(({ path }) => path)]
    for await (const group of readColumns(bytes, footer, paths, { signal })) look(slicer.add(group))
    look(slicer.finish())
  } catch (error) {
    if (!isFault(error)) throw error
    runner.run("broken_file", { entry, kind: "data", error })
  }
}

/** Leaves of the numeric features that are read at full depth. */
function wideLeaves({ leaves }: DataFile, facts: DatasetFacts): WideLeaf[] {
  const declared = new Set(facts.info.parsed.features.map(({ key }) => key))
  return leaves
    .filter(
      ({ path, kind }) =>
        declared.has(path[0]!) && !(SCALARS as readonly string[]).includes(path[0]!) && isNumeric(kind),
    )
    .map(({ path }) => ({ feature: path[0]!, path }))
}

const isNumeric = (kind: string) => ["boolean", "int32", "uint32", "int64", "uint64", "float", "double"].includes(kind)

async function lookAtVideo(entry: FileEntry, camera: string, ctx: PassContext, passed: Passed) {
  const { files, facts, runner, signal } = ctx
  try {
    const mp4 = await probeMp4(files.open(entry), { signal })
    passed.filesRead++
    const episodeRows = facts.has("episodes") ? (rowsByVideoFile(facts.episodes, camera).get(entry.path) ?? []) : []
    runner.run("video_file", { entry, camera, mp4, episodeRows })
    passed.files.push({ path: entry.path, kind: "video", camera, rows: mp4.frames ?? 0 })
  } catch (error) {
    if (!isFault(error)) throw error
    runner.run("broken_file", { entry, kind: "video", camera, error })
  }
}

const isFault = (error: unknown): error is AppError =>
  error instanceof AppError &&
  ["invalid", "limit", "unsupported"].includes(error.kind) &&
  error.code !== "budget_exceeded"
