import type { Editable } from "../editable.ts"
import type { Injections } from "../injection.ts"
import { DATA, editColumn, episodeSpan, VECTORS, type Span } from "./edit-frames.ts"
import { each, editAllStats, editEpisode, first } from "./edit-stats.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const STATISTICS = ["ST-MATCH-DATA", "ST-PARQUET-XCHECK", "ST-AGG"]
type Vector = number[]

/** A vector feature of the dataset; undefined when it has none. */
async function vectorOf(dataset: Editable, at: Span): Promise<string | undefined> {
  const { columns } = await dataset.table(at.path)
  return VECTORS.find((name) => columns.some((column) => column.name === name && column.depth === 1))
}

/** Whether actions and states are of the same joints. */
function hasSameNames(dataset: Editable): boolean {
  const features = dataset.info["features"] as Record<string, { names?: unknown } | undefined>
  const [actions, states] = ["action", "observation.state"].map((name) => JSON.stringify(features[name]?.names ?? null))
  return actions !== "null" && actions === states
}

/** One change of the vectors of an episode. */
const vectors = (
  rule: string,
  what: string,
  edit: (rows: Vector[], strength: number) => Vector[],
  more: { feature?: (typeof VECTORS)[number]; also?: string[]; least?: number } = {},
): Injections[number] => ({
  rule,
  what,
  versions: ALL,
  async apply(dataset, strength) {
    const at = await episodeSpan(dataset, strength)
    if (!at || at.to - at.from < (more.least ?? 1)) return undefined
    const feature = more.feature ?? (await vectorOf(dataset, at))
    if (feature === undefined) return undefined
    let isSame = true
    await editColumn<Vector>(dataset, at, feature, (rows) => {
      const edited = edit(rows, strength)
      isSame = JSON.stringify(edited) === JSON.stringify(rows)
      return edited
    })
    if (isSame) return undefined
    return { path: at.path, episode: at.episode, feature, also: [...STATISTICS, ...(more.also ?? [])] }
  },
})

