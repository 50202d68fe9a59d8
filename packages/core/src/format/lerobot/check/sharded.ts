import type { Depth } from "../../../check/schema.ts"
import { FileTable } from "../../../files/file-table.ts"
import type { FileEntry } from "../../../files/files.ts"
import { watched } from "../../../files/watched.ts"
import { storable } from "../text.ts"
import type { Judged, ValidateOptions } from "../../adapter.ts"
import { passOver } from "./assess.ts"
import { isOwn } from "./coverage.ts"
import { rowsByDataFile } from "./episode-places.ts"
import { readFacts } from "./facts.ts"
import { readFiles } from "./facts-listing.ts"
import {
  comparesStats,
  finish,
  judgeFacts,
  judgeStored,
  keptStats,
  OF_FILES,
  PARTS,
  rangesOf,
  type ValidateContext,
  wanted,
} from "./finish.ts"
import { ownSettings } from "./own-settings.ts"
import { pack, type Packed, unpack } from "./pack.ts"
import { lerobotRules } from "./rules.ts"
import type { Rule } from "./rule.ts"
import { isWithin, RuleRunner } from "./runner.ts"
import { motionFeatures } from "./motion-features.ts"
import { pathsOf, scopeOf } from "./scope.ts"
import { SeenValues } from "./seen-values.ts"
import { type Sequence, sequence } from "./sequence.ts"
import { filesOf, isSmall, type ShardFound, type ShardInput, shardsOf, tablesShard } from "./shards.ts"
import type { DatasetFacts, EpisodeSummary, FileSummary, Part } from "./subjects.ts"
import { judge } from "./validate.ts"

/** Of what is found in a shard, and of that and the summaries together: a part of the result may have 700 KB. */
const MAX_COLLECTED = 300 * 1024
const MAX_FOUND = 640 * 1024

/** Validates a small dataset at once; cuts a large one by its files. The rules on it as a whole come with the reduce. */
export async function plan(
  ctx: ValidateContext,
  options: ValidateOptions,
): Promise<Judged | { shards: { weight: number; input: ShardInput }[] }> {
  const { files, signal } = ctx
  const listed = await readFiles(files, signal, (count) =>
    ctx.progress(2, `${count.toLocaleString("en")} files listed`),
  )
  if (isSmall(listed, options.depth)) return judge({ ...ctx, listed }, options)
  const ranges = rangesOf(options)
  const facts = await readFacts({ ...ctx, listed, parts: new Set<Part>(ranges ? ["info", "episodes"] : ["info"]) })
  const episodes = facts.has("info") ? facts.info.parsed.total_episodes : null
  const scope = scopeOf(facts, options.depth, ranges)
  const tables = tablesShard(scope, facts, options.depth)
  const others = shardsOf(tables ? { ...scope, data: [] } : scope, options.depth, episodes)
  // First, for it takes longest.
  const shards: typeof others = tables ? [tables, ...others] : others
  for (const { input } of shards) input.of = shards.length
  const { requests, bytes } = files.usage
  if (shards[0]) shards[0].input.before = { requests, bytes }
  return { shards }
}

/** Looks at the files of one shard. */
export async function run(input: ShardInput, given: ValidateContext, options: ValidateOptions): Promise<ShardFound> {
  const watch = watched(given.files)
  const ctx = { ...given, files: watch.files }
  const { depth } = options
  const scope = filesOf(input)
  const facts = input.tables
    ? await readFacts({ ...ctx, parts: PARTS, readsAllStats: true })
    : await factsOfFiles(scope, ctx, depth)
  const runner = new RuleRunner(lerobotRules, facts, depth)
  if (input.tables) await judgeFacts(facts, runner)
  const passed = await passOver(scope, {
    ...ctx,
    facts,
    runner,
    depth,
    isWanted: wanted(options),
    progress: (done, of) => ctx.progress((100 * done) / of, `${done} of ${of} files`),
  })
  if (input.tables) judgeStored(facts, passed, runner)
  runner.collector.fit(MAX_COLLECTED)
  const files = pack(passed.files)
  const episodes = pack(passed.episodes)
  const values = passed.values.toJSON()
  const collected = runner.collector.toJSON()
  const isCut = Buffer.byteLength(JSON.stringify([collected, files, episodes, values])) > MAX_FOUND
  const paths = pathsOf(scope)
  const { requests, bytes } = ctx.files.usage
  return storable({
    collected,
    files: isCut ? pack([]) : files,
    episodes: isCut ? pack([]) : episodes,
    values: isCut ? null : values,
    failed: [...runner.failures.keys()],
    filesRead: [...watch.paths].filter((path) => paths.has(path)).length,
    broken: passed.broken,
    rowsRead: passed.rowsRead,
    requests: requests + (input.before?.requests ?? 0),
    bytes: bytes + (input.before?.bytes ?? 0),
    of: input.of,
    ...(input.tables && { tables: true as const }),
    isCut,
  })
}

