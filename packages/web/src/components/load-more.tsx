import type { UseInfiniteQueryResult } from "@tanstack/react-query"

type List = Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">

/** Asks for the next page of a list; nothing, at its end. */
export function LoadMore({ list }: { list: List }) {
  if (!list.hasNextPage) return null
  return (
    <button
      type="button"
      className="button button-small"
      disabled={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {list.isFetchingNextPage ? "Loading…" : "Load more"}
    </button>
  )
}
