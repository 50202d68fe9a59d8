import type { Editable } from "../editable.ts"

export const DATA = /^data\/.*\.parquet$/

export interface Span {
  path: string
  episode: number
  /** Rows of the file. */
  from: number
  to: number
}

/** The episode that is `back` places before the last one of the last data file, or of the file before. */
export async function episodeSpan(dataset: Editable, back = 0): Promise<Span | undefined> {
  let left = back
  for (const path of dataset.paths(DATA).reverse()) {
    const { column } = await dataset.table(path).then((table) => ({ column: table.column("episode_index") }))
    const data = column.data as number[]
    for (let to = data.length; to > 0;) {
      let from = to - 1
      while (from > 0 && data[from - 1] === data[from]) from--
      if (left-- === 0) return { path, episode: data[from]!, from, to }
      to = from
    }
  }
  return undefined
}

/** Changes the values of one column in the rows of an episode. */
export async function editColumn<Value>(
  dataset: Editable,
  { path, from, to }: Span,
  name: string,
  edit: (values: Value[]) => Value[],
) {
  await dataset.table(path, (table) => {
    const column = table.column(name)
    const data = [...column.data] as Value[]
    data.splice(from, to - from, ...edit(data.slice(from, to)))
    column.data = data
  })
}

/** A feature of vectors that moves, for the rules of actions and states. */
export const VECTORS = ["action", "observation.state"] as const
