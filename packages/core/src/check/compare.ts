import type { Finding, Validation } from "./schema.ts"

export interface ComparedFindings {
  /** Of the other only. */
  new: Finding[]
  /** Of the first only. */
  gone: Finding[]
  /** Of both, as the other has it. */
  same: Finding[]
  /** Of one only, by a rule that was not run on the other: neither new nor gone for all that is known. */
  not_compared: Finding[]
}

type Judged = Pick<Validation, "findings" | "not_run">

/**
 * What became of the findings between two results. A finding is the same when its rule, its severity and its feature are, and,
 * where it is of one place only on both sides, its file: numbers, sentences and the worst place of many may move.
 */
export function compareFindings(from: Judged, to: Judged): ComparedFindings {
  const [before, after] = [from.findings, to.findings]
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
  const added = after.filter((finding) => !twins.has(finding))
  const [unseenBefore, unseenAfter] = [unseenIn(from), unseenIn(to)]
  return {
    new: added.filter(({ code }) => !unseenBefore.has(code)),
    gone: [...open].filter(({ code }) => !unseenAfter.has(code)),
    same: after.filter((finding) => twins.has(finding)),
    not_compared: [
      ...added.filter(({ code }) => unseenBefore.has(code)),
      ...[...open].filter(({ code }) => unseenAfter.has(code)),
    ],
  }
}

const unseenIn = ({ not_run }: Judged) => new Set(not_run.map(({ code }) => code))

const keyOf = ({ code, severity, where: { feature } }: Finding) => JSON.stringify([code, severity, feature ?? null])
const isExactly = (a: Finding, b: Finding) => a.where.path === b.where.path
const isAbout = (a: Finding, b: Finding) => a.occurrences > 1 || b.occurrences > 1
