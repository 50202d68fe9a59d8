import type { Editable } from "../editable.ts"
import type { Injections } from "../injection.ts"

const ALL = ["v2.0", "v2.1", "v3.0"] as const
const EPISODES = /^meta\/episodes\/.*\.parquet$/
const DATA = /^data\/.*\.parquet$/

interface Task {
  task_index: number
  task: string
}

/** Changes the tasks, in whichever version they are. Returns the path of their table. */
async function editTasks(dataset: Editable, edit: (tasks: Task[]) => void): Promise<string> {
  const jsonl = "meta/tasks.jsonl"
  if (dataset.files.has(jsonl)) {
    dataset.jsonl(jsonl, (lines) => edit(lines as unknown as Task[]))
    return jsonl
  }
  const path = "meta/tasks.parquet"
  await dataset.table(path, (table) => {
    const index = table.column("task_index")
    const text = table.columns.find(({ name }) => name !== "task_index")!
    const tasks = index.data.map((task_index, row) => ({
      task_index: task_index as number,
      task: text.data[row] as string,
    }))
    edit(tasks)
    index.data = tasks.map(({ task_index }) => task_index)
    text.data = tasks.map(({ task }) => task)
  })
  return path
}

/** Changes the tasks of the last episode but `back`. */
async function editEpisodeTasks(dataset: Editable, back: number, edit: (texts: string[]) => string[]): Promise<number> {
  let episode = -1
  const jsonl = "meta/episodes.jsonl"
  if (dataset.files.has(jsonl)) {
    dataset.jsonl(jsonl, (lines) => {
      const line = lines.at(-1 - back)!
      episode = line["episode_index"] as number
      line["tasks"] = edit(line["tasks"] as string[])
    })
    return episode
  }
  await dataset.table(dataset.paths(EPISODES).at(-1)!, (table) => {
    const { data } = table.column("tasks")
    const row = Math.max(0, data.length - 1 - back)
    episode = table.column("episode_index").data[row] as number
    ;(data as unknown[])[row] = edit(data[row] as string[])
  })
  return episode
}

