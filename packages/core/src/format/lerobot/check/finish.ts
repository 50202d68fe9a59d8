import { isWithinRanges, parseRanges } from "../../../check/ranges.ts"
import type { Depth } from "../../../check/schema.ts"
import type { DatasetSettings } from "../../../check/settings.ts"
import { conclude, type Suppression } from "../../../check/verdict.ts"
import type { FileTable } from "../../../files/file-table.ts"
import { log } from "../../../log.ts"
import type { ExtractContext, Judged, ValidateOptions } from "../../adapter.ts"
import { plural } from "../notes.ts"
import { storable } from "../text.ts"
import { coverageOf, type Looked } from "./coverage.ts"
import { isWhole } from "./episodes.ts"
import { repairs } from "./repair.ts"
import { lerobotRules } from "./rules.ts"
import { tableOfRecord } from "./stats-tables.ts"
import type { Passed } from "./assess.ts"
import type { On } from "./rule.ts"
import { isWithin, type RuleRunner } from "./runner.ts"
import type { Scope } from "./scope.ts"
import type { SeenValues } from "./seen-values.ts"
import type { KeptStats } from "./stored-stats.ts"
import type { DatasetFacts, Part } from "./subjects.ts"
import { constantRules, wholeValueRules } from "./values-whole.ts"

export interface ValidateContext extends ExtractContext {
  /** The repository's files, when they were listed already. */
  listed?: FileTable
}

/** Everything the rules on the dataset as a whole look at. */
export const PARTS: ReadonlySet<Part> = new Set([
  "info",
  "episodes",
  "tasks",
  "subtasks",
  "stats",
  "episode_stats",
  "card",
  "refs",
])

/** Whether values are compared with their statistics, which have to be kept for that. */
export const comparesStats = (depth: Depth) => isWithin("wide", depth)

/** Which of them: the extremes are compared with footers. */
export const keptStats = (depth: Depth): KeptStats => (comparesStats(depth) ? "all" : "extremes")

/** Runs the rules on the dataset as a whole, after those on its statistics: these are gathered as they stream past. */
export async function judgeFacts(facts: DatasetFacts, runner: RuleRunner): Promise<void> {
  if (facts.has("stats")) runner.run("stats", tableOfRecord(facts.stats.path, facts.stats.stats))
  await facts.readEpisodeStats((table) => runner.run("stats", table))
  runner.run("dataset", facts)
}

/** Rules on the whole that judge by the statistics of the episodes as long as no values were read. */
const isOfStored = (code: string) => Object.hasOwn(wholeValueRules, code) || Object.hasOwn(constantRules, code)

/** Runs those where the statistics are, when the values are not read. */
export function judgeStored(facts: DatasetFacts, { files, episodes, values }: Passed, runner: RuleRunner) {
  const { aggregates, twins } = values
  runner.run("whole", { facts, files, episodes, aggregates, twins, isComplete: false }, isOfStored)
}

/** Findings of at most as much JSON as anybody looks through: a result may have 4 MB. */
const MAX_FINDINGS = 1536 * 1024
/** What rules look at file by file, or when all were seen. */
export const OF_FILES: On[] = ["data_file", "episode_rows", "episode_values", "video_file", "broken_file", "whole"]

export const rangesOf = ({ episodes }: ValidateOptions) => (episodes === undefined ? null : parseRanges(episodes)!)

/** Whether rows of an episode are looked at. */
export function wanted(options: ValidateOptions): (episode: number) => boolean {
  const ranges = rangesOf(options)
  return (episode) => isWithinRanges(ranges, episode)
}

export interface Seen extends Looked {
  values: SeenValues
  /** Files that could not be opened. */
  broken: number
  requests: number
  /** Why parts that were planned were not looked at; null when all were. */
  missing: string | null
  /** `judgeStored` was called, by a shard. */
  isStoredJudged?: boolean
}

interface Finished {
  facts: DatasetFacts
  runner: RuleRunner
  scope: Scope
  seen: Seen
  settings: DatasetSettings
}

/** What is left to do once every file was looked at: the rules on all of it together, and the verdict. */
export function finish(options: ValidateOptions, { facts, runner, scope, seen, settings }: Finished): Judged {
  const { files, episodes, values, broken, missing, isStoredJudged = false } = seen
  const isComplete = scope.sampled === null && broken === 0 && missing === null
  const { aggregates, twins } = values
  const whole = { facts, files, episodes, aggregates, twins, isComplete }
  runner.run("whole", whole, (code) => !(isStoredJudged && isOfStored(code)))
  for (const [code, error] of runner.failures) log().error({ err: error, code, repo_id: facts.repo_id }, "a rule broke")
  const partly = missing ?? scope.sampled
  if (partly !== null) for (const on of OF_FILES) for (const code of runner.codes(on)) runner.skip(code, partly)
  runner.collector.fit(MAX_FINDINGS)
  const suppress: Suppression[] = [
    ...options.suppress.map((code) => ({ code, source: "parameters" as const })),
    ...settings.suppress.map((code) => ({ code, source: ".robokit.yaml" as const })),
  ]
  const findings = runner.collector.findings(lerobotRules)
  const validation = storable(
    conclude({
      depth: options.depth,
      fail_on: options.fail_on ?? settings.fail_on ?? "error",
      suppress,
      findings,
      coverage: coverageOf(facts, options.depth, scope, seen),
      rules_run: runner.rules_run,
      not_run: runner.not_run,
      notes: [...settings.notes, ...leftOut(runner)],
      incomplete: incompleteOf(facts, runner, seen),
      sampled: scope.sampled,
      read: { requests: seen.requests, bytes: seen.bytes, files: seen.filesRead },
    }),
  )
  return { validation, repairs: isComplete ? repairs(whole, new Set(findings.map(({ code }) => code))) : [] }
}

const leftOut = ({ collector }: RuleRunner) =>
  [...collector.cut].map(([code, count]) => `${code}: ${plural(count, "further occurrence")} are left out.`)

/** Why a dataset without a finding is still not known to be sound. */
function incompleteOf(facts: DatasetFacts, runner: RuleRunner, { broken, missing }: Seen): string | null {
  if (missing !== null) return missing
  if (!facts.has("info")) return facts.whyNot("info")
  if (!facts.has("episodes")) return facts.whyNot("episodes")
  if (!isWhole(facts.episodes)) return "A part of the table of the episodes cannot be read."
  if (broken > 0) return `${plural(broken, "file")} could not be read.`
  if (facts.listing.isCut) return "The list of files may have been cut off."
  const { size } = runner.failures
  return size ? `${plural(size, "rule")} broke, so what they judge is not known.` : null
}