export const valueInjections: Injections = [
  vectors("VAL-NAN", "values are NaN or infinite", (rows, strength) =>
    rows.map((row, at) => {
      if (strength < 2 && at !== 5) return row
      return row.map((value, joint) => (joint === 1 || strength === 2 ? [NaN, -Infinity, NaN][strength]! : value))
    }),
  ),
  vectors("VAL-VEC-LEN", "a row has a value too few or too many", (rows, strength) =>
    rows.map((row, at) => {
      if (at !== 4) return row
      return strength === 0 ? row.slice(0, -1) : strength === 1 ? [...row, 1] : [...row, ...row]
    }),
  ),
  {
    rule: "VAL-FIRST-ZERO",
    what: "the first actions are zero although the robot stands elsewhere",
    versions: ALL,
    async apply(dataset, strength) {
      const frames = [1, 2, 5][strength]!
      const far = (row: Vector, from?: Vector) =>
        row.reduce((sum, value, joint) => sum + Math.abs(value - (from?.[joint] ?? 0)), 0)
      for (let back = 0; ; back++) {
        const at = await episodeSpan(dataset, back)
        if (!at) return undefined
        const rows = (await dataset.table(at.path)).column("action").data.slice(at.from, at.to) as Vector[]
        const steps = rows.slice(1).reduce((sum, row, before) => sum + far(row, rows[before]), 0) / (rows.length - 1)
        // From a pose that is nearly zero, or in a hurry, nothing is to be seen.
        if (rows.length < 20 || far(rows[frames]!) <= 10 * steps) continue
        await editColumn<Vector>(dataset, at, "action", () =>
          rows.map((row, frame) => (frame < frames ? row.map(() => 0) : row)),
        )
        return { path: at.path, episode: at.episode, feature: "action", also: STATISTICS }
      }
    },
  },
  {
    rule: "VAL-ACT-STATE-LAG",
    what: "actions are in another unit than states of the same names",
    versions: ALL,
    async apply(dataset, strength) {
      const at = await episodeSpan(dataset, strength)
      if (!at || !hasSameNames(dataset)) return undefined
      const factor = [25, 57.3, 1000][strength]!
      await editColumn<Vector>(dataset, at, "action", (rows) => rows.map((row) => row.map((value) => value * factor)))
      return { path: at.path, episode: at.episode, feature: "action", also: STATISTICS }
    },
  },
  {
    rule: "VAL-ACT-STATE-LAG",
    what: "actions are of the opposite sign, or of another time, than states of the same names",
    versions: ALL,
    async apply(dataset, strength) {
      const at = await episodeSpan(dataset, strength)
      if (!at || at.to - at.from < 30 || !hasSameNames(dataset)) return undefined
      await editColumn<Vector>(dataset, at, "action", (rows) => {
        const third = Math.round(rows.length / 3)
        if (strength === 1) return [...rows.slice(third), ...rows.slice(0, third)]
        return rows.map((row) => row.map((value, joint) => (strength === 0 && joint % 3 === 0 ? value : -value)))
      })
      return { path: at.path, episode: at.episode, feature: "action", also: STATISTICS }
    },
  },
  {
    rule: "VAL-CONST-ALL",
    what: "actions or states are the same in all rows of the dataset",
    versions: ALL,
    async apply(dataset, strength) {
      const feature = VECTORS[strength === 1 ? 1 : 0]
      if (!(feature in (dataset.info["features"] as object))) return undefined
      const value = [0, 0.25, -3][strength]!
      await dataset.tables(DATA, (table) => {
        const column = table.column(feature)
        column.data = column.data.map((row) => (row as Vector).map(() => value))
      })
      await editAllStats(dataset, feature, (statistics) => {
        for (const name of Object.keys(statistics)) {
          if (name !== "count") statistics[name] = each(statistics[name], () => (name === "std" ? 0 : value))
        }
      })
      return { feature }
    },
  },
  vectors("VAL-DEAD", "an episode's vectors are all zero", (rows) => rows.map((row) => row.map(() => 0))),
  {
    rule: "VAL-DEAD",
    what: "by its statistics an episode is all zero",
    versions: ["v2.1", "v3.0"],
    async apply(dataset, strength) {
      const feature = VECTORS[strength === 1 ? 1 : 0]
      const edited = await editEpisode(dataset, strength, feature, (statistics) => {
        for (const name of ["min", "max", "mean", "std"]) statistics[name] = each(statistics[name], () => 0)
        for (const name of ["q01", "q10", "q50", "q90", "q99"]) {
          if (statistics[name]) statistics[name] = each(statistics[name], () => 0)
        }
      })
      return edited && { episode: edited.episode!, feature, also: STATISTICS }
    },
  },
  {
    rule: "VAL-CONST-EP",
    what: "a joint never changes within an episode",
    versions: ALL,
    async apply(dataset, strength) {
      const feature = VECTORS[strength === 1 ? 1 : 0]
      if (!(feature in (dataset.info["features"] as object))) return undefined
      await dataset.tables(DATA, (table) => {
        const column = table.column(feature)
        column.data = column.data.map((row) => (row as Vector).map((value, joint) => (joint === 0 ? 2 : value)))
      })
      await editAllStats(dataset, feature, (statistics) => {
        for (const name of Object.keys(statistics)) {
          if (name !== "count") statistics[name] = first(statistics[name], () => (name === "std" ? 0 : 2))
        }
      })
      return { feature, also: ["VAL-TINY-RANGE"] }
    },
  },
  {
    rule: "VAL-TINY-RANGE",
    what: "a joint moves a hundred-thousandth of the others",
    versions: ALL,
    async apply(dataset, strength) {
      const feature = VECTORS[strength === 1 ? 1 : 0]
      const shape = (dataset.info["features"] as Record<string, { shape: number[] } | undefined>)[feature]?.shape
      if (!shape || shape[0]! < 3) return undefined
      const factor = [1e-5, 1e-6, 1e-8][strength]!
      await editAllStats(dataset, feature, (statistics) => {
        for (const name of Object.keys(statistics)) {
          if (name !== "count") statistics[name] = first(statistics[name], (value) => value * factor)
        }
      })
      return { feature, also: STATISTICS }
    },
  },
  {
    rule: "VAL-UNITS",
    what: "an episode is in another unit than the others",
    versions: ["v2.1", "v3.0"],
    async apply(dataset, strength) {
      // Of fewer than four, none is known to be the odd one.
      if (Number(dataset.info["total_episodes"]) < 4) return undefined
      const feature = VECTORS[strength === 1 ? 1 : 0]
      const factor = [30, 57.3, 1 / 1000][strength]!
      const edited = await editEpisode(dataset, strength, feature, (statistics) => {
        for (const name of Object.keys(statistics)) {
          if (name !== "count") statistics[name] = each(statistics[name], (value) => value * factor)
        }
      })
      return edited && { episode: edited.episode!, feature, also: STATISTICS }
    },
  },
  {
    rule: "VAL-DUP-EP",
    what: "an episode is a copy of another one of the same task",
    versions: ALL,
    async apply(dataset, strength) {
      const pair = await pairOf(dataset, strength)
      if (!pair) return undefined
      const [from, to] = pair
      const source = await dataset.table(from.path)
      const features = Object.keys(dataset.info["features"] as object).filter((name) =>
        /^(action|observation)/.test(name),
      )
      for (const feature of features) {
        const column = source.columns.find(({ name }) => name === feature)
        if (!column) continue
        await editColumn<unknown>(dataset, to, feature, () => column.data.slice(from.from, from.to) as unknown[])
      }
      return { episode: Math.max(from.episode, to.episode), also: STATISTICS }
    },
  },
  {
    rule: "FEAT-DUP-COLUMN",
    what: "a feature is a copy of another one",
    versions: ALL,
    async apply(dataset, strength) {
      const features = dataset.info["features"] as Record<string, { dtype: string }>
      const feature = [...VECTORS, "observation.velocity"].filter((name) => name in features)[strength]
      if (feature === undefined) return undefined
      await dataset.tables(DATA, (table) => {
        table.columns.push({ ...table.column(feature), name: `observation.zz_${strength}` })
      })
      dataset.json("meta/info.json", (info) => {
        const all = info["features"] as Record<string, unknown>
        all[`observation.zz_${strength}`] = all[feature]
      })
      return { feature: `observation.zz_${strength}` }
    },
  },
]

/** Two episodes of the same length and first task; the `skip`-th such pair. */
async function pairOf(dataset: Editable, skip: number): Promise<[Span, Span] | undefined> {
  const seen = new Map<string, Span>()
  let left = skip
  for (let back = 0; ; back++) {
    const span = await episodeSpan(dataset, back)
    if (!span) return undefined
    const { columns } = await dataset.table(span.path)
    const task = columns.find(({ name }) => name === "task_index")?.data[span.from]
    const key = `${span.to - span.from} ${String(task)}`
    const other = seen.get(key)
    if (other && left-- === 0) return [other, span]
    seen.set(key, span)
  }
}
