import { formatCount } from "../formatting.ts"

interface Props {
  /** From 1. */
  page: number
  /** Null while the Hub has not been walked to its end. */
  last: number | null
  hasMore: boolean
  onPage: (page: number) => void
}

export function Pager({ page, last, hasMore, onPage }: Props) {
  if (page === 1 && !hasMore) return null
  const isLast = !hasMore
  return (
    <nav className="pager" aria-label="Pages of results">
      <button type="button" className="button button-small" disabled={page === 1} onClick={() => onPage(1)}>
        First
      </button>
      <button type="button" className="button button-small" disabled={page === 1} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      <p aria-current="page">
        Page {formatCount(page)} {last === null ? "" : `of ${formatCount(last)}`}
      </p>
      <button type="button" className="button button-small" disabled={isLast} onClick={() => onPage(page + 1)}>
        Next
      </button>
      <button
        type="button"
        className="button button-small"
        disabled={last === null || isLast}
        title={last === null ? "How many pages there are is known once the end was reached" : undefined}
        onClick={() => last !== null && onPage(last)}
      >
        Last
      </button>
    </nav>
  )
}
