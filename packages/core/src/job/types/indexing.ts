import { z } from "zod"
import { type IndexRows, noRows } from "../../episode/rows.ts"
import { AppError } from "../../error.ts"
import type { FormatIndex, IndexSummary } from "../../format/adapter.ts"
import { adapterOf } from "../../format/registry.ts"
import type { FormatType } from "../../format/schema.ts"
import { partOf, workOf } from "../../usage/work.ts"
import { defineShardedJob, type Shard } from "../define.ts"

const NO_READER = "This format is recognised but not indexed yet."
/** Of one shard: some 4 MB of rows, written in about a second. */
const MAX_EPISODES = 4000
/** Of the 48 KB that the input of a shard may have, with room for a sum that travels along. */
const MAX_INPUT = 24 * 1024

export const indexing = defineShardedJob({
  title: "Index episodes",
  description:
    "Writes episodes, tasks and features into the database, with where their files and frames lie, so that they can be listed, searched and compared.",
  version: 1,
  params: z.object({}).strict(),
  formats: {
    lerobot: true,
    rosbag: NO_READER,
    hdf5: NO_READER,
    parquet: NO_READER,
    custom: "Files without a known format have no episodes to index.",
  },
  on_import: true,
  // Files of meta/ alone, most of them in two ranges, without a listing.
  estimate: (listing) => {
    const meta = partOf(listing, "meta")
    return workOf(3 * meta.files, meta.bytes)
  },

  plan: async (_params, ctx) => packed(await (await indexOf(ctx.dataset.format_type)).plan(ctx)),

  async run(input, ctx) {
    const index = await indexOf(ctx.dataset.format_type)
    const rows = noRows()
    const counts: Record<string, unknown>[] = []
    for (const part of input["parts"] as Record<string, unknown>[]) {
      const found = await index.read(part, ctx)
      for (const kind of ["episodes", "tasks", "features", "stats"] as const) {
        // Not spread: there may be more than a call has room for.
        for (const row of found.rows[kind]) rows[kind].push(row as never)
      }
      counts.push(found.counts)
    }
    return { rows, counts, ...(input["summary"] ? { summary: input["summary"] } : {}) }
  },

  async reduce(partials, ctx) {
    const index = await indexOf(ctx.dataset.format_type)
    const counts = partials.flatMap((partial) => partial["counts"] as Record<string, unknown>[])
    // A further stage is told of its own parts only, so the sum of the first travels with one of its shards.
    const before = partials[0]?.["summary"] as IndexSummary | undefined
    if (before) return outcome({ ...before, notes: [...before.notes, ...index.summary(counts).notes] })
    const summary = index.summary(counts)
    const [first, ...others] = packed((await index.after?.(ctx)) ?? [])
    if (!first) return outcome(summary)
    return { shards: [{ ...first, input: { ...first.input, summary } }, ...others] }
  },

  absorb: {
    begin: async (job) => (await rowsOf()).forget(job),
    async partial({ rows, ...kept }, job) {
      await (await rowsOf()).insert(rows as IndexRows, job)
      return kept
    },
    end: async (job) => (await rowsOf()).keepCurrent(job),
  },
})

function outcome(summary: IndexSummary) {
  const { notes, ...rest } = summary
  return { result: { ...summary }, summary: { ...rest, notes: notes.length } }
}

/** Only where the database is: the thread has no use for it. */
const rowsOf = () => import("../../episode/index-rows.ts")

async function indexOf(format_type: FormatType): Promise<FormatIndex> {
  const adapter = adapterOf(format_type)
  if (!adapter.index) throw new AppError("job_unsupported", `${adapter.title} datasets are not indexed yet.`)
  return adapter.index()
}

/** Parts in their order, as many in a shard as it can take: a small dataset is one shard. */
function packed(parts: Awaited<ReturnType<FormatIndex["plan"]>>): Shard[] {
  const shards: (Shard & { rows: number; bytes: number; input: { parts: unknown[] } })[] = []
  for (const { weight, rows, part } of parts) {
    const bytes = Buffer.byteLength(JSON.stringify(part))
    const last = shards.at(-1)
    if (last && last.rows + rows <= MAX_EPISODES && last.bytes + bytes <= MAX_INPUT) {
      last.weight += weight
      last.rows += rows
      last.bytes += bytes
      last.input.parts.push(part)
    } else shards.push({ weight: Math.max(1, weight), rows, bytes, input: { parts: [part] } })
  }
  return shards.map(({ weight, input }) => ({ weight, input }))
}