export const taskInjections: Injections = [
  {
    rule: "TASK-MISSING",
    what: "the table of the tasks is gone",
    versions: ALL,
    apply(dataset) {
      dataset.remove("meta/tasks.jsonl")
      dataset.remove("meta/tasks.parquet")
      return { also: ["VER-LAYOUT-MIX"] }
    },
  },
  {
    rule: "TASK-TEXTCOL",
    what: "the texts are no pandas index, or no texts",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      const path = "meta/tasks.parquet"
      await dataset.table(path, (table) => {
        const text = table.columns.find(({ name }) => name !== "task_index")!
        if (strength === 0) text.name = text.name === "task" ? "__index_level_0__" : "task"
        else if (strength === 1) text.name = "instruction"
        else table.columns = table.columns.filter((each) => each !== text)
      })
      return { path, also: ["EP-TASK-RESOLVE", "TASK-EP-DATA"] }
    },
  },
  {
    rule: "TASK-INDEX-SET",
    what: "two tasks have one number, or a number is out of range",
    versions: ALL,
    async apply(dataset, strength) {
      const path = await editTasks(dataset, (tasks) => {
        const last = tasks.at(-1)!
        last.task_index =
          tasks.length === 1 ? [1, 5, -1][strength]! : [tasks[0]!.task_index, tasks.length, -1][strength]!
      })
      return { path, feature: "task_index", also: ["TASK-ROW-ORDER", "TASK-EP-DATA", "TASK-DATA-RESOLVE"] }
    },
  },
  {
    rule: "TASK-ROW-ORDER",
    what: "rows of the tasks are exchanged",
    versions: ["v3.0"],
    async apply(dataset, strength) {
      let enough = true
      const path = await editTasks(dataset, (tasks) => {
        enough = tasks.length > 1
        if (strength === 0 && enough) tasks.push(...tasks.splice(tasks.length - 2, 1))
        else if (strength === 1) tasks.push(...tasks.splice(0, 1))
        else tasks.reverse()
      })
      return enough ? { path, feature: "task_index" } : undefined
    },
  },
  {
    rule: "TASK-DUP-TEXT",
    what: "a task's text is another's, but for case and blanks",
    versions: ALL,
    async apply(dataset, strength) {
      let enough = true
      const path = await editTasks(dataset, (tasks) => {
        enough = tasks.length > 1
        const text = tasks[0]!.task
        tasks.at(-1)!.task = [` ${text}`, text.toUpperCase(), text][strength]!
      })
      return enough ? { path, also: ["EP-TASK-RESOLVE", "TASK-EP-DATA", "TASK-UNUSED"] } : undefined
    },
  },
  {
    rule: "TASK-PLACEHOLDER",
    what: "a task says nothing",
    versions: ALL,
    async apply(dataset, strength) {
      const path = await editTasks(dataset, (tasks) => (tasks.at(-1)!.task = ["Task 3", "valid", ""][strength]!))
      return { path, also: ["EP-TASK-RESOLVE", "TASK-EP-DATA"] }
    },
  },
  {
    rule: "TASK-UNUSED",
    what: "a task that no episode has",
    versions: ALL,
    async apply(dataset, strength) {
      const path = await editTasks(dataset, (tasks) => {
        for (let more = 0; more <= strength; more++)
          tasks.push({ task_index: tasks.length, task: `Fold the towel ${more} times` })
      })
      return { path, also: ["INFO-TOTAL-TASKS"] }
    },
  },
  {
    rule: "TASK-IMBALANCE",
    what: "nearly every episode is of one task",
    versions: ALL,
    async apply(dataset) {
      const jsonl = "meta/episodes.jsonl"
      const total = dataset.info["total_episodes"] as number
      if (total < 12) return undefined
      const imbalanced = (tasks: readonly string[][], first: number) =>
        tasks.map((_, at) => [first + at === 0 ? "Rare one" : "Common one"])
      if (dataset.files.has(jsonl)) {
        dataset.jsonl(jsonl, (lines) => {
          for (const [at, line] of lines.entries()) line["tasks"] = [at === 0 ? "Rare one" : "Common one"]
        })
        return { also: ["EP-TASK-RESOLVE", "TASK-EP-DATA"] }
      }
      let first = 0
      await dataset.tables(EPISODES, (table) => {
        const column = table.column("tasks")
        column.data = imbalanced(column.data as string[][], first)
        first += column.data.length
      })
      return { also: ["EP-TASK-RESOLVE", "TASK-EP-DATA"] }
    },
  },
  {
    rule: "EP-TASK-RESOLVE",
    what: "an episode names a task that is not in the table",
    versions: ALL,
    async apply(dataset, strength) {
      const episode = await editEpisodeTasks(dataset, strength, (texts) =>
        strength === 2 ? ["Juggle"] : [...texts.slice(0, -1), `${texts.at(-1)} `],
      )
      return { episode, also: ["TASK-EP-DATA"] }
    },
  },
  {
    rule: "EP-TASK-EMPTY",
    what: "an episode has no task, or a blank one",
    versions: ALL,
    async apply(dataset, strength) {
      const episode = await editEpisodeTasks(dataset, strength, () => [[""], ["  "], []][strength]!)
      return { episode, also: ["EP-TASK-RESOLVE", "TASK-EP-DATA"] }
    },
  },
  {
    rule: "TASK-DATA-RESOLVE",
    what: "rows have the number of a task that does not exist",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      let episode = -1
      const tasks = dataset.files.has("meta/tasks.jsonl")
        ? dataset.text("meta/tasks.jsonl").trim().split("\n").length
        : (await dataset.table("meta/tasks.parquet")).columns[0]!.data.length
      await dataset.table(path, (table) => {
        const { data } = table.column("task_index")
        const row = data.length - 1 - strength
        ;(data as number[])[row] = [tasks, tasks + 10, -1][strength]!
        episode = table.column("episode_index").data[row] as number
      })
      return { path, feature: "task_index", episode, also: ["ST-MATCH-DATA", "ST-PARQUET-XCHECK"] }
    },
  },
  {
    rule: "TASK-EP-DATA",
    what: "rows of an episode are of another task than the table says",
    versions: ALL,
    async apply(dataset, strength) {
      const path = dataset.paths(DATA).at(-1)!
      let episode = -1
      let enough = true
      await dataset.table(path, (table) => {
        const data = table.column("task_index").data as number[]
        const numbers = table.column("episode_index").data as number[]
        episode = numbers.at(-1)!
        const tasks = dataset.info["total_tasks"] as number
        enough = tasks > 1
        const from = strength === 0 ? data.length - 1 : numbers.indexOf(episode)
        for (let row = from; row < data.length; row++) data[row] = (data[row]! + 1) % tasks
      })
      return enough ? { episode, also: ["ST-MATCH-DATA", "ST-PARQUET-XCHECK"] } : undefined
    },
  },
]
