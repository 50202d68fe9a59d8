import type { Depth, Kind, Severity, Validation, Verdict } from "@robokit/core/check/schema"
import { plural } from "./formatting.ts"

/** Worst first. */
export const SEVERITIES_SHOWN = [
  ["error", "Errors"],
  ["warning", "Warnings"],
  ["info", "Notes"],
] as const satisfies [Severity, string][]
export const SEVERITY_NAMES = SEVERITIES_SHOWN.map(([name]) => name)

export const KINDS_SHOWN = [
  ["defect", "Defects", "readers fail or get wrong data"],
  ["risk", "Risks", "they may"],
  ["characteristic", "Characteristics", "worth knowing, nothing is wrong"],
] as const satisfies [Kind, string, string][]
export const KIND_NAMES = KINDS_SHOWN.map(([name]) => name)

export const VERDICT_WORDS: Record<Verdict, string> = { pass: "Passes", fail: "Fails", not_assessed: "Not assessed" }

/** Each adds to the one before. */
export const DEPTHS_SHOWN = [
  ["metadata", "the list of files, the tables of meta/, headers of data and videos"],
  ["columns", "also index, timestamp and task of every frame"],
  ["full", "also every number of states and actions"],
  ["decode", "also every picture"],
] as const satisfies [Depth, string][]
export const DEPTH_NAMES: Depth[] = DEPTHS_SHOWN.map(([name]) => name)

/** "2 errors, 1 warning"; what there is none of is left out. */
export function countWords({ error, warning, info }: Validation["counts"]): string {
  const parts = [
    error > 0 && plural(error, "error"),
    warning > 0 && plural(warning, "warning"),
    info > 0 && plural(info, "note"),
  ].filter((part) => part !== false)
  return parts.length === 0 ? "no findings" : parts.join(", ")
}
