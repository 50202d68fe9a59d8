import type { Found, Report, RuleInfo } from "./rule.ts"
import { type Finding, SEVERITIES, type Severity, type Where } from "./schema.ts"

const MAX_EPISODES = 1000
const MAX_PLACES = 20
const MAX_GROUPS = 200
const MAX_MESSAGE = 600
const MAX_NAME = 200
const MAX_PATH = 1024
/** What is left of a group's places and episodes once there is too much of everything. */
const FEW_PLACES = 3
const FEW_EPISODES = 50

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

  #add(code: string, severity: Severity, reported: Found) {
    const found = clipped(reported)
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
    group.worst = worseOf(group.worst, found)
    const where = found.where
    insert(group.places, where, byPlace, MAX_PLACES)
    if (where.episode !== undefined) insertOnce(group.episodes, where.episode)
  }

  /** Adds what another one gathered. The order of merges, as that of reports, makes no difference. */
  merge(other: Collected) {
    for (const [key, theirs] of other.groups) {
      const ours = this.#groups.get(key)
      if (!ours && (this.#perRule.get(theirs.code) ?? 0) >= MAX_GROUPS) {
        this.#leaveOut(theirs)
        continue
      }
      if (!ours) {
        this.#groups.set(key, structuredClone(theirs))
        this.#perRule.set(theirs.code, (this.#perRule.get(theirs.code) ?? 0) + 1)
        continue
      }
      ours.occurrences += theirs.occurrences
      ours.worst = worseOf(ours.worst, theirs.worst)
      for (const place of theirs.places) insert(ours.places, place, byPlace, MAX_PLACES)
      for (const episode of theirs.episodes) insertOnce(ours.episodes, episode)
    }
    for (const [code, count] of other.cut) this.#cut.set(code, (this.#cut.get(code) ?? 0) + count)
  }

  /**
   * Makes it fit into `bytes` of JSON: most places and episodes go first, then whole groups from the least severe on; of a
   * rule that found an error one stays. What went is counted in `cut`.
   */
  fit(bytes: number) {
    const size = () => Buffer.byteLength(JSON.stringify(this))
    let over = size() - bytes
    if (over <= 0) return
    for (const group of this.#groups.values()) {
      group.places.length = Math.min(group.places.length, FEW_PLACES)
      group.episodes.length = Math.min(group.episodes.length, FEW_EPISODES)
    }
    over = size() - bytes
    const first = new Map([...this.#groups].reverse().map(([key, { code }]) => [code, key]))
    const least = [...this.#groups].reverse().sort(([, a], [, b]) => rank(b.severity) - rank(a.severity))
    for (const [key, group] of least) {
      if (over <= 0) return
      if (group.severity === "error" && first.get(group.code) === key) continue
      over -= Buffer.byteLength(JSON.stringify([key, group])) + 1
      this.#groups.delete(key)
      this.#leaveOut(group)
    }
  }

  #leaveOut = ({ code, occurrences }: Group) => this.#cut.set(code, (this.#cut.get(code) ?? 0) + occurrences)

  toJSON(): Collected {
    return { groups: [...this.#groups], cut: [...this.#cut] }
  }

  /** Worst first; equal ones in the order of `rules`. */
  findings(rules: Readonly<Record<string, RuleInfo>>): Finding[] {
    const order = new Map(Object.keys(rules).map((code, at) => [code, at]))
    return [...this.#groups.values()]
      .sort(
        (a, b) =>
          rank(a.severity) - rank(b.severity) ||
          order.get(a.code)! - order.get(b.code)! ||
          b.occurrences - a.occurrences ||
          byPlace(a.places[0] ?? {}, b.places[0] ?? {}),
      )
      .map((group) => toFinding(group, rules[group.code]!))
  }

  /** Occurrences beyond what is kept, by code. */
  get cut(): ReadonlyMap<string, number> {
    return this.#cut
  }
}

/** A dataset's episode may be NaN, or 1e308: then it is no place. */
function placeIn({ episode, frame, ...where }: NonNullable<Found["where"]> = {}): Where {
  return {
    ...where,
    ...(Number.isSafeInteger(episode) && { episode }),
    ...(Number.isSafeInteger(frame) && { frame }),
  }
}

/** JSON has no NaN and no Infinity. */
const numbersIn = (evidence: Found["evidence"] = {}) =>
  Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => [
      name,
      typeof value === "number" && !Number.isFinite(value) ? null : value,
    ]),
  )

/** The one with the larger size; of equals the one in the first place. */
function worseOf(a: Found, b: Found): Found {
  const difference = (b.size ?? 0) - (a.size ?? 0)
  if (difference !== 0) return difference > 0 ? b : a
  return (byPlace(b.where ?? {}, a.where ?? {}) || byText(b.message, a.message)) < 0 ? b : a
}

const byText = (a = "", b = "") => (a < b ? -1 : a > b ? 1 : 0)
const byNumber = (a = -1, b = -1) => (a || 0) - (b || 0)
const byPlace = (a: Where, b: Where) =>
  byText(a.path, b.path) || byNumber(a.episode, b.episode) || byNumber(a.frame, b.frame) || byText(a.feature, b.feature)

/** Keeps the list in order and short. Most of what comes is the last, or too late. */
function insert<T>(list: T[], value: T, order: (a: T, b: T) => number, most: number) {
  if (list.length >= most && order(value, list.at(-1)!) >= 0) return
  let at = list.length
  while (at > 0 && order(value, list[at - 1]!) < 0) at--
  list.splice(at, 0, value)
  if (list.length > most) list.pop()
}

function insertOnce(list: number[], value: number) {
  if (list.at(-1) === value) return
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]! < value) low = middle + 1
    else high = middle
  }
  if (list[low] === value) return
  list.splice(low, 0, value)
  if (list.length > MAX_EPISODES) list.pop()
}

const rank = (severity: Severity) => SEVERITIES.indexOf(severity)

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text)

/** Names and paths come from datasets: none may be longer than anybody would read, and no number one that JSON does not have. */
function clipped(found: Found): Found & { where: Where } {
  const { path, feature, ...place } = placeIn(found.where)
  const evidence = Object.entries(numbersIn(found.evidence)).map(([name, value]) => [
    name,
    typeof value === "string" ? cut(value, MAX_NAME) : value,
  ])
  return {
    ...found,
    message: cut(found.message, MAX_MESSAGE),
    where: {
      ...place,
      ...(path !== undefined && { path: cut(path, MAX_PATH) }),
      ...(feature !== undefined && { feature: cut(feature, MAX_NAME) }),
    },
    ...(found.evidence && { evidence: Object.fromEntries(evidence) as NonNullable<Found["evidence"]> }),
    ...(found.group !== undefined && { group: cut(found.group, MAX_PATH) }),
  }
}

function toFinding({ code, severity, occurrences, worst, places, episodes }: Group, rule: RuleInfo): Finding {
  const more = occurrences - 1
  const message = more ? `${worst.message.replace(/\.$/, "")} (and ${more.toLocaleString("en")} more).` : worst.message
  const where: Where = { ...worst.where }
  if (episodes.length > 1) where.episodes = [...episodes]
  return {
    code,
    severity,
    kind: rule.kind,
    message: cut(message, MAX_MESSAGE),
    where,
    evidence: worst.evidence ?? {},
    reference: worst.reference ?? rule.reference,
    fix: worst.fix ?? rule.fix ?? null,
    occurrences,
    ...(occurrences > 1 && { places }),
  }
}
