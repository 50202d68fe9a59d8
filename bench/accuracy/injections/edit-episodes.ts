import type { Editable, Table } from "../editable.ts"
import type { Injected, Strength } from "../injection.ts"

export const EPISODES = /^meta\/episodes\/.*\.parquet$/
export const JSONL = "meta/episodes.jsonl"

/** The last shard, and which of its rows: never the first one of the dataset. */
export const rowAt = (length: number, strength: Strength) => Math.max(0, length - 1 - strength)

/** Changes one row of the episodes table, in whichever version it is. */
export async function oneRow(
  dataset: Editable,
  strength: Strength,
  edit: (row: Record<string, unknown>, set: (name: string, value: unknown) => void) => void,
): Promise<Injected> {
  if (dataset.files.has(JSONL)) {
    let episode = -1
    dataset.jsonl(JSONL, (lines) => {
      const line = lines[rowAt(lines.length, strength)]!
      episode = line["episode_index"] as number
      edit(line, (name, value) => (line[name] = value))
    })
    return { episode, path: JSONL }
  }
  const path = dataset.paths(EPISODES).at(-1)!
  let episode = -1
  await dataset.table(path, (table) => {
    const row = rowAt(table.columns[0]!.data.length, strength)
    episode = table.column("episode_index").data[row] as number
    edit(Object.fromEntries(table.columns.map(({ name, data }) => [name, data[row]])), (name, value) => {
      ;(table.column(name).data as unknown[])[row] = value
    })
  })
  return { episode, path }
}

export const onTable = async (dataset: Editable, edit: (table: Table) => void) => {
  const path = dataset.paths(EPISODES).at(-1)!
  await dataset.table(path, edit)
  return path
}

/** What a table that contradicts the data makes fire beside the rule itself. */
export const FOLLOW = [
  "INFO-TOTAL-FRAMES",
  "EP-FILE-ROWS",
  "EP-V2-ROWS",
  "EP-LEN-RANGE",
  "EP-RANGE-CONTIG",
  "EP-FILE-INDEX",
  "IDX-EPISODE",
  "TS-FOOTER",
  "VID-FRAMES-V2",
  "VID-FRAMES-V3",
  "VID-RANGE-LEN",
  "ST-COUNT",
  "ST-INDEX-STALE",
  "INFO-TOTAL-EP",
  "PATH-RESOLVE-DATA",
  "PATH-RESOLVE-VIDEO",
  "PATH-ORPHAN-FILE",
]
