import type { DatasetInfo } from "@robokit/core/dataset/schema"
import type { EpisodeSort } from "@robokit/core/episode/schema"
import { useQueries, useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useVirtualizer } from "@tanstack/react-virtual"
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react"
import { type EpisodeFilter, episodesQuery, longestQuery, PAGE } from "../api/episodes.ts"
import { useValidation } from "../api/findings.ts"
import { countFindings } from "../episode-findings.ts"
import type { EpisodesSearch } from "../episode-search.ts"
import { DEFAULT_SORT, directionOf, reversed } from "../episode-sorts.ts"
import { addressOf } from "./dataset-link.tsx"
import { EpisodeRow } from "./episode-row.tsx"
import { ErrorNote } from "./error-note.tsx"
import { SortIcon } from "./icons.tsx"
import { useIsNarrow, useSettled } from "./use-screen.ts"

const ROW_PX = 44
/** On a phone a row has two lines. */
const TALL_ROW_PX = 76
const OVERSCAN = 8
/** While somebody flies through a hundred thousand rows, those in between are not asked for. */
const SETTLED_MS = 80

const COLUMNS: { name: string; sort?: EpisodeSort }[] = [
  { name: "Episode", sort: "episode_index" },
  { name: "Tasks" },
  { name: "Length", sort: "length" },
  { name: "Duration", sort: "duration_s" },
  { name: "Marks" },
]

interface Props {
  dataset: DatasetInfo
  search: EpisodesSearch
  filter: EpisodeFilter
  total: number
  onSort: (sort: EpisodeSort) => void
}

/** A table of any length: only the rows in sight are there, and only their pages are asked for. */
export function EpisodeGrid({ dataset, search, filter, total, onSort }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const [active, setActive] = useState(0)
  const size = useIsNarrow() ? TALL_ROW_PX : ROW_PX
  // eslint-disable-next-line react/incompatible-library -- what it returns is used here only, and no compiler keeps it
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_PX,
  })
  const items = virtual.getVirtualItems()
  const { sort, q, task } = filter
  useEffect(() => {
    setActive(0)
    scroller.current?.scrollTo({ top: 0 })
  }, [sort, q, task])
  const [from, to] = useSettled(pagesOf(items[0]?.index ?? 0, items.at(-1)?.index ?? 0), SETTLED_MS)
  const pages = useQueries({
    queries: Array.from({ length: to - from + 1 }, (_, at) => episodesQuery(dataset.id, filter, from + at)),
  })
  const failed = pages.find((page) => page.error)
  const rowAt = (index: number) => pages[Math.floor(index / PAGE) - from]?.data?.rows[index % PAGE]
  const longest = useQuery(longestQuery(dataset.id)).data ?? null
  const validation = useValidation(dataset.id)?.validation
  const counts = useMemo(() => validation && countFindings(validation.findings), [validation])

  const onKeyDown = (event: KeyboardEvent) => {
    const visible = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / size) - 1)
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + visible,
      PageUp: active - visible,
      Home: 0,
      End: total - 1,
    }
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const episode = rowAt(active)
    if (event.key === "Enter" && episode) {
      const params = { ...addressOf(dataset.source), episode: String(episode.episode_index) }
      void navigate({ to: "/$owner/$ref/episodes/$episode", params, search })
    }
    const next = moves[event.key]
    if (next === undefined) return
    event.preventDefault()
    const index = Math.max(0, Math.min(total - 1, next))
    setActive(index)
    virtual.scrollToIndex(index)
  }

  return (
    <>
      {failed && (
        <ErrorNote error={failed.error} title="These rows could not be read" onRetry={() => void failed.refetch()} />
      )}
      <div
        ref={scroller}
        role="grid"
        aria-label="Episodes"
        aria-rowcount={total + 1}
        aria-activedescendant={`episode-row-${active}`}
        tabIndex={0}
        className="panel episodes-grid"
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className="episodes-head">
          <div role="row" aria-rowindex={1} className="episodes-line">
            {COLUMNS.map(({ name, sort: column }) => (
              <Column key={name} name={name} column={column} sort={sort ?? DEFAULT_SORT} onSort={onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className="episodes-body" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const episode = rowAt(index)
            return (
              <EpisodeRow
                key={index}
                id={`episode-row-${index}`}
                index={index}
                top={start}
                height={size}
                isActive={index === active}
                episode={episode}
                source={dataset.source}
                search={search}
                longest={longest}
                found={episode && counts?.get(episode.episode_index)}
                isChecked={validation !== undefined}
              />
            )
          })}
        </div>
      </div>
    </>
  )
}

const pagesOf = (first: number, last: number) =>
  [Math.floor(first / PAGE), Math.max(Math.floor(first / PAGE), Math.floor(last / PAGE))] as const

interface ColumnProps {
  name: string
  column: EpisodeSort | undefined
  sort: EpisodeSort
  onSort: (sort: EpisodeSort) => void
}

function Column({ name, column, sort, onSort }: ColumnProps) {
  if (!column) return <div role="columnheader">{name}</div>
  const direction = directionOf(column, sort)
  return (
    <div role="columnheader" aria-sort={direction ?? "none"}>
      <button type="button" onClick={() => onSort(direction === "ascending" ? reversed(column) : column)}>
        {name}
        <SortIcon direction={direction} />
      </button>
    </div>
  )
}
