import { plural, shown } from "../notes.ts"
import { isWhole } from "./episodes.ts"
import type { TaskFacts } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"
/** What tools write when nobody said what the robot does. */
const PLACEHOLDERS = /^(?:valid|test|task|tasks?[ _-]?\d*|none|null|n\/?a|todo|untitled|default|unknown|dummy)?\.?$/i
const IMBALANCE = 10

/** The tasks, and whether episodes and rows name tasks that exist. */
export const taskRules = {
  "TASK-MISSING": {
    on: "dataset",
    title: "There is a table of the tasks",
    severity: "error",
    kind: "defect",
    cost: "listing",
    versions: "all",
    why: "The loader opens it before anything else of the data.",
    reference: `${LEROBOT}/2467`,
    check(facts, report) {
      const error = facts.errorOf("tasks")
      if (error?.code === "file_missing")
        report({ message: error.message, where: { path: error.path ?? "meta/tasks" } })
    },
  },
  "TASK-TEXTCOL": {
    on: "dataset",
    title: "tasks.parquet holds the texts as its pandas index",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "tasks"],
    why: "Without it LeRobot gives numbers as the text of the task.",
    reference: `${LEROBOT}/2467`,
    check({ tasks }, report) {
      const { path, footer, textColumn } = tasks
      if (!footer) return
      if (textColumn === null) {
        return report({
          message: `${path} has no text column task.`,
          where: { path, feature: "task" },
          evidence: { rows: footer.num_rows },
        })
      }
      const pandas = footer.key_value_metadata.find(({ key }) => key === "pandas")?.value
      if (pandas && isIndex(pandas, textColumn)) return
      report({
        message: `${path} does not name ${textColumn} as its pandas index${pandas ? "" : ": it has no pandas metadata"}.`,
        where: { path, feature: textColumn },
      })
    },
  },
  "TASK-INDEX-SET": {
    on: "dataset",
    title: "Tasks are numbered 0 to T − 1, each once",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "tasks"],
    why: "Two tasks of one number relabel each other's episodes silently.",
    reference: null,
    check({ tasks }, report) {
      const seen = new Set<number>()
      for (const [row, { task_index, task }] of tasks.rows.entries()) {
        const isNumber = task_index !== null && task_index >= 0 && task_index < tasks.rows.length
        if (isNumber && !seen.has(task_index)) {
          seen.add(task_index)
          continue
        }
        report({
          message: `Task ${shown(task)} has task_index ${task_index}, ${isNumber ? "which another one has, too" : `outside 0 to ${tasks.rows.length - 1}`}.`,
          where: { path: tasks.path, feature: "task_index" },
          evidence: { row, task_index },
        })
      }
    },
  },
  "TASK-ROW-ORDER": {
    on: "dataset",
    title: "Row i of tasks.parquet is task i",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: ["v3.0"],
    needs: ["info", "tasks"],
    why: "LeRobot takes the i-th row for task i: every episode gets another instruction.",
    reference: "https://github.com/huggingface/lerobot-dataset-visualizer/issues/61",
    fix: "Sort meta/tasks.parquet by task_index.",
    check({ tasks }, report) {
      if (!isNumbered(tasks)) return
      for (const [row, { task_index, task }] of tasks.rows.entries()) {
        if (task_index === row) continue
        report({
          message: `Row ${row} of ${tasks.path} is task ${task_index} (${shown(task)}).`,
          where: { path: tasks.path, feature: "task_index" },
          evidence: { row, task_index },
        })
      }
    },
  },
  "TASK-DUP-TEXT": {
    on: "dataset",
    title: "No two tasks have the same text",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    needs: ["info", "tasks"],
    why: "Splits and statistics by task take one task for two.",
    reference: null,
    check({ tasks }, report) {
      const seen = new Map<string, number | null>()
      for (const { task, task_index } of tasks.rows) {
        const text = task?.trim().toLowerCase()
        if (!text) continue
        if (!seen.has(text)) seen.set(text, task_index)
        else {
          report({
            message: `Tasks ${seen.get(text)} and ${task_index} are both ${shown(task)}.`,
            where: { path: tasks.path, feature: "task" },
            evidence: { first: seen.get(text)!, second: task_index },
          })
        }
      }
    },
  },
  "TASK-PLACEHOLDER": {
    on: "dataset",
    title: "Tasks say what the robot does",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    needs: ["info", "tasks"],
    why: "Policies that follow language learn nothing from a placeholder.",
    reference: null,
    fix: "lerobot-edit-dataset --operation.type modify_tasks",
    check({ tasks, info }, report) {
      if (tasks.textColumn === null) return
      const robot = info.parsed.robot_type?.toLowerCase()
      for (const { task, task_index } of tasks.rows) {
        const text = task?.trim() ?? ""
        if (!PLACEHOLDERS.test(text) && text.toLowerCase() !== robot) continue
        report({
          message: `Task ${task_index} is ${shown(task)}, which instructs nobody.`,
          where: { path: tasks.path, feature: "task" },
          evidence: { task_index },
        })
      }
    },
  },
  "TASK-UNUSED": {
    on: "dataset",
    title: "Every task is some episode's",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes", "tasks"],
    why: "Tasks remain when their episodes were deleted.",
    reference: null,
    check({ episodes, tasks }, report) {
      if (!isWhole(episodes) || episodes.tasks.hasNone) return
      const used = new Set(episodes.tasks.texts)
      for (const { task, task_index } of tasks.rows) {
        if (task === null || used.has(task)) continue
        report({
          message: `No episode has task ${task_index} (${shown(task)}).`,
          where: { path: tasks.path, feature: "task" },
          evidence: { task_index },
        })
      }
    },
  },
  "TASK-IMBALANCE": {
    on: "dataset",
    title: "No task has ten times the episodes of another",
    severity: "info",
    kind: "characteristic",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "The rare task is hardly learnt.",
    reference: null,
    check({ episodes }, report) {
      const { texts } = episodes.tasks
      const counts = episodes.tasks.counts()
      const [fewest, most] = counts.reduce(([low, high], count) => [Math.min(low, count), Math.max(high, count)], [
        Infinity,
        0,
      ] as [number, number])
      if (counts.length === 0 || most <= IMBALANCE * fewest) return
      const [common, rare] = [texts[counts.lastIndexOf(most)], texts[counts.indexOf(fewest)]]
      report({
        message: `${shown(common)} is the task of ${plural(most, "episode")}, ${shown(rare)} of ${fewest}.`,
        where: { feature: "task" },
        evidence: { most, fewest, tasks: counts.length },
      })
    },
  },
} as const satisfies Rules

const isNumbered = ({ rows }: TaskFacts) =>
  new Set(rows.map(({ task_index }) => task_index)).size === rows.length &&
  rows.every(({ task_index }) => task_index !== null && task_index >= 0 && task_index < rows.length)

/** Whether pandas takes the column for the table's index. */
function isIndex(metadata: string, column: string): boolean {
  try {
    const { index_columns } = JSON.parse(metadata) as { index_columns?: unknown }
    return Array.isArray(index_columns) && index_columns.includes(column)
  } catch {
    return false
  }
}
