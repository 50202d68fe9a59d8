import { conclude } from "../../../check/verdict.ts"
import type { Depth, Severity, Validation } from "../../../check/schema.ts"
import type { Files } from "../../../files/files.ts"
import { log } from "../../../log.ts"
import type { Card } from "../../adapter.ts"
import { type Passed, passOver, type Scope } from "./assess.ts"
import { readFacts } from "./facts.ts"
import { lerobotRules } from "./rules.ts"
import { isWithin, RuleRunner } from "./runner.ts"
import { tableOfRecord } from "./stats-tables.ts"
import type { DatasetFacts, Part } from "./subjects.ts"

export interface ValidateContext {
  repo_id: string
  revision: string
  files: Files
  card: Card
  signal: AbortSignal
  progress(percent: number, message?: string): void
}

export interface ValidateOptions {
  depth: Depth
  fail_on: Severity
  suppress: readonly string[]
}

const PARTS: ReadonlySet<Part> = new Set([
  "info",
  "episodes",
  "tasks",
  "subtasks",
  "stats",
  "episode_stats",
  "card",
  "refs",
])

/** Validates a dataset in one go: every file at the depth asked for, each byte read once. */
export async function validate(ctx: ValidateContext, options: ValidateOptions): Promise<Validation> {
  const facts = await readFacts({ ...ctx, parts: PARTS, keepsStats: isWithin("wide", options.depth) })
  const runner = new RuleRunner(lerobotRules, facts, options.depth)
  if (facts.has("stats")) runner.run("stats", tableOfRecord(facts.stats.path, facts.stats.stats))
  await facts.readEpisodeStats((table) => runner.run("stats", table))
  runner.run("dataset", facts)
  const scope = scopeOf(facts)
  const passed = await passOver(scope, {
    files: ctx.files,
    facts,
    runner,
    depth: options.depth,
    signal: ctx.signal,
    progress: (done, of) => ctx.progress(10 + (85 * done) / of, `${done} of ${of} files`),
  })
  const { files, episodes, values } = passed
  runner.run("whole", {
    facts,
    files,
    episodes,
    aggregates: values.aggregates,
    twins: values.twins,
    isComplete: true,
  })
  for (const [code, error] of runner.failures) log().error({ err: error, code, repo_id: ctx.repo_id }, "a rule broke")
  return conclude({
    ...options,
    findings: runner.collector.findings(lerobotRules),
    coverage: coverageOf(facts, scope, passed),
    rules_run: runner.rules_run,
    not_run: runner.not_run,
    notes: [],
    incomplete: runner.failures.size ? `${runner.failures.size} rules broke, so what they judge is not known.` : null,
    read: { ...ctx.files.usage },
  })
}

/** Every data file, and every file of a declared video camera. */
export const scopeOf = ({ listing, has }: DatasetFacts): Scope =>
  has("info")
    ? {
        data: listing.data,
        videos: [...listing.videos].flatMap(([camera, entries]) => entries.map((entry) => ({ camera, entry }))),
      }
    : { data: [], videos: [] }

function coverageOf(facts: DatasetFacts, scope: Scope, passed: Passed): Validation["coverage"] {
  const total = facts.listing.files.reduce((sum, { size }) => sum + size, 0)
  const rows = passed.files.reduce((sum, file) => sum + (file.kind === "data" ? file.rows : 0), 0)
  const episodes = facts.has("episodes") ? facts.episodes.rows : null
  return {
    episodes: { read: episodes ?? 0, total: episodes },
    files: { read: passed.filesRead, total: scope.data.length + scope.videos.length },
    rows: { read: passed.rowsRead, total: rows },
    bytes: { read: 0, total },
  }
}
