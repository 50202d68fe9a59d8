import type { Depth, Kind, Severity } from "@robokit/core/check/schema"
import { queryOptions } from "@tanstack/react-query"
import { get } from "./request.ts"

/** What a rule says of itself, whatever it found. */
export interface Check {
  code: string
  format: string
  family: string
  /** What holds in a sound dataset. */
  title: string
  severity: Severity
  kind: Kind
  depth: Depth
  /** What goes wrong when it does not hold. */
  why: string
  fix: string | null
  reference: string | null
}

/** The rules there are. A finding is whole without them: they only say more about it. */
export const checksQuery = queryOptions({
  queryKey: ["checks"],
  queryFn: ({ signal }) => get<Check[]>("/schemas/checks.json", signal),
  staleTime: Infinity,
})
