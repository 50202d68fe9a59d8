import type { Finding, Severity, Where } from "@robokit/core/check/schema"

/** A finding as far as it is about one episode. */
export interface EpisodeFinding {
  finding: Finding
  /** Frames of the episode it names; none: it is about all of it. */
  frames: number[]
  /** Its message and its numbers are of the worst place; null when that is here, or in no single episode. */
  worstIn: number | null
}

const RANK: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

export const worst = (severities: Severity[]) => severities.toSorted((a, b) => RANK[a] - RANK[b])[0]

/** What was found in an episode, in the order of the findings: worst first. */
export function findingsOf(findings: Finding[], episode: number): EpisodeFinding[] {
  return findings.flatMap((finding) => {
    const here = placesOf(finding).filter((place) => place.episode === episode)
    if (here.length === 0 && !finding.where.episodes?.includes(episode)) return []
    const frames = here.flatMap(({ frame }) => (frame === undefined ? [] : [frame]))
    const worstEpisode = finding.where.episode
    return [
      {
        finding,
        frames: [...new Set(frames)].toSorted((a, b) => a - b),
        worstIn: worstEpisode === undefined || worstEpisode === episode ? null : worstEpisode,
      },
    ]
  })
}

/** How many findings each episode has, and the worst of them. */
export function countFindings(findings: Finding[]): Map<number, { count: number; severity: Severity }> {
  const counts = new Map<number, { count: number; severity: Severity }>()
  for (const finding of findings) {
    const named = placesOf(finding).flatMap(({ episode }) => (episode === undefined ? [] : [episode]))
    for (const episode of new Set([...named, ...(finding.where.episodes ?? [])])) {
      const known = counts.get(episode)
      const severity = worst([finding.severity, ...(known ? [known.severity] : [])]) ?? finding.severity
      counts.set(episode, { count: (known?.count ?? 0) + 1, severity })
    }
  }
  return counts
}

const placesOf = ({ where, places }: Finding): Where[] => [where, ...(places ?? [])]
