import { plural, shown } from "../notes.ts"
import { placeOf } from "./episodes.ts"
import type { TaskFacts } from "./subjects.ts"
import type { Rules } from "./rule.ts"

const LEROBOT = "https://github.com/huggingface/lerobot/issues"

/** Whether episodes and frames name tasks that there are, and the same. */
export const episodeTaskRules = {
  "EP-TASK-RESOLVE": {
    on: "dataset",
    title: "Every task an episode names is in the table of tasks",
    severity: "error",
    kind: "defect",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes", "tasks"],
    why: "The episode's instruction is not among those its frames can have (lerobot#4401).",
    reference: `${LEROBOT}/4401`,
    check({ episodes, tasks }, report) {
      if (tasks.textColumn === null) return
      const known = new Set(tasks.rows.map(({ task }) => task))
      for (let row = 0; row < episodes.rows; row++) {
        const unknown = episodes.tasks.of(row)?.find((text) => !known.has(text))
        if (unknown === undefined) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} has the task ${shown(unknown)}, which ${tasks.path} does not list.`,
          where: { path: placeOf(episodes, row).path, episode, feature: "task" },
          evidence: { task: unknown.slice(0, 200), tasks: tasks.rows.length },
        })
      }
    },
  },
  "EP-TASK-EMPTY": {
    on: "dataset",
    title: "Every episode has a task, and no blank one",
    severity: "warning",
    kind: "risk",
    cost: "meta",
    versions: "all",
    needs: ["info", "episodes"],
    why: "Policies that follow language get an empty instruction.",
    reference: null,
    check({ episodes }, report) {
      for (let row = 0; row < episodes.rows; row++) {
        const texts = episodes.tasks.of(row)
        if (!texts || (texts.length > 0 && texts.every((text) => text.trim() !== ""))) continue
        const episode = episodes.episode_index[row]!
        report({
          message: `Episode ${episode} has ${texts.length === 0 ? "no task" : "a blank task"}.`,
          where: { path: placeOf(episodes, row).path, episode, feature: "task" },
          evidence: { tasks: texts.length },
        })
      }
    },
  },
  "TASK-DATA-RESOLVE": {
    on: "data_file",
    title: "task_index of every row is that of a task",
    severity: "error",
    kind: "defect",
    cost: "footer",
    versions: "all",
    needs: ["info", "tasks"],
    why: "Reading such a frame fails, or gives another task's instruction.",
    reference: `${LEROBOT}/1238`,
    check(file, report, { tasks }) {
      const count = tasks.rows.length
      for (const [group] of file.footer.row_groups.entries()) {
        const range = file.groupRange(group, "task_index")
        if (!range || (range.min >= 0 && range.max < count)) continue
        const of = file.groupRange(group, "episode_index")
        report({
          message: `${shown(file.entry.path)} has task_index up to ${range.max}; there are ${plural(count, "task")}.`,
          where: { path: file.entry.path, feature: "task_index", ...(of && of.min === of.max && { episode: of.min }) },
          evidence: { min: range.min, max: range.max, tasks: count },
        })
      }
    },
    closer: {
      on: "episode_rows",
      cost: "scalar",
      check({ columns, episode, file }, report, { tasks }) {
        const count = tasks.rows.length
        const frame = columns.task_index?.findIndex((index) => !(index >= 0 && index < count)) ?? -1
        if (frame < 0) return
        const found = columns.task_index![frame]!
        report({
          message: `Episode ${episode} has task_index ${found} at frame ${frame}; there are ${plural(count, "task")}.`,
          where: { path: file.entry.path, episode, frame, feature: "task_index" },
          evidence: { found, tasks: count },
          // The closer look knows the place.
          size: 1,
        })
      },
    },
  },
  "TASK-EP-DATA": {
    on: "episode_rows",
    title: "The tasks of an episode's rows are those the table gives it",
    severity: "warning",
    kind: "defect",
    cost: "scalar",
    versions: "all",
    needs: ["info", "episodes", "tasks"],
    why: "Edits that renumber tasks in one table and not in the other give episodes another instruction (lerobot#4401).",
    reference: `${LEROBOT}/4401`,
    check({ columns, episode, file, record }, report, { episodes, tasks }) {
      const texts = record === null ? null : episodes.tasks.of(record)
      if (!columns.task_index || !texts) return
      const textOf = textsByIndex(tasks)
      const found = new Set<string>()
      let last = NaN
      for (const index of columns.task_index) {
        if (index === last) continue
        last = index
        const text = textOf.get(index)
        if (text === undefined) return
        found.add(text)
      }
      const isKnown = [...found].every((text) => texts.includes(text))
      if (isKnown && texts.every((text) => found.has(text))) return
      report({
        message: `Episode ${episode} has the tasks ${shown(texts)} by the table and ${shown([...found])} by its rows.`,
        where: { path: file.entry.path, episode, feature: "task_index" },
        evidence: { listed: texts.length, found: found.size },
        // GR00T lists annotations among the tasks, which no row has.
        ...(isKnown && { severity: "info" as const }),
      })
    },
  },
} as const satisfies Rules

const textMaps = new WeakMap<TaskFacts, Map<number, string>>()

function textsByIndex(tasks: TaskFacts): Map<number, string> {
  const known = textMaps.get(tasks)
  if (known) return known
  const map = new Map(
    tasks.rows.flatMap(({ task_index, task }) =>
      task_index === null || task === null ? [] : [[task_index, task]],
    ) as [number, string][],
  )
  textMaps.set(tasks, map)
  return map
}
