import type { SearchRequest } from "@robokit/core/hub/schema"
import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { hubQuery, searchQuery } from "../api/hub.ts"
import { formatCount } from "../formatting.ts"
import type { ImportSearch } from "../import-search.ts"
import { parseReference } from "../reference.ts"
import { ErrorNote } from "./error-note.tsx"
import { Loading } from "./loading.tsx"
import { Pager } from "./pager.tsx"
import { SearchFilters } from "./search-filters.tsx"
import { SearchResults } from "./search-results.tsx"
import "./hub-search.css"

const PAGE = 12
const DEBOUNCE_MS = 300

export function HubSearch({ search }: { search: ImportSearch }) {
  const navigate = useNavigate({ from: "/import" })
  const page = search.page ?? 1
  const results = useQuery(searchQuery(requestOf(search)))
  const found = results.data

  /** Whatever narrows the search begins again at its first page. */
  const change = (changes: Partial<Record<keyof ImportSearch, unknown>>) =>
    void navigate({ search: (before) => merged(before, { page: undefined, ...changes }), replace: true })

  return (
    <>
      <SearchBox q={search.q ?? ""} onSearch={(q) => change({ q })} />
      <SearchFilters search={search} onChange={change} />
      {results.error && (
        <ErrorNote error={results.error} title="The Hub could not be searched" onRetry={() => void results.refetch()} />
      )}
      {results.isPending && <Loading what="what the Hub has" />}
      {found && !results.error && (
        <section aria-labelledby="results-title" aria-busy={results.isFetching}>
          <div className="row between search-count">
            <h2 id="results-title" className="visually-hidden">
              Results
            </h2>
            <p className="small soft" role="status">
              {countOf(found)}
            </p>
          </div>
          {found.datasets.length === 0 ? (
            <NoResults search={search} onWiden={() => change({ all: true })} />
          ) : (
            <SearchResults hits={found.datasets} />
          )}
          <Pager
            page={page}
            last={found.total_is_exact ? Math.max(1, Math.ceil(found.total / PAGE)) : null}
            hasMore={found.hasMore}
            onPage={(next) =>
              void navigate({ search: (before) => merged(before, { page: next === 1 ? undefined : next }) })
            }
          />
        </section>
      )}
    </>
  )
}

/** Without keys that hold nothing, so that the address stays short. */
const merged = (before: ImportSearch, changes: Partial<Record<keyof ImportSearch, unknown>>): ImportSearch =>
  Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(
      ([, value]) => value !== undefined && value !== "" && value !== false,
    ),
  )

function requestOf(search: ImportSearch): SearchRequest {
  const { q = "", page = 1, sort = "downloads", all, author, licence, task, size, lerobot } = search
  return {
    query: q,
    limit: PAGE,
    offset: (page - 1) * PAGE,
    sort,
    filters: {
      robotics: all !== true,
      ...(author !== undefined && { author }),
      ...(licence !== undefined && { licence }),
      ...(task !== undefined && { task }),
      ...(size !== undefined && { size }),
      ...(lerobot !== undefined && { lerobot_version: lerobot }),
    },
  }
}

const countOf = ({
  total,
  total_is_exact,
  datasets,
}: {
  total: number
  total_is_exact: boolean
  datasets: unknown[]
}) =>
  datasets.length === 0
    ? "Nothing found"
    : total_is_exact
      ? `${formatCount(total)} ${total === 1 ? "dataset" : "datasets"}`
      : `${formatCount(total)} datasets so far, and there are more`

function SearchBox({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const { data: hub } = useQuery(hubQuery)
  const navigate = useNavigate()
  const [text, setText] = useState(q)
  const [sent, setSent] = useState(q)
  const reference = parseReference(text, hub?.endpoint)
  const words = reference.kind === "words" ? reference.words : reference.kind === "dataset" ? reference.repo_id : ""

  // Going back in the browser's history changes the query from outside.
  if (q !== sent) {
    setSent(q)
    setText(q)
  }
  useEffect(() => {
    if (words === sent || reference.kind === "refused") return
    const timer = setTimeout(() => {
      setSent(words)
      onSearch(words)
    }, DEBOUNCE_MS)
    return () => clearTimeout(timer)
  })

  const choose = () => {
    if (reference.kind !== "dataset") return
    const { repo_id, revision } = reference
    void navigate({ to: "/import", search: { dataset: repo_id, ...(revision !== null && { revision }) } })
  }

  return (
    <form
      className="search-box"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        choose()
      }}
    >
      <label htmlFor="search-input" className="visually-hidden">
        Search the Hub, or name a dataset
      </label>
      <input
        id="search-input"
        type="search"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="Search, or paste owner/name@revision or a Hub URL"
        value={text}
        aria-invalid={reference.kind === "refused"}
        aria-describedby="search-about"
        onChange={(event) => setText(event.target.value)}
      />
      <div id="search-about" className="search-about" aria-live="polite">
        {reference.kind === "refused" && <p className="search-refused">{reference.reason}</p>}
        {reference.kind === "dataset" && (
          <button type="submit" className="button button-small">
            Go to {reference.repo_id}
            {reference.revision !== null && ` @ ${reference.revision}`}
          </button>
        )}
      </div>
    </form>
  )
}

function NoResults({ search, onWiden }: { search: ImportSearch; onWiden: () => void }) {
  return (
    <div className="empty">
      <h3>Nothing on the Hub matches</h3>
      <p>
        Try fewer words or fewer filters. A private or gated dataset is found only with a token that may see it; you can
        still name it in full as <code>owner/name</code>.
      </p>
      {search.all !== true && (
        <button type="button" className="button" onClick={onWiden}>
          Search all datasets, not only robotics
        </button>
      )}
    </div>
  )
}
