import { createHash } from "node:crypto"
import { Aggregate, type Aggregated } from "../../../numeric/aggregate.ts"
import { CLOCKS, hashOf } from "./episode-values.ts"
import type { EpisodeSummary, EpisodeValues } from "./subjects.ts"

/** What was seen, to travel from a shard to the reduce. */
export interface SeenValuesJson {
  aggregates: [feature: string, Aggregated][]
  equal: string[][] | null
}

/** 72 bits of text stand for it: of all episodes' one travels. */
const folded = (text: string) => createHash("sha256").update(text).digest("base64url").slice(0, 12)

/** What the values of all episodes leave behind for the rules that look at all of them: bounded, whatever was read. */
export class SeenValues {
  readonly aggregates = new Map<string, Aggregate>()
  /** Features that were equal so far; null before the first episode. */
  #equal: string[][] | null = null
  readonly #motion: ReadonlySet<string>

  /** @param motion features whose values make two episodes the same. */
  constructor(motion: readonly string[]) {
    this.#motion = new Set(motion)
  }

  /** @returns hash of what the episode does unless it does nothing, and what is zero in it. */
  add(values: readonly EpisodeValues[]): Pick<EpisodeSummary, "hash" | "zero"> {
    const hashes = new Map<string, string>()
    const zero: string[] = []
    let isMoving = false
    for (const each of values) {
      this.#aggregate(each)
      if ((CLOCKS as readonly string[]).includes(each.feature)) continue
      hashes.set(each.feature, hashOf(each))
      if (!this.#motion.has(each.feature) || !each.statistics) continue
      const { min, max } = each.statistics
      isMoving ||= min.some((low, at) => low !== max[at])
      if (min.every((low, at) => low === 0 && max[at] === 0)) zero.push(each.feature)
    }
    this.#keepEqual(hashes)
    const motion = [...hashes].filter(([feature]) => this.#motion.has(feature)).flat()
    return { ...(isMoving && { hash: folded(motion.join(" ")) }), ...(zero.length > 0 && { zero }) }
  }

  #aggregate({ feature, statistics }: EpisodeValues) {
    if (!statistics || statistics.rows === 0 || statistics.finite.includes(0)) return
    const into = this.aggregates.get(feature) ?? new Aggregate(statistics.dims)
    this.aggregates.set(feature, into)
    if (into.dims === statistics.dims) into.add({ ...statistics, count: statistics.rows })
  }

  /** @param hashes features with equal ones are equal; one without is equal to none. */
  #keepEqual(hashes: ReadonlyMap<string, string | number>) {
    const groups = this.#equal ?? [[...hashes.keys()]]
    this.#equal = groups.flatMap((group) =>
      [
        ...Map.groupBy(
          group.filter((feature) => hashes.has(feature)),
          (feature) => hashes.get(feature)!,
        ).values(),
      ].filter(({ length }) => length > 1),
    )
  }

  toJSON(): SeenValuesJson {
    return { aggregates: [...this.aggregates].map(([feature, each]) => [feature, each.toJSON()]), equal: this.#equal }
  }

  /** Adds what was seen elsewhere: features stay equal that were so in both. */
  merge({ aggregates, equal }: SeenValuesJson) {
    for (const [feature, theirs] of aggregates) {
      const ours = this.aggregates.get(feature) ?? new Aggregate(theirs.min.length)
      this.aggregates.set(feature, ours)
      if (ours.dims === theirs.min.length) ours.merge(theirs)
    }
    if (equal === null) return
    const groupOf = new Map(equal.flatMap((group, at) => group.map((feature) => [feature, at] as const)))
    this.#keepEqual(groupOf)
  }

  /** Groups of features that were equal in every row and are no constants. */
  get twins(): string[][] {
    const isChanging = (feature: string) => {
      const all = this.aggregates.get(feature)
      return all?.min.some((low, at) => low !== all.max[at]) ?? false
    }
    return (this.#equal ?? []).map((group) => group.filter(isChanging)).filter(({ length }) => length > 1)
  }
}
