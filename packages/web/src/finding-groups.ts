import type { Finding, Where } from "@robokit/core/check/schema"
import { SEVERITY_NAMES } from "./finding-words.ts"
import type { ValidationSearch } from "./validation-search.ts"

/** A finding with its place in the result, by which an address names it. */
export interface Placed {
  at: number
  finding: Finding
}

/** What one rule found. */
export interface FindingGroup {
  code: string
  severity: Finding["severity"]
  found: Placed[]
  occurrences: number
}

export type FindingFilter = { [Name in "severity" | "kind" | "episode" | "q"]?: ValidationSearch[Name] | undefined }

/** Findings name so many episodes at most. */
const EPISODES_NAMED = 1000

export function filterFindings(findings: readonly Finding[], filter: FindingFilter): Placed[] {
  const words = (filter.q ?? "").toLowerCase().split(/\s+/).filter(Boolean)
  return findings
    .map((finding, at) => ({ at, finding }))
    .filter(
      ({ finding }) =>
        (filter.severity === undefined || finding.severity === filter.severity) &&
        (filter.kind === undefined || finding.kind === filter.kind) &&
        (filter.episode === undefined || isIn(finding, filter.episode)) &&
        (words.length === 0 || matches(finding, words)),
    )
}

/** Rules with the worst findings first, otherwise in the order of the result. */
export function groupByRule(placed: readonly Placed[]): FindingGroup[] {
  const groups = [...Map.groupBy(placed, ({ finding }) => finding.code)].map(([code, found]) => ({
    code,
    severity: SEVERITY_NAMES.find((severity) => found.some(({ finding }) => finding.severity === severity))!,
    found,
    occurrences: found.reduce((sum, { finding }) => sum + finding.occurrences, 0),
  }))
  return groups.toSorted((a, b) => SEVERITY_NAMES.indexOf(a.severity) - SEVERITY_NAMES.indexOf(b.severity))
}

const isIn = (finding: Finding, episode: number) =>
  placesOf(finding).some((place) => place.episode === episode) || (finding.where.episodes?.includes(episode) ?? false)

/** It may be in episodes that it does not name. */
export const isCut = ({ where }: Finding) => (where.episodes?.length ?? 0) >= EPISODES_NAMED

function matches(finding: Finding, words: string[]) {
  const places = placesOf(finding).flatMap(({ path, feature }) => [path, feature])
  const text = [finding.code, finding.message, finding.fix, ...places].filter(Boolean).join("\n").toLowerCase()
  return words.every((word) => text.includes(word))
}

const placesOf = ({ where, places }: Finding): Where[] => [where, ...(places ?? [])]
