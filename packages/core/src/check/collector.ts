import type { Found, Report, RuleInfo } from "./rule.ts"
import { type Finding, SEVERITIES, type Severity, type Where } from "./schema.ts"

const MAX_EPISODES = 1000
const MAX_PLACES = 20
const MAX_GROUPS = 200
const MAX_MESSAGE = 600

interface Group {
  code: string
  severity: Severity
  occurrences: number
  worst: Found
  places: Where[]
  episodes: number[]
}

/** What a collector is as JSON, to travel from a shard to the reduce. */
export type Collected = { groups: [string, Group][]; cut: [string, number][] }

/**
 * Gathers occurrences into findings, bounded whatever a dataset does: one finding per rule, severity and group, with every
 * episode up to a thousand, the first twenty places, and the numbers of the worst.
 */
export class Collector {
  readonly #groups: Map<string, Group>
  /** Occurrences of rules with more groups than are kept. */
  readonly #cut: Map<string, number>
  readonly #perRule = new Map<string, number>()

  constructor(from: Collected = { groups: [], cut: [] }) {
    this.#groups = new Map(from.groups)
    this.#cut = new Map(from.cut)
    for (const { code } of this.#groups.values()) this.#perRule.set(code, (this.#perRule.get(code) ?? 0) + 1)
  }

  /** The report function of one rule. */
  for(code: string, rule: RuleInfo): Report {
    return (found) => this.#add(code, found.severity ?? rule.severity, found)
  }

  #add(code: string, severity: Severity, found: Found) {
    const key = JSON.stringify([code, severity, found.group ?? found.where?.feature ?? ""])
    let group = this.#groups.get(key)
    if (!group) {
      const kept = this.#perRule.get(code) ?? 0
      if (kept >= MAX_GROUPS) return void this.#cut.set(code, (this.#cut.get(code) ?? 0) + 1)
      this.#perRule.set(code, kept + 1)
      group = { code, severity, occurrences: 0, worst: found, places: [], episodes: [] }
      this.#groups.set(key, group)
    }
    group.occurrences++
    if ((found.size ?? 0) > (group.worst.size ?? 0)) group.worst = found
    this.#place(group, found.where ?? {})
  }

  #place(group: Group, where: Where) {
    if (group.places.length < MAX_PLACES) group.places.push(where)
    const { episode } = where
    if (episode === undefined || group.episodes.length >= MAX_EPISODES) return
    if (group.episodes.at(-1) !== episode && !group.episodes.includes(episode)) group.episodes.push(episode)
  }

  /** Adds what another one gathered, in the order of the calls. */
  merge(other: Collected) {
    for (const [key, theirs] of other.groups) {
      const ours = this.#groups.get(key)
      if (!ours) {
        this.#groups.set(key, structuredClone(theirs))
        this.#perRule.set(theirs.code, (this.#perRule.get(theirs.code) ?? 0) + 1)
        continue
      }
      ours.occurrences += theirs.occurrences
      if ((theirs.worst.size ?? 0) > (ours.worst.size ?? 0)) ours.worst = theirs.worst
      ours.places.push(...theirs.places.slice(0, MAX_PLACES - ours.places.length))
      ours.episodes = [...new Set([...ours.episodes, ...theirs.episodes])].slice(0, MAX_EPISODES)
    }
    for (const [code, count] of other.cut) this.#cut.set(code, (this.#cut.get(code) ?? 0) + count)
  }

  toJSON(): Collected {
    return { groups: [...this.#groups], cut: [...this.#cut] }
  }

  /** Worst first; equal ones in the order of `rules`. */
  findings(rules: Readonly<Record<string, RuleInfo>>): Finding[] {
    const order = new Map(Object.keys(rules).map((code, at) => [code, at]))
    return [...this.#groups.values()]
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
          order.get(a.code)! - order.get(b.code)! ||
          b.occurrences - a.occurrences,
      )
      .map((group) => toFinding(group, rules[group.code]!))
  }

  /** Occurrences beyond what is kept, by code. */
  get cut(): ReadonlyMap<string, number> {
    return this.#cut
  }
}

function toFinding({ code, severity, occurrences, worst, places, episodes }: Group, rule: RuleInfo): Finding {
  const more = occurrences - 1
  const message = more ? `${worst.message.replace(/\.$/, "")} (and ${more.toLocaleString("en")} more).` : worst.message
  const where: Where = { ...worst.where }
  if (episodes.length > 1) where.episodes = [...episodes].sort((a, b) => a - b)
  return {
    code,
    severity,
    kind: rule.kind,
    message: message.slice(0, MAX_MESSAGE),
    where,
    evidence: worst.evidence ?? {},
    reference: worst.reference ?? rule.reference,
    fix: worst.fix ?? rule.fix ?? null,
    occurrences,
    ...(occurrences > 1 && { places }),
  }
}
