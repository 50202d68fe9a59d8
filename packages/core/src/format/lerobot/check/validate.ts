import type { Validation } from "../../../check/schema.ts"
import { watched } from "../../../files/watched.ts"
import type { Judged, ValidateOptions } from "../../adapter.ts"
import { passOver } from "./assess.ts"
import { isOwn } from "./coverage.ts"
import { readFacts } from "./facts.ts"
import { finish, judgeFacts, keptStats, PARTS, rangesOf, type ValidateContext, wanted } from "./finish.ts"
import { ownSettings } from "./own-settings.ts"
import { lerobotRules } from "./rules.ts"
import { RuleRunner } from "./runner.ts"
import { pathsOf, scopeOf } from "./scope.ts"

/** The verdict of `judge` alone. */
export const validate = async (ctx: ValidateContext, options: ValidateOptions): Promise<Validation> =>
  (await judge(ctx, options)).validation

/** Validates a dataset in one go: every file at the depth asked for, each byte read once. */
export async function judge(given: ValidateContext, options: ValidateOptions): Promise<Judged> {
  const watch = watched(given.files)
  const ctx = { ...given, files: watch.files }
  const { depth } = options
  const facts = await readFacts({ ...ctx, parts: PARTS, readsAllStats: true, keepsStats: keptStats(depth) })
  const settings = await ownSettings(ctx.files, facts.listing, ctx.signal)
  const runner = new RuleRunner(lerobotRules, facts, depth)
  await judgeFacts(facts, runner)
  const scope = scopeOf(facts, depth, rangesOf(options))
  const passed = await passOver(scope, {
    ...ctx,
    facts,
    runner,
    depth,
    isWanted: wanted(options),
    progress: (done, of) => ctx.progress(10 + (85 * done) / of, `${done} of ${of} files`),
  })
  const paths = pathsOf(scope)
  const filesRead = [...watch.paths].filter((path) => isOwn(path) || paths.has(path)).length
  const { requests, bytes } = ctx.files.usage
  const seen = { ...passed, filesRead, requests, bytes, missing: null }
  return finish(options, { facts, runner, scope, seen, settings })
}
