import { DEPTH_OF } from "@robokit/core/check/rule"
import type { Depth, Finding, Validation } from "@robokit/core/check/schema"
import { memoryFiles } from "@robokit/core/files/memory"
import { lerobotRules } from "@robokit/core/format/lerobot/check/rules"
import type { Rule } from "@robokit/core/format/lerobot/check/rule"
import { validate } from "@robokit/core/format/lerobot/check/validate"
import type { VersionName } from "@robokit/core/format/lerobot/check/subjects"
import { Absent, Editable } from "./editable.ts"
import { type Injected, type Injection, STRENGTHS, type Strength } from "./injection.ts"
import type { Subject } from "./subjects.ts"

const rules: Readonly<Record<string, Rule>> = lerobotRules

/** One damage in one dataset. */
export interface Trial {
  rule: string
  what: string
  version: VersionName
  subject: string
  origin: Subject["origin"]
  strength: Strength
  found: boolean
  /** Null when the damage is in no single place. */
  placed: boolean | null
  /** Errors and warnings of other rules that the damage does not explain. */
  others: string[]
}

export interface Measured {
  trials: Trial[]
  /** Findings on clean datasets, by rule: none is to be an error or a warning without reason. */
  baseline: { subject: string; origin: Subject["origin"]; finding: Finding }[]
  /** Rules and versions that no injection could be put into any subject for. */
  untried: { rule: string; version: VersionName }[]
}

export interface Plan {
  subjects: readonly Subject[]
  injections: readonly Injection[]
  strengths?: readonly Strength[]
  /** One subject for each injection and version instead of all. */
  short?: boolean
  progress?: (done: number, of: number) => void
}

/** Puts each defect into each dataset that is clean for its rule, and looks whether it is found, and where. */
export async function measure({
  subjects,
  injections,
  strengths = STRENGTHS,
  short,
  progress,
}: Plan): Promise<Measured> {
  const measured: Measured = { trials: [], baseline: [], untried: [] }
  const tried = new Set<string>()
  for (const [at, subject] of subjects.entries()) {
    const files = await subject.files()
    const clean = await look(new Editable(files), "full")
    for (const finding of clean.findings) {
      measured.baseline.push({ subject: subject.name, origin: subject.origin, finding })
    }
    const known = new Set(clean.findings.map(({ code }) => code))
    for (const injection of injections) {
      const { rule, what, versions } = injection
      const key = `${rule} ${what} ${subject.version}`
      if (!versions.includes(subject.version) || known.has(rule) || (short && tried.has(key))) continue
      for (const strength of strengths) {
        const dataset = new Editable(files)
        const injected = await applied(injection, dataset, strength)
        if (!injected) continue
        tried.add(key)
        const { findings } = await look(dataset, depthOf(rules[rule]!))
        const own = findings.filter(({ code }) => code === rule)
        const isKnown = ({ code, severity }: Finding) =>
          severity === "info" || code === rule || known.has(code) || injected.also?.includes(code)
        measured.trials.push({
          rule,
          what,
          version: subject.version,
          subject: subject.name,
          origin: subject.origin,
          strength,
          found: own.length > 0,
          placed: placed(own, injected),
          others: findings.filter((finding) => !isKnown(finding)).map(({ code }) => code),
        })
      }
    }
    progress?.(at + 1, subjects.length)
  }
  for (const { rule, what, versions } of injections) {
    for (const version of versions) {
      if (!tried.has(`${rule} ${what} ${version}`)) measured.untried.push({ rule, version })
    }
  }
  return measured
}

async function applied(injection: Injection, dataset: Editable, strength: Strength) {
  try {
    return await injection.apply(dataset, strength)
  } catch (error) {
    if (error instanceof Absent) return undefined
    throw error
  }
}

/** The least depth at which the rule looks as closely as it can. */
const depthOf = ({ cost, closer }: Rule): Depth => DEPTH_OF[closer?.cost ?? cost]

/** The dataset as the validation job sees it. */
export async function look(dataset: Editable, depth: Depth): Promise<Validation> {
  const ctx = {
    repo_id: "acme/arm",
    revision: dataset.revision,
    files: memoryFiles(dataset.files),
    card: { licence: null, tags: [], refs: dataset.refs },
    signal: new AbortController().signal,
    progress: () => {},
  }
  const validation = await validate(ctx, { depth, fail_on: "error", suppress: [] })
  const broken = validation.not_run.filter(({ reason }) => reason.startsWith("The rule itself broke"))
  if (broken.length) throw new Error(`rules broke: ${broken.map(({ code }) => code).join(", ")}`)
  return validation
}

function placed(findings: readonly Finding[], { episode, path, feature }: Injected): boolean | null {
  if (episode === undefined && path === undefined && feature === undefined) return null
  return findings.some(({ where, places = [] }) => {
    const all = [where, ...places]
    const inEpisode = all.some((each) => each.episode === episode) || where.episodes?.includes(episode!)
    return (
      (episode === undefined || inEpisode === true) &&
      (path === undefined || all.some((each) => each.path === path)) &&
      (feature === undefined || all.some((each) => each.feature === feature))
    )
  })
}
