import { SORT_NAMES, type Sort } from "./search-sorts.ts"

/** What the wizard shows, all of it in the address: a search can be bookmarked, shared, and gone back to. */
export interface ImportSearch {
  q?: string
  /** From 1. */
  page?: number
  sort?: Sort
  /** Absent: only robotics. */
  all?: true
  author?: string
  licence?: string
  task?: string
  size?: string
  lerobot?: "2.0" | "2.1" | "3.0"
  /** The dataset chosen, and what is to be imported of it. */
  dataset?: string
  revision?: string
}

const LEROBOT = ["2.0", "2.1", "3.0"] as const

export function readImportSearch(search: Record<string, unknown>): ImportSearch {
  const text = (name: string) => {
    // The router reads `q=3` as a number.
    const value = search[name]
    const string = typeof value === "number" || typeof value === "boolean" ? String(value) : value
    return typeof string === "string" && string !== "" ? { [name]: string.slice(0, 256) } : {}
  }
  const page = Number(search.page)
  const sort = SORT_NAMES.find((each) => each === search.sort)
  const lerobot = LEROBOT.find((each) => each === search.lerobot || Number(each) === search.lerobot)
  return {
    ...text("q"),
    ...text("author"),
    ...text("licence"),
    ...text("task"),
    ...text("size"),
    ...text("dataset"),
    ...text("revision"),
    ...(Number.isInteger(page) && page > 1 && page < 10_000 && { page }),
    ...(sort && { sort }),
    ...(lerobot && { lerobot }),
    ...((search.all === true || search.all === "true") && { all: true as const }),
  }
}
