import { AppError } from "../../../error.ts"
import type { FileEntry, Files } from "../../../files/files.ts"
import { numberPerRow, readColumns, textPerRow } from "../../../parquet/columns.ts"
import { readFooter } from "../../../parquet/footer.ts"
import { leavesOf } from "../../../parquet/leaves.ts"
import { rememberTail } from "../../../parquet/tail.ts"
import { readLines } from "../jsonl.ts"
import { isRecord } from "../text.ts"
import { beginLines } from "./facts-text.ts"
import type { TaskFacts } from "./subjects.ts"

const MAX_TABLE = 256 * 1024 * 1024
const MAX_TASKS = 500_000
/** The pandas index: unnamed up to lerobot 0.4.4, `task` since 0.5.0. */
const TEXT_COLUMNS = ["task", "subtask", "__index_level_0__"]

/** A table of tasks or subtasks as it stands, in the file's order. @param index name of the column of numbers. */
export async function taskFacts(
  files: Files,
  file: FileEntry,
  signal: AbortSignal,
  index = "task_index",
): Promise<TaskFacts> {
  const { path } = file
  if (file.size > MAX_TABLE) throw new AppError("too_large", `${path} is ${file.size} bytes long.`, { path })
  return path.endsWith(".parquet") ? fromParquet(files, file, signal, index) : fromJsonl(files, file, signal)
}

async function fromJsonl(files: Files, file: FileEntry, signal: AbortSignal): Promise<TaskFacts> {
  const rows: TaskFacts["rows"][number][] = []
  const badLines: number[] = []
  const { bytes } = await beginLines(files.open(file), signal)
  for await (const { number, value } of readLines(bytes, signal)) {
    if (!isRecord(value)) badLines.push(number)
    else
      rows.push(bounded({ task_index: indexOf(value["task_index"]), task: textOf(value["task"]) }, rows.length, file))
  }
  return { path: file.path, rows, footer: null, textColumn: "task", badLines }
}

async function fromParquet(files: Files, file: FileEntry, signal: AbortSignal, index: string): Promise<TaskFacts> {
  const bytes = rememberTail(files.open(file))
  const footer = await readFooter(bytes, { signal, firstRead: 1024 * 1024 })
  const names = leavesOf(footer.schema)
    .filter(({ path, type, maxRepetition }) => path.length === 1 && type === "BYTE_ARRAY" && maxRepetition === 0)
    .map(({ path }) => path[0]!)
  const textColumn = TEXT_COLUMNS.find((name) => names.includes(name)) ?? null
  const rows: TaskFacts["rows"][number][] = []
  for await (const group of readColumns(bytes, footer, [[textColumn ?? ""], [index]], { signal })) {
    const texts = group.columns[0] ? textPerRow(group.columns[0]) : null
    const indices = group.columns[1] ? numberPerRow(group.columns[1]) : null
    for (let row = 0; row < group.rows; row++) {
      rows.push(bounded({ task_index: indexOf(indices?.[row]), task: texts?.[row] ?? null }, rows.length, file))
    }
  }
  return { path: file.path, rows, footer, textColumn, badLines: [] }
}

function bounded<T>(row: T, count: number, { path }: FileEntry): T {
  if (count < MAX_TASKS) return row
  throw new AppError("too_large", `${path} has more than ${MAX_TASKS} tasks.`, { path })
}

const indexOf = (value: unknown) => (typeof value === "number" && Number.isSafeInteger(value) ? value : null)
const textOf = (value: unknown) => (typeof value === "string" ? value : null)
