import type { RuleInfo } from "./rule.ts"
import type { Evidence, Validation, Where } from "./schema.ts"

/** What was judged. */
export interface About {
  repo_id: string
  /** 40-hex commit. */
  revision: string
}

export type RulesInfo = Readonly<Record<string, RuleInfo>>

/** One form of the findings that some tool wants. The same result gives the same bytes. */
export interface ReportForm {
  /** Of the artefact. */
  file: string
  media_type: string
  description: string
  write(validation: Validation, about: About, rules: RulesInfo): string
}

/** "episode 3, frame 12, feature action" for people; empty for the dataset as a whole. */
export function placeOf({ episode, episodes, frame, feature }: Where): string {
  const many = episodes && episodes.length > 1
  const shown = many ? `${episodes.slice(0, 10).join(", ")}${episodes.length > 10 ? ", …" : ""}` : String(episode)
  return [
    ...(many ? [`episodes ${shown}`] : episode === undefined ? [] : [`episode ${shown}`]),
    ...(frame === undefined || many ? [] : [`frame ${frame}`]),
    ...(feature === undefined ? [] : [`feature ${feature}`]),
  ].join(", ")
}

/** By name: the database does not keep the order in which numbers were written down. */
export const inOrder = (evidence: Evidence): Evidence =>
  Object.fromEntries(Object.entries(evidence).sort(([a], [b]) => (a < b ? -1 : 1)))
