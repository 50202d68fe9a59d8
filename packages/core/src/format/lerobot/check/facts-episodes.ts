import { AppError } from "../../../error.ts"
import type { FileEntry, Files } from "../../../files/files.ts"
import { numberPerRow, readColumns, type LeafData } from "../../../parquet/columns.ts"
import { readFooter } from "../../../parquet/footer.ts"
import { leavesOf } from "../../../parquet/leaves.ts"
import type { Info } from "../info.ts"
import { readLines } from "../jsonl.ts"
import { episodeValues } from "../listing.ts"
import { isTemplate, parseTemplate, type Template } from "../template.ts"
import { isRecord } from "../text.ts"
import { EpisodeRecords } from "./episode-records.ts"
import type { EpisodeShards } from "./episode-shards.ts"
import { beginLines, textFacts } from "./facts-text.ts"
import { isFault } from "./fault.ts"
import { textsPerRow } from "./lists.ts"
import type { EpisodeFacts } from "./subjects.ts"

export const EPISODES_JSONL = "meta/episodes.jsonl"
const DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
const VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
const MAX_SHARD = 256 * 1024 * 1024
const AT_ONCE = 4

/** The episodes table of version 3 as it stands; a shard that is broken is named in `broken`, an error of the Hub is thrown. */
export async function episodesFromParquet(
  { entries: shards, open }: Pick<EpisodeShards, "entries" | "open">,
  info: Info,
  cameras: readonly string[],
  signal: AbortSignal,
): Promise<EpisodeFacts> {
  const parts = new Map<number, EpisodeRecords>()
  const columns: string[][] = shards.map(() => [])
  const broken: { path: string; error: AppError }[] = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < shards.length; at = next++) {
      const shard = shards[at]!
      try {
        const part = new EpisodeRecords(cameras)
        columns[at] = await readShard(open(shard), shard, at, part, cameras, signal)
        parts.set(at, part)
      } catch (error) {
        if (!isFault(error)) throw error
        broken.push({ path: shard.path, error })
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, shards.length) }, work))
  const all = EpisodeRecords.concat(
    [...parts].sort(([a], [b]) => a - b).map(([, part]) => part),
    cameras,
  )
  const data = info.data_path ?? builtIn(DATA_PATH)
  const video = info.video_path ?? builtIn(VIDEO_PATH)
  const facts = all.finish()
  return {
    ...facts,
    sources: shards.map(({ path }) => path),
    columns,
    broken,
    badLines: [],
    text: null,
    dataPath: (row) => place(data, facts.data_chunk[row]!, facts.data_file[row]!),
    videoPath(row, camera) {
      const window = facts.windows.get(camera)
      return window && place(video, window.chunk[row]!, window.file[row]!, camera)
    },
  }
}

const place = (template: Template, chunk: number, file: number, camera?: string) =>
  Number.isInteger(chunk) && chunk >= 0 && Number.isInteger(file) && file >= 0
    ? template.fill({ chunk_index: chunk, file_index: file, video_key: camera })
    : undefined

async function readShard(
  { bytes, firstRead }: ReturnType<EpisodeShards["open"]>,
  shard: FileEntry,
  source: number,
  into: EpisodeRecords,
  cameras: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const { path } = shard
  if (shard.size > MAX_SHARD) throw new AppError("too_large", `${path} is ${shard.size} bytes long.`, { path })
  const wanted = new Set(EpisodeRecords.columnsOf(cameras))
  const keep = ([name, ...inner]: readonly string[]) => (name === "tasks" ? inner.length > 0 : wanted.has(name!))
  const footer = await readFooter(bytes, { signal, keep, firstRead })
  const leaves = leavesOf(footer.schema)
  const tasks = leaves.find((leaf) => leaf.path[0] === "tasks" && leaf.path.length > 1)?.path ?? ["tasks"]
  const names = EpisodeRecords.columnsOf(cameras)
  let row = 0
  for await (const { rows, columns } of readColumns(bytes, footer, [...names.map((name) => [name]), tasks], {
    signal,
  })) {
    const numbers = columns.slice(0, -1).map((column) => (column ? numberPerRow(column) : null))
    const texts = columns.at(-1) ? textsPerRow(columns.at(-1) as LeafData) : null
    into.append(rows, numbers, texts, source, row)
    row += rows
  }
  return [...new Set(leaves.map((leaf) => leaf.path[0]!))]
}

/** `meta/episodes.jsonl` as it stands. */
export async function episodesFromJsonl(
  files: Files,
  file: FileEntry,
  info: Info,
  signal: AbortSignal,
): Promise<EpisodeFacts> {
  const records = new EpisodeRecords([])
  const badLines: number[] = []
  const { head, bytes } = await beginLines(files.open(file), signal)
  const text = textFacts(file.path, head)
  let from = 0
  for await (const { number, value } of readLines(bytes, signal)) {
    if (!isRecord(value)) {
      if (badLines.length < 1000) badLines.push(number)
      continue
    }
    const length = numberOf(value["length"])
    const to = from + (length >= 0 ? length : 0)
    const tasks = value["tasks"]
    const texts = Array.isArray(tasks) && tasks.every((task) => typeof task === "string") ? tasks : null
    records.append(1, [[numberOf(value["episode_index"])], [length], [from], [to]], [texts], 0, number)
    from = to
  }
  const facts = records.finish()
  const data = info.data_path
  const video = info.video_path
  const chunks = info.chunks_size ?? 1000
  const valuesOf = (row: number) => episodeValues(facts.episode_index[row]!, chunks)
  const isIndex = (row: number) => Number.isInteger(facts.episode_index[row]) && facts.episode_index[row]! >= 0
  return {
    ...facts,
    sources: [file.path],
    columns: [],
    broken: [],
    badLines,
    text: { ...text, size: file.size },
    dataPath: (row) => (isIndex(row) ? data?.fill(valuesOf(row)) : undefined),
    videoPath: (row, camera) => (isIndex(row) ? video?.fill({ ...valuesOf(row), video_key: camera }) : undefined),
  }
}

/** A number; anything else, text that looks like one included, is none. */
const numberOf = (value: unknown) => (typeof value === "number" ? value : NaN)

function builtIn(text: string): Template {
  const template = parseTemplate(text)
  if (!isTemplate(template)) throw new Error(`the built-in template ${text} ${template.problem}`)
  return template
}
