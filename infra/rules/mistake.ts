import type { Graph } from "./graph.ts"

/** What somebody might do one day. It spoils one thing and is caught by the rule meant for it and by no other. */
export interface Mistake {
  /** The rule that must catch it, and the only one. */
  rule: string
  /** Where one figure has two rules, the other. */
  also?: string
  title: string
  /** Made on a copy of the graph, which it may change at will. */
  make(graph: Graph): void
}
