import type { Editable } from "../editable.ts"
import type { Injections } from "../injection.ts"

export type Statistics = Record<string, unknown>

const ALL = ["v2.0", "v2.1", "v3.0"] as const

/** Where statistics were changed. */
export interface Edited {
  path: string
  episode?: number
  feature: string
}

const SHARD = /^meta\/episodes\/.*\.parquet$/
const LINES = "meta/episodes_stats.jsonl"
export const STATS = "meta/stats.json"

export const versionOf = (dataset: Editable) => String(dataset.info["codebase_version"])

/** Changes the statistics of a feature in the dataset's own. Undefined when it has none. */
export function editGlobal(
  dataset: Editable,
  feature: string,
  edit: (statistics: Statistics) => void,
): Edited | undefined {
  if (!dataset.files.has(STATS) || !dataset.text(STATS).includes(JSON.stringify(feature))) return undefined
  dataset.json(STATS, (all) => edit(all[feature] as Statistics))
  return { path: STATS, feature }
}

/** The same of the episode that is `back` places before the last one. */
export async function editEpisode(
  dataset: Editable,
  back: number,
  feature: string,
  edit: (statistics: Statistics) => void,
): Promise<Edited | undefined> {
  let edited: Edited | undefined
  if (dataset.files.has(LINES)) {
    dataset.jsonl(LINES, (lines) => {
      const line = lines.at(-1 - back)
      const statistics = (line?.["stats"] as Record<string, Statistics> | undefined)?.[feature]
      if (!statistics) return
      edit(statistics)
      edited = { path: LINES, episode: line!["episode_index"] as number, feature }
    })
    return edited
  }
  const path = dataset.paths(SHARD).at(-1)
  if (path === undefined) return undefined
  const prefix = `stats/${feature}/`
  const before = await dataset.table(path)
  const row = before.columns[0]!.data.length - 1 - back
  if (row < 0 || !before.columns.some(({ name }) => name.startsWith(prefix))) return undefined
  await dataset.table(path, (table) => {
    const columns = table.columns.filter(({ name }) => name.startsWith(prefix))
    const statistics = Object.fromEntries(columns.map(({ name, data }) => [name.slice(prefix.length), data[row]]))
    edit(statistics)
    for (const column of columns) {
      const changed = statistics[column.name.slice(prefix.length)]
      column.data = column.data.map((value, at) => (at === row ? (changed ?? null) : value))
    }
    edited = { path, episode: table.column("episode_index").data[row] as number, feature }
  })
  return edited
}

/** In version 2.0 the dataset's own, else an episode's; in 3.0 the second strength is the dataset's own, too. */
export async function editStats(
  dataset: Editable,
  strength: number,
  feature: string,
  edit: (statistics: Statistics) => void,
): Promise<Edited | undefined> {
  const isGlobal = versionOf(dataset) === "v2.0" || (versionOf(dataset) === "v3.0" && strength === 1)
  return isGlobal ? editGlobal(dataset, feature, edit) : editEpisode(dataset, strength, feature, edit)
}

/** Everywhere: in the dataset's own and in those of each episode. */
export async function editAllStats(dataset: Editable, feature: string, edit: (statistics: Statistics) => void) {
  editGlobal(dataset, feature, edit)
  if (dataset.files.has(LINES)) {
    dataset.jsonl(LINES, (lines) => {
      for (const line of lines) edit((line["stats"] as Record<string, Statistics>)[feature]!)
    })
  }
  const prefix = `stats/${feature}/`
  await dataset.tables(SHARD, (table) => {
    const columns = table.columns.filter(({ name }) => name.startsWith(prefix))
    if (columns.length === 0) return
    columns[0]!.data.forEach((_, row) => {
      const statistics = Object.fromEntries(columns.map(({ name, data }) => [name.slice(prefix.length), data[row]]))
      edit(statistics)
      for (const column of columns) (column.data as unknown[])[row] = statistics[column.name.slice(prefix.length)]
    })
  })
}

/** Every number of a statistic, however it is nested. */
export function each(value: unknown, change: (number: number) => unknown): unknown {
  return Array.isArray(value) ? value.map((inner) => each(inner, change)) : change(Number(value))
}

/** The first number alone. */
export function first(value: unknown, change: (number: number) => unknown): unknown {
  if (!Array.isArray(value)) return change(Number(value))
  return value.map((inner, at) => (at === 0 ? first(inner, change) : (inner as unknown)))
}

/** Numbers that are wrong in one way are wrong in others. */
export const ALSO = [
  "ST-AGG",
  "ST-MATCH-DATA",
  "ST-PARQUET-XCHECK",
  "ST-ORDER",
  "ST-COUNT",
  "ST-F32-CANCEL",
  "ST-IMG-RANGE",
]

/** One change of one feature's statistics. */
export const onStats = (
  rule: string,
  what: string,
  edit: (statistics: Statistics, strength: number) => void,
  { versions = ALL, camera = false, also = [] as string[] } = {},
): Injections[number] => ({
  rule,
  what,
  versions: versions as Injections[number]["versions"],
  async apply(dataset, strength) {
    const feature = camera ? cameraOf(dataset) : "action"
    if (feature === undefined) return undefined
    const edited = await editStats(dataset, strength, feature, (statistics) => edit(statistics, strength))
    return edited && { ...edited, also: [...ALSO, ...also] }
  },
})

/** A camera that is no depth map; undefined when there is none. */
export const cameraOf = (dataset: Editable) =>
  Object.entries(dataset.info["features"] as Record<string, { dtype: string }>).find(
    ([name, { dtype }]) => (dtype === "video" || dtype === "image") && !name.includes("depth"),
  )?.[0]
