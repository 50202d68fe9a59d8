import { Collector, type Collected } from "../../../check/collector.ts"
import { type Cost, DEPTH_OF, type Report } from "../../../check/rule.ts"
import { DEPTHS, type Depth, type NotRun } from "../../../check/schema.ts"
import type { DatasetFacts, Part } from "./subjects.ts"
import type { Look, On, Rule, Rules, Subjects } from "./rule.ts"

/**
 * Calls the rules that apply, gathers what they report, and knows why the others were not run. A rule that throws is a bug:
 * it is named as such and the others go on, but nothing passes by it.
 */
export class RuleRunner {
  readonly #rules: Rules
  readonly #facts: DatasetFacts
  readonly #active = new Map<On, { code: string; look: Look; report: Report }[]>()
  readonly #notRun = new Map<string, string>()
  readonly #broken = new Map<string, unknown>()
  readonly collector: Collector

  constructor(rules: Rules, facts: DatasetFacts, depth: Depth, collected?: Collected) {
    this.#rules = rules
    this.#facts = facts
    this.collector = new Collector(collected)
    for (const [code, rule] of Object.entries(rules)) {
      const reason = whyNot(rule, facts, depth) ?? whySuperseded(rule, rules, depth)
      if (reason !== null) {
        this.#notRun.set(code, reason)
        continue
      }
      const looks: Look[] = rule.closer && isWithin(rule.closer.cost, depth) ? [rule, rule.closer] : [rule]
      for (const look of looks) {
        const list = this.#active.get(look.on) ?? []
        list.push({ code, look, report: this.collector.for(code, rule) })
        this.#active.set(look.on, list)
      }
    }
  }

  run<Kind extends On>(on: Kind, subject: Subjects[Kind], isWanted: (code: string) => boolean = () => true) {
    for (const { code, look, report } of this.#active.get(on) ?? []) {
      if (this.#broken.has(code) || !isWanted(code)) continue
      try {
        const check = look.check as (subject: Subjects[Kind], report: Report, facts: DatasetFacts) => void
        check(subject, report, this.#facts)
      } catch (error) {
        this.#broken.set(code, error)
      }
    }
  }

  /** Whether any rule would look at such a subject: if not, it need not be read. */
  wants = (on: On) => (this.#active.get(on)?.length ?? 0) > 0

  /** A rule that could not judge after all: what it looks at was not read. */
  skip(code: string, reason: string) {
    this.#notRun.set(code, reason)
  }

  /** A rule that broke in another shard. */
  broke(code: string, error: unknown) {
    this.#broken.set(code, error)
  }

  /** Codes of the rules that look at such a subject. */
  codes = (on: On) => (this.#active.get(on) ?? []).map(({ code }) => code)

  get not_run(): NotRun[] {
    const broken = [...this.#broken.keys()].map((code) => ({
      code,
      reason: "The rule itself broke; this is our fault.",
    }))
    const order = Object.keys(this.#rules)
    return [...[...this.#notRun].map(([code, reason]) => ({ code, reason })), ...broken].sort(
      (a, b) => order.indexOf(a.code) - order.indexOf(b.code),
    )
  }

  /** What broken rules threw, for the log. */
  get failures(): ReadonlyMap<string, unknown> {
    return this.#broken
  }

  get rules_run(): number {
    return Object.keys(this.#rules).length - new Set(this.not_run.map(({ code }) => code)).size
  }
}

/** Parts a rule cannot do without: the one its cost says, unless it names others. */
function whyNot(rule: Rule, facts: DatasetFacts, depth: Depth): string | null {
  const { versions, cost, needs = ["info"] as readonly Part[] } = rule
  if (versions !== "all" && !versions.includes(facts.version.name)) return `It judges ${versions.join(" and ")} only.`
  if (!isWithin(cost, depth)) return `It needs ${DEPTH_OF[cost]} depth.`
  const missing = needs.find((part) => !facts.has(part))
  return missing ? `${missing} cannot be looked at: ${facts.whyNot(missing)}` : null
}

function whySuperseded({ superseded_by }: Rule, rules: Rules, depth: Depth): string | null {
  const closer = superseded_by === undefined ? undefined : rules[superseded_by]
  return closer && isWithin(closer.cost, depth) ? `${superseded_by} finds the same, and looks closer.` : null
}

export const isWithin = (cost: Cost, depth: Depth) => DEPTHS.indexOf(DEPTH_OF[cost]) <= DEPTHS.indexOf(depth)
