import type { FramesRequest } from "../../episode/frames.ts"
import { AppError } from "../../error.ts"
import type { Bytes, FileEntry, Files } from "../../files/files.ts"
import { numberPerRow, readColumns } from "../../parquet/columns.ts"
import { type ColumnChunk, type Footer, readFooter } from "../../parquet/footer.ts"
import { type Leaf, leavesOf } from "../../parquet/leaves.ts"
import { rememberTail } from "../../parquet/tail.ts"
import type { IndexContext } from "../adapter.ts"
import type { Declared } from "./index-source.ts"

/** Files looked into for rows that are not where they should be. */
const MAX_TRIED = 64
const MAX_LISTED = 20_000

/** Rows of an episode in a file: numbers of row groups, and of rows inside them. */
export interface FoundRows {
  path: string
  bytes: Bytes
  footer: Footer
  groups: { group: number; hits: Uint32Array }[]
}

/** Finds the rows of an episode where they should be, else in the files nearest to it. */
export async function findRows(request: FramesRequest, declared: Declared, ctx: IndexContext): Promise<FoundRows> {
  const { episode_index, data_path } = request
  const stated = data_path === null ? undefined : (await ctx.files.stat([data_path])).get(data_path)
  if (stated) {
    const found = await rowsIn(stated, episode_index, declared, ctx)
    if (found) return found
  }
  for (const file of await nearest(request, declared, ctx)) {
    const found = await rowsIn(file, episode_index, declared, ctx)
    if (found) return found
  }
  const where = data_path === null ? "its file is not stated" : `${data_path} ${stated ? "has none" : "is missing"}`
  throw new AppError(
    stated ? "dataset_malformed" : "file_missing",
    `Episode ${episode_index} has no rows: ${where}, and neither have the files nearest to it.`,
    { episode: episode_index, path: data_path ?? undefined },
  )
}

/** Undefined when the file has no row of the episode. */
async function rowsIn(
  file: FileEntry,
  episode: number,
  { major }: Declared,
  { files, signal }: IndexContext,
): Promise<FoundRows | undefined> {
  const bytes = rememberTail(files.open(file))
  const footer = await readFooter(bytes, { signal })
  const leaves = leavesOf(footer.schema)
  const at = leaves.findIndex(({ path }) => path.length === 1 && path[0] === "episode_index")
  const groups: FoundRows["groups"] = []
  // A file of version 2 is of one episode, whose number is in its name.
  if (at < 0 && major === 2 && numberOf(file.path) === episode) {
    for (const [group, { num_rows }] of footer.row_groups.entries())
      groups.push({ group, hits: Uint32Array.from({ length: num_rows }, (_, row) => row) })
  }
  if (at >= 0) {
    for (const [group, { columns }] of footer.row_groups.entries()) {
      const chunk = columns.find(({ leaf }) => leaf === at)
      if (!chunk || !mayHold(chunk, leaves[at]!, episode)) continue
      const hits = await hitsIn(bytes, footer, group, episode, signal)
      if (hits.length > 0) groups.push({ group, hits })
    }
  }
  return groups.length > 0 ? { path: file.path, bytes, footer, groups } : undefined
}

async function hitsIn(bytes: Bytes, footer: Footer, group: number, episode: number, signal: AbortSignal) {
  const one = { ...footer, row_groups: [footer.row_groups[group]!] }
  for await (const { columns } of readColumns(bytes, one, [["episode_index"]], { signal })) {
    const values = columns[0] && numberPerRow(columns[0])
    if (!values) continue
    const hits: number[] = []
    for (let row = 0; row < values.length; row++) if (values[row] === episode) hits.push(row)
    return Uint32Array.from(hits)
  }
  return new Uint32Array(0)
}

/** By the statistics of the column; without any, the values must be asked. */
function mayHold({ min, max }: ColumnChunk, { kind }: Leaf, episode: number) {
  const [low, high] = [bound(min, kind), bound(max, kind)]
  return (low === null || low <= episode) && (high === null || episode <= high)
}

function bound(bytes: Uint8Array | null, kind: Leaf["kind"]): number | null {
  if (!bytes) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (kind === "int64" && bytes.length === 8) return Number(view.getBigInt64(0, true))
  if (kind === "int32" && bytes.length === 4) return view.getInt32(0, true)
  return null
}

/** Files to look into instead: of version 2 those named by the episode, else those next to the one stated. */
async function nearest({ episode_index, data_path }: FramesRequest, { major }: Declared, ctx: IndexContext) {
  const all = await dataFiles(ctx.files, ctx.signal)
  const named = all.filter(({ path }) => numberOf(path) === episode_index)
  if (major === 2 && named.length > 0) return named.filter(({ path }) => path !== data_path).slice(0, MAX_TRIED)
  const at = Math.max(0, data_path === null ? 0 : all.findIndex(({ path }) => path === data_path))
  // The next one first: the converter of LeRobot 0.4.0 to 0.4.4 names the file before the right one.
  const distance = (index: number) => (index > at ? 2 * (index - at) - 1 : 2 * (at - index))
  return all
    .map((file, index) => ({ file, far: distance(index) }))
    .filter(({ file }) => file.path !== data_path)
    .sort((a, b) => a.far - b.far)
    .slice(0, MAX_TRIED)
    .map(({ file }) => file)
}

async function dataFiles(files: Files, signal: AbortSignal): Promise<FileEntry[]> {
  const all: FileEntry[] = []
  for await (const file of files.list("data", signal)) {
    if (file.path.endsWith(".parquet")) all.push(file)
    if (all.length >= MAX_LISTED) break
  }
  return all.sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }))
}

const numberOf = (path: string) => {
  const match = /episode[_-](\d{1,12})\.parquet$/.exec(path)
  return match ? Number(match[1]) : undefined
}
