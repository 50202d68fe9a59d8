import type { DatasetInfo } from "@robokit/core/dataset/schema"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useEffect, useRef, useState } from "react"
import { type EpisodeFilter, episodesQuery, isNotIndexed } from "../api/episodes.ts"
import type { EpisodesSearch } from "../episode-search.ts"
import { plural } from "../formatting.ts"
import { EpisodeGrid } from "./episode-grid.tsx"
import { EpisodeLengths } from "./episode-lengths.tsx"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { NeedsIndex } from "./needs-index.tsx"
import { PartialIndex } from "./partial-index.tsx"
import "./episode-list.css"
import "./notes.css"

const DEBOUNCE_MS = 300
/** A longer choice is no choice; the search finds those too. */
const TASKS_OFFERED = 200

interface Props {
  dataset: DatasetInfo
  search: EpisodesSearch
}

/** The episodes with what narrows them down, all of it in the address. */
export function EpisodeList({ dataset, search }: Props) {
  const { sort, q, task } = search
  const filter: EpisodeFilter = { ...(sort && { sort }), ...(q && { q }), ...(task && { task }) }
  const navigate = useNavigate({ from: "/$owner/$ref/episodes" })
  // What was found before stays until there is more: the focus is in it.
  const first = useQuery({ ...episodesQuery(dataset.id, filter, 0), placeholderData: keepPreviousData })
  const narrow = (change: { [name in keyof EpisodesSearch]?: EpisodesSearch[name] | undefined }) => {
    const next = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== "")
    void navigate({ search: Object.fromEntries(next) as EpisodesSearch, replace: true, resetScroll: false })
  }

  if (isNotIndexed(first.error)) return <NeedsIndex dataset={dataset} />
  return (
    <>
      {first.data?.isPartial && (
        <PartialIndex dataset={dataset} title="This list is not complete">
          An episode that is not listed here, or not found, may still be in the dataset.
        </PartialIndex>
      )}
      <div className="episodes-tools">
        <Words q={q ?? ""} onWords={(words) => narrow({ q: words })} />
        <TaskChoice dataset={dataset} task={task ?? ""} onTask={(chosen) => narrow({ task: chosen })} />
        <p className="small soft" role="status">
          {first.data && plural(first.data.total, "episode")}
          {first.data && (q || task) && " found"}
        </p>
        {first.data && first.data.total > 1 && (
          <EpisodeLengths dataset={dataset} filter={filter} total={first.data.total} />
        )}
      </div>
      {first.error && (
        <ErrorNote error={first.error} title="The episodes could not be read" onRetry={() => void first.refetch()} />
      )}
      {first.isPending && <Loading what="episodes" />}
      {first.data?.total === 0 && (
        <p className="empty soft">
          {first.data.isPartial
            ? "No such episode is in the part that was indexed."
            : q || task
              ? "No episode has such a task."
              : "The dataset has no episode."}
        </p>
      )}
      {first.data && first.data.total > 0 && (
        <EpisodeGrid
          dataset={dataset}
          search={search}
          filter={filter}
          total={first.data.total}
          onSort={(column) => narrow({ sort: column })}
        />
      )}
    </>
  )
}

/** Asked for once the typing rests. */
function Words({ q, onWords }: { q: string; onWords: (words: string) => void }) {
  const [words, setWords] = useState(q)
  const asked = useRef(q)
  useEffect(() => {
    // Another address was gone to; it is not our own question coming back.
    if (q !== asked.current) setWords(q)
    asked.current = q
  }, [q])
  useEffect(() => {
    if (words.trim() === asked.current) return
    const timer = setTimeout(() => {
      asked.current = words.trim()
      onWords(words.trim())
    }, DEBOUNCE_MS)
    return () => clearTimeout(timer)
  })
  return (
    <input
      type="search"
      aria-label="Search the tasks"
      placeholder="Search the tasks"
      value={words}
      onChange={(event) => setWords(event.target.value)}
    />
  )
}

function TaskChoice({ dataset, task, onTask }: { dataset: DatasetInfo; task: string; onTask: (task: string) => void }) {
  const tasks = dataset.dataset_metadata?.tasks.map((each) => each.task).filter((each) => each !== "") ?? []
  if (tasks.length < 2 || tasks.length > TASKS_OFFERED) return null
  return (
    <select aria-label="Task" value={task} onChange={(event) => onTask(event.target.value)}>
      <option value="">All tasks</option>
      {[...new Set([...tasks, ...(task ? [task] : [])])].map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  )
}
