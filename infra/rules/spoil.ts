import {
  all,
  type Graph,
  grantsOf,
  lambda,
  mappings,
  nameOf,
  queue,
  type Resource,
  roleOf,
  type Statement,
} from "./graph.ts"

/** A mistake that finds nothing to spoil would pass for one that was caught. */
export const must = <T>(thing: T | undefined): T => {
  if (thing === undefined) throw new Error("The mistake finds nothing to spoil")
  return thing
}
export const fn = (graph: Graph, name: Parameters<typeof lambda>[1]) => must(lambda(graph, name)).inputs
export const q = (graph: Graph, name: Parameters<typeof queue>[1]) => must(queue(graph, name)).inputs
export const first = (graph: Graph, type: string, startsWith = "") =>
  must(all(graph, type).find(({ name }) => name.startsWith(startsWith)))
export const mapping = (graph: Graph, reader: string) =>
  must(mappings(graph).find((each) => each.reader && nameOf(each.reader) === reader)).mapping.inputs

export function drop(graph: Graph, resource: Resource) {
  graph.resources.splice(graph.resources.indexOf(resource), 1)
}

export function dropAll(graph: Graph, type: string, startsWith: string) {
  const kept = graph.resources.filter((each) => each.type !== type || !each.name.startsWith(startsWith))
  if (kept.length === graph.resources.length) throw new Error("The mistake finds nothing to drop")
  graph.resources = kept
}

export function regrant(
  graph: Graph,
  name: Parameters<typeof lambda>[1],
  change: (grants: Statement[]) => Statement[],
) {
  const role = must(roleOf(graph, must(lambda(graph, name))))
  role.inputs.inlinePolicies = [{ name: "inline", policy: JSON.stringify({ Statement: change(grantsOf(role)) }) }]
}

export function giveUpAfter(graph: Graph, name: Parameters<typeof queue>[1], maxReceiveCount: number, to?: string) {
  const { redrivePolicy } = q(graph, name)
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy)
  q(graph, name).redrivePolicy = JSON.stringify({ deadLetterTargetArn: to ?? deadLetterTargetArn, maxReceiveCount })
}
