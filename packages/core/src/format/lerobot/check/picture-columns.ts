import type { Bytes } from "../../../files/files.ts"
import { type LeafData, readColumns, readFirstValues } from "../../../parquet/columns.ts"
import type { DataFile, DatasetFacts, PictureColumn } from "./subjects.ts"

/** A row group whose pictures weigh no more is read whole; of a larger one, the beginning of each camera. */
const MAX_GROUP = 16 * 1024 * 1024
const BEGINNING = 4 * 1024 * 1024

/** The leaf of a camera's encoded pictures, `{bytes, path}` as `datasets` writes it; undefined when there is none. */
export const pictureLeaf = ({ leaves }: DataFile, camera: string) =>
  leaves.find(({ path, maxRepetition }) => path[0] === camera && path[1] === "bytes" && maxRepetition === 0)

/** Pictures of the declared image cameras of a data file, one row group at a time. */
export async function* pictureColumns(
  bytes: Bytes,
  file: DataFile,
  facts: DatasetFacts,
  signal: AbortSignal,
): AsyncGenerator<PictureColumn> {
  const cameras = facts.info.parsed.features
    .filter(({ dtype, key }) => dtype === "image" && pictureLeaf(file, key)?.kind === "bytes")
    .map(({ key }) => ({ camera: key, leaf: pictureLeaf(file, key)! }))
  if (cameras.length === 0) return
  const { footer } = file
  const wanted = new Set(cameras.map(({ leaf }) => file.leaves.indexOf(leaf)))
  const weights = footer.row_groups.map(({ columns }) =>
    columns.reduce((sum, chunk) => sum + (wanted.has(chunk.leaf) ? chunk.total_compressed_size : 0), 0),
  )
  const column = (camera: string, row_group: number, first_row: number, data: LeafData): PictureColumn => {
    const { num_rows: rows } = footer.row_groups[row_group]!
    return { file, camera, row_group, rows, first_row, pictures: perRow(data) }
  }
  let first = 0
  if (weights.every((weight) => weight <= MAX_GROUP)) {
    const paths = cameras.map(({ leaf }) => leaf.path)
    for await (const group of readColumns(bytes, footer, paths, { signal })) {
      for (const [at, { camera }] of cameras.entries()) {
        const data = group.columns[at]
        if (data) yield column(camera, group.row_group, first, data)
      }
      first += group.rows
    }
    return
  }
  for (const [row_group, { num_rows }] of footer.row_groups.entries()) {
    for (const { camera, leaf } of cameras) {
      const data = await readFirstValues(bytes, footer, { row_group, path: leaf.path, limit: BEGINNING }, { signal })
      if (data) yield column(camera, row_group, first, data)
    }
    first += num_rows
  }
}

function perRow({ leaf, values, definitions }: LeafData): (Uint8Array | null)[] {
  const bytes = values as Uint8Array[]
  if (!definitions) return bytes
  let next = 0
  return Array.from(definitions, (level) => (level === leaf.maxDefinition ? bytes[next++]! : null))
}
