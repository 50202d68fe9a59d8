import { noRows, type FeatureRow, type TaskRow } from "../../episode/rows.ts"
import { numberPerRow, readColumns, textPerRow } from "../../parquet/columns.ts"
import { readFooter } from "../../parquet/footer.ts"
import { rememberTail } from "../../parquet/tail.ts"
import type { IndexContext } from "../adapter.ts"
import { isCamera } from "./declared-camera.ts"
import type { Declared } from "./index-source.ts"
import { readLines } from "./jsonl.ts"
import { signalsOf } from "./signals.ts"
import { MAX_TEXT, textColumn } from "./tasks.ts"
import { isRecord } from "./text.ts"

/** A part of the table of tasks: bytes of `tasks.jsonl`, rows of `tasks.parquet`. */
export interface TasksPart extends Record<string, unknown> {
  kind: "tasks"
  path: string
  size: number
  from: number
  to: number
}

export async function readTasksPart(part: TasksPart, ctx: IndexContext) {
  const tasks = part.path.endsWith(".parquet") ? await fromParquet(part, ctx) : await fromLines(part, ctx)
  return { rows: { ...noRows(), tasks }, counts: { kind: "tasks", rows: tasks.length } }
}

async function fromLines(part: TasksPart, { files, signal }: IndexContext): Promise<TaskRow[]> {
  const tasks: TaskRow[] = []
  const bytes = files.open({ path: part.path, size: part.size, oid: null, lfs: false })
  for await (const { at, value } of readLines(bytes, signal, part)) {
    if (isRecord(value) && typeof value["task"] === "string")
      tasks.push(taskRow(at, value["task_index"], value["task"]))
  }
  return tasks
}

async function fromParquet({ path, size, from, to }: TasksPart, { files, signal }: IndexContext): Promise<TaskRow[]> {
  const bytes = rememberTail(files.open({ path, size, oid: null, lfs: true }))
  const footer = await readFooter(bytes, { signal })
  const name = textColumn(footer)
  if (name === undefined) return []
  const tasks: TaskRow[] = []
  let place = 0
  for await (const { rows, columns } of readColumns(bytes, footer, [[name], ["task_index"]], { signal })) {
    const texts = (columns[0] && textPerRow(columns[0])) ?? []
    const indices = columns[1] && numberPerRow(columns[1])
    for (let row = Math.max(0, from - place); row < Math.min(rows, to - place); row++) {
      const text = texts[row]
      if (text != null) tasks.push(taskRow(place + row, indices?.[row], text))
    }
    place += rows
  }
  return tasks
}

const taskRow = (place: number, index: unknown, text: string): TaskRow => ({
  place,
  task_index: typeof index === "number" && Number.isSafeInteger(index) ? index : null,
  task: text.slice(0, MAX_TEXT),
})

const MAX_NAMES = 512

/** The features as info.json declares them. */
export function featureRows({ info }: Declared) {
  const { sensors, actions } = signalsOf(info.features)
  const [isSensor, isAction] = [sensors, actions].map((signals) => new Set(signals.map(({ name }) => name)))
  const features = info.features.map((feature, place): FeatureRow => {
    const { key, dtype, shape, names, unit } = feature
    const role = isCamera(feature) ? "camera" : isSensor!.has(key) ? "sensor" : isAction!.has(key) ? "action" : "other"
    return {
      place,
      name: key,
      role,
      dtype,
      shape,
      names: names?.slice(0, MAX_NAMES).map((each) => each.slice(0, 64)) ?? null,
      unit,
    }
  })
  return { rows: { ...noRows(), features }, counts: { kind: "features", rows: features.length } }
}
