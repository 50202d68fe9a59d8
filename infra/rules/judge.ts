import type { Graph } from "./graph.ts"
import type { Mistake } from "./mistake.ts"
import { rules } from "./registry.ts"

/** Each rule that does not hold, with what is wrong. */
export const brokenRules = (graph: Graph) =>
  rules.flatMap((rule) => {
    const wrong = rule.check(graph)
    return wrong.length > 0 ? [{ id: rule.id, wrong }] : []
  })

/** Ids of the rules that a mistake breaks and that held before. */
export function caughtBy(mistake: Mistake, graph: Graph): string[] {
  const before = new Set(brokenRules(graph).map(({ id }) => id))
  const copy = structuredClone(graph)
  mistake.make(copy)
  return brokenRules(copy)
    .map(({ id }) => id)
    .filter((id) => !before.has(id))
}

export const expectedFor = ({ rule, also }: Mistake) => (also ? [rule, also] : [rule]).toSorted()