/** Puts together what the shards found, and judges the dataset as a whole. */
export async function reduce(
  found: readonly ShardFound[],
  given: ValidateContext,
  options: ValidateOptions,
): Promise<Judged> {
  const watch = watched(given.files)
  const ctx = { ...given, files: watch.files }
  const { depth } = options
  const isJudged = found.some(({ tables }) => tables)
  const facts = await readFacts({ ...ctx, parts: PARTS, readsAllStats: !isJudged })
  const settings = await ownSettings(ctx.files, facts.listing, ctx.signal)
  const runner = new RuleRunner(lerobotRules, facts, depth)
  if (!isJudged) await judgeFacts(facts, runner)
  const values = new SeenValues(motionFeatures(facts))
  for (const each of found) if (each.values) values.merge(each.values)
  for (const { collected, failed } of found) {
    runner.collector.merge(collected)
    for (const code of failed) runner.broke(code, new Error("it broke in a shard, whose log has it"))
  }
  const sum = (of: (each: ShardFound) => number) => found.reduce((all, each) => all + of(each), 0)
  const seen = {
    files: together<FileSummary>(found.map(({ files }) => files)),
    episodes: together<EpisodeSummary>(found.map(({ episodes }) => episodes)),
    values,
    broken: sum(({ broken }) => broken),
    rowsRead: sum(({ rowsRead }) => rowsRead),
    filesRead: sum(({ filesRead }) => filesRead) + [...watch.paths].filter(isOwn).length,
    requests: sum(({ requests }) => requests) + ctx.files.usage.requests,
    bytes: sum(({ bytes }) => bytes) + ctx.files.usage.bytes,
    missing: missingOf(found),
    isStoredJudged: isJudged,
  }
  return finish(options, { facts, runner, scope: scopeOf(facts, depth, rangesOf(options)), seen, settings })
}

function missingOf(found: readonly ShardFound[]): string | null {
  const of = found[0]?.of ?? 0
  if (found.length < of) return `Stopped early: ${found.length} of ${of} parts of the files were looked at.`
  return found.some(({ isCut }) => isCut)
    ? "There is too much to compare all files and episodes with each other."
    : null
}

/** What several shards packed, one shard at a time: all at once would be half a million objects. */
const together = <T>(parts: readonly Packed[]): Sequence<T> =>
  sequence(
    parts.reduce((sum, { count }) => sum + count, 0),
    function* () {
      for (const part of parts) yield* unpack<T>(part)
    },
  )

/** What rules on single files look at beside them, which lies in meta/. */
async function factsOfFiles(scope: ReturnType<typeof filesOf>, ctx: ValidateContext, depth: Depth) {
  const listed = new FileTable()
  for await (const entry of ctx.files.list("meta", ctx.signal)) listed.add(entry)
  for (const entry of scope.data) listed.add(entry)
  for (const { entry } of scope.videos) listed.add(entry)
  const facts = await readFacts({ ...ctx, listed, parts: partsOfFiles(depth), keepsStats: keptStats(depth) })
  await readStatsOf(scope.data, facts, depth)
  return facts
}

/** Keeps the statistics of the episodes that lie in these files: the table's other files are not read. */
async function readStatsOf(data: readonly FileEntry[], facts: DatasetFacts, depth: Depth): Promise<void> {
  if (data.length === 0 || !facts.has("episode_stats")) return
  if (facts.version.major === 2 && !comparesStats(depth)) return
  const { episodes } = facts
  const rowsOf = rowsByDataFile(episodes, new Set(data.map(({ path }) => path)))
  const sources = new Set<number>()
  for (const { path } of data) {
    const rows = rowsOf.get(path) ?? []
    // Where pointers are wrong (lerobot#2401), it is by a neighbour.
    for (const row of rows) for (const near of [row - 1, row, row + 1]) sources.add(episodes.source[near] ?? -1)
  }
  await facts.readEpisodeStats(
    () => {},
    (source) => sources.has(source),
  )
}

/** The parts without which rules on files, rows and videos cannot judge. */
function partsOfFiles(depth: Depth): ReadonlySet<Part> {
  const parts = new Set<Part>(["info", "episodes"])
  for (const { on, closer, cost, needs = [] } of Object.values(lerobotRules as Record<string, Rule>)) {
    const isOfFiles = [on, closer?.on].some((each) => each && each !== "whole" && OF_FILES.includes(each))
    if (isOfFiles && isWithin(cost, depth)) for (const part of needs) parts.add(part)
  }
  return parts
}
