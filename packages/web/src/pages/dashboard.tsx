import { DATASET_STATES_SHOWN, type StatusFilter } from "../dataset-states.ts"
import type { DatasetStats } from "@robokit/core/dataset/schema"
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useDeferredValue, useState } from "react"
import { listQuery, statsQuery } from "../api/datasets.ts"
import { DatasetTable } from "../components/dataset-table.tsx"
import { ErrorNote } from "../components/error-note.tsx"
import { LoadMore } from "../components/load-more.tsx"
import { Loading } from "../components/loading.tsx"
import { NothingYet } from "../components/nothing-yet.tsx"
import { ReferenceBox } from "../components/reference-box.tsx"
import { StatTiles } from "../components/stat-tiles.tsx"
import { useTitle } from "../components/title.tsx"
import { plural } from "../formatting.ts"
import "../components/segments.css"
import "./dashboard.css"

/** What is imported, and the way to import more. */
export function Dashboard() {
  useTitle("Datasets")
  const stats = useQuery(statsQuery)
  return (
    <>
      <div className="dashboard-head">
        <div>
          <h1>Datasets</h1>
          <p className="soft">Robotics datasets, each pinned to the commit it was read at.</p>
        </div>
        <ReferenceBox />
      </div>
      {stats.data && stats.data.datasets > 0 && <StatTiles stats={stats.data} />}
      {stats.isPending && <Loading what="datasets" />}
      {stats.error && (
        <ErrorNote error={stats.error} title="The datasets could not be counted" onRetry={() => void stats.refetch()} />
      )}
      {stats.data && (stats.data.datasets === 0 ? <NothingYet /> : <Datasets stats={stats.data} />)}
    </>
  )
}

function Datasets({ stats }: { stats: DatasetStats }) {
  const [status, setStatus] = useState<StatusFilter>("all")
  const [words, setWords] = useState("")
  const sought = useDeferredValue(words.trim().toLowerCase())
  const total = status === "all" ? stats.datasets : (stats.by_status[status] ?? 0)
  const list = useInfiniteQuery(listQuery(status === "all" ? undefined : status, total))
  const loaded = list.data?.pages.flatMap((page) => page.rows) ?? []
  const rows = sought === "" ? loaded : loaded.filter(({ source }) => source.repo_id.toLowerCase().includes(sought))

  return (
    <section aria-labelledby="list-title" className="dashboard-list">
      <div className="row between dashboard-tools">
        <h2 id="list-title" className="visually-hidden">
          Imported datasets
        </h2>
        <fieldset className="segments">
          <legend className="visually-hidden">Status</legend>
          {DATASET_STATES_SHOWN.map(([name, title]) => (
            <label key={name} className="segment">
              <input
                type="radio"
                name="status"
                className="visually-hidden"
                checked={status === name}
                onChange={() => setStatus(name)}
              />
              {title} <span className="soft">{name === "all" ? stats.datasets : (stats.by_status[name] ?? 0)}</span>
            </label>
          ))}
        </fieldset>
        <input
          className="dashboard-filter"
          type="search"
          aria-label="Filter the list by name"
          placeholder="Filter by name"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      {list.error && (
        <ErrorNote error={list.error} title="The list could not be read" onRetry={() => void list.refetch()} />
      )}
      {list.isPending && <Loading what="the list" />}
      {list.data && rows.length === 0 && (
        <p className="empty soft">
          {sought === ""
            ? "No dataset has this status."
            : `None of the ${loaded.length} datasets shown has “${words}” in its name.`}
        </p>
      )}
      {rows.length > 0 && <DatasetTable datasets={rows} />}
      {list.data && (
        <div className="row between dashboard-more">
          <p className="small soft" role="status">
            {sought === ""
              ? `${loaded.length} of ${plural(total, "dataset")}, newest first`
              : `${plural(rows.length, "match", "matches")} among the ${loaded.length} shown`}
          </p>
          <LoadMore list={list} />
        </div>
      )}
    </section>
  )
}
