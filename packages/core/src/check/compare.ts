import type { Finding } from "./schema.ts"

export interface ComparedFindings {
  /** Of the other only. */
  new: Finding[]
  /** Of the first only. */
  gone: Finding[]
  /** Of both, as the other has it. */
  same: Finding[]
}

/**
 * What became of the findings between two results. A finding is the same when its rule, its severity and its feature are, and,
 * where it is of one place only on both sides, its file: numbers, sentences and the worst place of many may move.
 */
export function compareFindings(before: readonly Finding[], after: readonly Finding[]): ComparedFindings {
  const open = new Set(before)
  const twins = new Map<Finding, Finding>()
  for (const isSame of [isExactly, isAbout]) {
    const byKey = Map.groupBy(open, keyOf)
    for (const finding of after) {
      if (twins.has(finding)) continue
      const twin = byKey.get(keyOf(finding))?.find((each) => open.has(each) && isSame(each, finding))
      if (!twin) continue
      twins.set(finding, twin)
      open.delete(twin)
    }
  }
  return {
    new: after.filter((finding) => !twins.has(finding)),
    gone: [...open],
    same: after.filter((finding) => twins.has(finding)),
  }
}

const keyOf = ({ code, severity, where: { feature } }: Finding) => JSON.stringify([code, severity, feature ?? null])
const isExactly = (a: Finding, b: Finding) => a.where.path === b.where.path
const isAbout = (a: Finding, b: Finding) => a.occurrences > 1 || b.occurrences > 1
