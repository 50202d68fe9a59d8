import { AppError } from "../../error.ts"
import type { Bytes, FileEntry, Files } from "../../files/files.ts"
import { numberPerRow, readColumns, textPerRow } from "../../parquet/columns.ts"
import { readFooter, type Footer } from "../../parquet/footer.ts"
import { leavesOf } from "../../parquet/leaves.ts"
import { rememberTail } from "../../parquet/tail.ts"
import type { DatasetMetadata } from "../schema.ts"
import { readLines } from "./jsonl.ts"
import { plural, type Notes } from "./notes.ts"
import { isRecord } from "./text.ts"

const MAX_SHOWN = 1000
export const MAX_TASKS = 500_000
export const MAX_TEXT = 8 * 1024
const MAX_TABLE = 256 * 1024 * 1024
/** The pandas index: unnamed up to lerobot 0.4.4, `task` since 0.5.0. */
const TEXT_COLUMNS = ["task", "__index_level_0__"]

type Task = DatasetMetadata["tasks"][number]

export interface Tasks {
  /** The first thousand by index. */
  tasks: Task[]
  task_count: number | null
}

/** Reads `meta/tasks.jsonl` or `meta/tasks.parquet`; a broken table leaves the tasks unknown, with a note. */
export async function readTasks(files: Files, file: FileEntry, notes: Notes, signal: AbortSignal): Promise<Tasks> {
  const list = new TaskList(file.path)
  try {
    if (file.size > MAX_TABLE)
      throw new AppError("too_large", `${file.path} is ${file.size} bytes long.`, { path: file.path })
    if (file.path.endsWith(".parquet")) await fromParquet(rememberTail(files.open(file)), list, notes, signal)
    else await fromJsonl(files.open(file), list, notes, signal)
  } catch (error) {
    if (!(error instanceof AppError) || !["invalid", "limit", "unsupported"].includes(error.kind)) throw error
    notes.add(`Tasks are not known: ${error.message}`)
    return { tasks: [], task_count: null }
  }
  return list.finish(notes)
}

async function fromJsonl(bytes: Bytes, list: TaskList, notes: Notes, signal: AbortSignal) {
  let broken = 0
  let first = 0
  for await (const { number, value } of readLines(bytes, signal)) {
    if (isRecord(value) && typeof value["task"] === "string") list.add(value["task_index"], value["task"])
    else if (broken++ === 0) first = number
  }
  if (broken)
    notes.add(`${bytes.path}: ${plural(broken, "line")} hold no task (first: line ${first}); they were left out.`)
}

async function fromParquet(bytes: Bytes, list: TaskList, notes: Notes, signal: AbortSignal) {
  const footer = await readFooter(bytes, { signal })
  const name = textColumn(footer)
  if (name === undefined) {
    notes.add(
      `${bytes.path} has no column with the tasks' texts, so ${plural(footer.num_rows, "task")} are counted but not listed.`,
    )
    list.countOnly(footer.num_rows)
    return
  }
  for await (const { rows, columns } of readColumns(bytes, footer, [[name], ["task_index"]], { signal })) {
    const texts = (columns[0] && textPerRow(columns[0])) ?? []
    const indices = columns[1] && numberPerRow(columns[1])
    for (let row = 0; row < rows; row++) list.add(indices?.[row], texts[row] ?? null)
  }
}

/** The column with the tasks' texts, whatever the writer called it. */
export function textColumn(footer: Footer): string | undefined {
  const texts = leavesOf(footer.schema).filter(
    ({ path, type, maxRepetition }) => path.length === 1 && type === "BYTE_ARRAY" && maxRepetition === 0,
  )
  const names = texts.map(({ path }) => path[0]!)
  return TEXT_COLUMNS.find((name) => names.includes(name)) ?? (names.length === 1 ? names[0] : undefined)
}

class TaskList {
  readonly #path: string
  #tasks: Task[] = []
  #count = 0
  #cut = 0
  #withoutText = 0

  constructor(path: string) {
    this.#path = path
  }

  countOnly(rows: number) {
    this.#count = rows
  }

  add(index: unknown, text: string | null) {
    if (++this.#count > MAX_TASKS) {
      throw new AppError("too_large", `${this.#path} has more than ${MAX_TASKS} tasks.`, { path: this.#path })
    }
    if (text === null) return void this.#withoutText++
    if (text.length > MAX_TEXT) this.#cut++
    const isIndex = typeof index === "number" && Number.isSafeInteger(index)
    this.#tasks.push({ task_index: isIndex ? index : null, task: text.slice(0, MAX_TEXT) })
    // Rows need not be in order, so that only the smallest indexes are kept, not the first rows.
    if (this.#tasks.length >= MAX_SHOWN * 4) this.#keepFirst()
  }

  #keepFirst() {
    this.#tasks.sort((a, b) => (a.task_index ?? Infinity) - (b.task_index ?? Infinity))
    this.#tasks.length = Math.min(this.#tasks.length, MAX_SHOWN)
  }

  finish(notes: Notes): Tasks {
    this.#keepFirst()
    if (this.#count > MAX_SHOWN)
      notes.add(`${plural(this.#count, "task")} were counted; the first ${MAX_SHOWN.toLocaleString("en")} are listed.`)
    if (this.#cut) notes.add(`${plural(this.#cut, "task")} longer than ${MAX_TEXT} characters were cut.`)
    if (this.#withoutText) notes.add(`${this.#path} has ${plural(this.#withoutText, "task")} without text.`)
    return { tasks: this.#tasks, task_count: this.#count }
  }
}
