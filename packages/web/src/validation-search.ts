import type { Kind, Severity } from "@robokit/core/check/schema"
import { type DatasetSearch, readDatasetSearch } from "./dataset-address.ts"
import { KIND_NAMES, SEVERITY_NAMES } from "./finding-words.ts"

/** Which findings are shown, all of it in the address. */
export interface ValidationSearch extends DatasetSearch {
  /** A validation that is not the newest. */
  job?: number
  severity?: Severity
  kind?: Kind
  episode?: number
  q?: string
  /** The finding to begin at, by its place in the result. */
  finding?: number
}

const LONGEST = 200

export function readValidationSearch(search: Record<string, unknown>): ValidationSearch {
  const severity = SEVERITY_NAMES.find((each) => each === search.severity)
  const kind = KIND_NAMES.find((each) => each === search.kind)
  // The router reads `q=3` as a number.
  const q = typeof search.q === "number" || typeof search.q === "boolean" ? String(search.q) : search.q
  return {
    ...readDatasetSearch(search),
    ...natural(search, "job"),
    ...(severity && { severity }),
    ...(kind && { kind }),
    ...natural(search, "episode"),
    ...(typeof q === "string" && q !== "" && { q: q.slice(0, LONGEST) }),
    ...natural(search, "finding"),
  }
}

function natural(search: Record<string, unknown>, name: string) {
  const value = search[name]
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? { [name]: value } : {}
}
