import type { DatasetMetadata } from "@robokit/core/format/schema"
import { useDeferredValue, useState } from "react"
import { formatCount } from "../formatting.ts"
import { SectionHead } from "./section-head.tsx"

/** With fewer, a search would only be in the way. */
const SEARCH_FROM = 10
const SHOWN = 200

export function Tasks({ tasks, total }: { tasks: DatasetMetadata["tasks"]; total: number | null }) {
  const [words, setWords] = useState("")
  const sought = useDeferredValue(words.trim().toLowerCase())
  const found = sought === "" ? tasks : tasks.filter(({ task }) => task.toLowerCase().includes(sought))
  return (
    <section aria-labelledby="tasks-title">
      <SectionHead id="tasks-title" title="Tasks" count={total === null ? "number unknown" : formatCount(total)}>
        {tasks.length >= SEARCH_FROM && (
          <input
            type="search"
            className="tasks-search"
            aria-label="Search the tasks"
            placeholder="Search the tasks"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
      </SectionHead>
      {tasks.length === 0 && (
        <p className="soft">{total === 0 ? "The dataset names no task." : "No task could be read."}</p>
      )}
      {tasks.length > 0 && found.length === 0 && <p className="soft">No task contains “{words}”.</p>}
      {found.length > 0 && (
        <ol className="panel tasks" tabIndex={0} aria-label="Tasks">
          {found.slice(0, SHOWN).map((task, index) => (
            <li key={index}>
              <span className="tasks-index">{task.task_index ?? "–"}</span>
              <span>{task.task === "" ? <span className="soft">(empty)</span> : task.task}</span>
            </li>
          ))}
        </ol>
      )}
      {found.length > SHOWN && (
        <p className="small soft">
          The first {SHOWN} of {formatCount(found.length)}; search to see others.
        </p>
      )}
      {total !== null && total > tasks.length && tasks.length > 0 && (
        <p className="small soft">
          {formatCount(tasks.length)} of {formatCount(total)} tasks are kept with the metadata.
        </p>
      )}
    </section>
  )
}
