import { parquetMetadata } from "hyparquet"
import type { Depth } from "../../packages/core/src/check/schema.ts"
import type { SampleFile } from "../../packages/local/src/hub/repo.ts"
import { cheapest, type Span } from "./ranges.ts"

export interface Least {
  requests: number
  bytes: number
}

/** The columns that every frame has. */
const SCALARS = ["index", "episode_index", "frame_index", "timestamp", "task_index"]
const READ_WHOLE = /^meta\/.*\.jsonl?$|^\.robokit\.yaml$/

interface Tree {
  files: ReadonlyMap<string, SampleFile>
  /** Address of the first page of its listing. */
  listing: string
}

/**
 * The least that validating at a depth could ask of the Hub, reckoned from the files by readers that are not ours: the pages of the
 * listing, the JSON of meta/ and its tables, the footer and the wanted chunks of each data table, the `moov` of each video.
 * Of each file the cheapest ranges, chosen by somebody who knows every offset before; the first is redirected, which is a request.
 */
export async function leastFor({ files, listing }: Tree, depth: Depth): Promise<Least> {
  const least = await pagesOf(listing)
  for (const [path, file] of files) {
    const wanted = await wantedOf(path, file, files, depth)
    if (wanted.length === 0) continue
    const { requests, bytes } = cheapest(wanted)
    least.requests += 1 + requests
    least.bytes += bytes
  }
  return least
}

async function wantedOf(path: string, file: SampleFile, files: Tree["files"], depth: Depth): Promise<readonly Span[]> {
  if (READ_WHOLE.test(path)) return [[0, file.size]]
  if (/^meta\/.*\.parquet$/.test(path)) return chunksOf(file, () => true)
  if (/^videos\/.*\.mp4$/.test(path)) return [await moovOf(file)]
  if (!/^data\/.*\.parquet$/.test(path)) return []
  if (depth === "metadata") return chunksOf(file, () => false)
  if (depth === "columns") return chunksOf(file, (name) => SCALARS.includes(name))
  const { features } = JSON.parse(Buffer.from(await all(files.get("meta/info.json")!)).toString()) as {
    features: Record<string, unknown>
  }
  return chunksOf(file, (name, type) => name in features && type !== "BYTE_ARRAY")
}

/** Footer, and the chunks of the wanted columns. */
async function chunksOf(file: SampleFile, isWanted: (name: string, type: string) => boolean): Promise<Span[]> {
  const { size } = file
  const length = new DataView(copyOf(await file.read(size - 8, size))).getUint32(0, true)
  const footer: Span = [size - 8 - length, size]
  const { row_groups } = parquetMetadata(copyOf(await file.read(...footer)))
  const chunks = row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data: chunk }): Span[] => {
      if (!chunk || !isWanted(chunk.path_in_schema[0]!, chunk.type)) return []
      // Absent, or 0 by some writers, where there is no dictionary.
      const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
      return [[start, start + Number(chunk.total_compressed_size)]]
    }),
  )
  return [footer, ...chunks]
}

/** The `moov` box of an mp4; the head of the file where it has none, since nobody knows that without a look. */
async function moovOf(file: SampleFile): Promise<Span> {
  for (let at = 0; at + 8 <= file.size;) {
    const head = Buffer.from(await file.read(at, Math.min(at + 16, file.size)))
    const short = head.readUInt32BE(0)
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short || file.size - at
    if (head.toString("latin1", 4, 8) === "moov") return [at, at + size]
    if (size < 8) break
    at += size
  }
  return [0, Math.min(8, file.size)]
}

/** The pages of a listing as the Hub sends them. */
async function pagesOf(first: string): Promise<Least> {
  const least = { requests: 0, bytes: 0 }
  for (let url: string | undefined = first; url !== undefined;) {
    const answer: Response = await fetch(url, { headers: { "accept-encoding": "identity" } })
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
    least.requests++
    least.bytes += (await answer.arrayBuffer()).byteLength
    url = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1]
  }
  return least
}

const all = (file: SampleFile) => file.read(0, file.size)
const copyOf = (bytes: Uint8Array) => new Uint8Array(bytes).buffer
