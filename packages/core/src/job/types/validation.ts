import { z } from "zod"
import { CODES } from "../../check/codes.ts"
import { parseRanges } from "../../check/ranges.ts"
import { DEPTHS, Severity, type Validation } from "../../check/schema.ts"
import { AppError } from "../../error.ts"
import type { FormatValidation, Judged } from "../../format/adapter.ts"
import { adapterOf } from "../../format/registry.ts"
import type { FormatType } from "../../format/schema.ts"
import { listingWork, partOf, workOf } from "../../usage/work.ts"
import { defineShardedJob, type JobContext, type JobOutcome } from "../define.ts"

const NO_RULES = "There are no rules for this format yet."
/** What is read of a file at most, to know what it holds. */
const [FOOTER, VIDEO_HEADER] = [64 * 1024, 256 * 1024]
/** The part of a table that its scalar columns are, at most. */
const SCALARS = 0.25
/** `decode` is offered once there are decoders. */
const OFFERED = DEPTHS.filter((depth) => depth !== "decode")

const params = z
  .object({
    depth: z.enum(OFFERED).default("metadata").meta({
      title: "Depth",
      description:
        "How much is read. metadata: the list of files, the tables of meta/, and the headers of data and videos. columns: also index, timestamp and task of every frame. full: also every number of states and actions.",
    }),
    episodes: z
      .string()
      .max(8000)
      .refine((text) => parseRanges(text) !== undefined, "must be episodes such as 0-9,12")
      .optional()
      .meta({
        title: "Episodes",
        description: "Only the files of these are looked at one by one, as in 0-9,12. Empty: all.",
        examples: ["0-9,12"],
      }),
    suppress: z.array(z.enum(CODES)).max(CODES.length).default([]).meta({
      title: "Suppress",
      uniqueItems: true,
      description: "Rules not to be told of. Those of the dataset's own .robokit.yaml are added.",
    }),
    fail_on: Severity.optional().meta({
      title: "Fail on",
      description: "The least severity that fails. Not chosen: what .robokit.yaml in the dataset says, else error.",
    }),
  })
  .strict()

export const validation = defineShardedJob({
  title: "Validate",
  description:
    "Looks for what makes readers fail or give wrong data: every finding with its place and what to do about it.",
  version: 2,
  params,
  formats: { lerobot: true, rosbag: NO_RULES, hdf5: NO_RULES, parquet: NO_RULES, custom: NO_RULES },
  on_import: true,
  estimate: (listing, { depth }) => {
    const list = listingWork(listing)
    const meta = partOf(listing, "meta")
    const tables = partOf(listing, "table")
    const videos = partOf(listing, "video", { files: Infinity, most: VIDEO_HEADER })
    const footers = Math.min(tables.bytes, tables.files * FOOTER)
    const scalars = Math.min(tables.bytes, footers + tables.bytes * SCALARS)
    const bytes = { metadata: footers, columns: scalars, full: tables.bytes }[depth]
    // The first read of a file is redirected; of a video there are two, of a table at more than metadata depth as well.
    const card = 1
    const reads = 2 * (meta.files + card) + (depth === "metadata" ? 2 : 3) * tables.files + 3 * videos.files
    return workOf(list.requests + reads, Math.round(list.bytes + meta.bytes + bytes + videos.bytes))
  },

  async plan(options, ctx) {
    const planned = await (await validationOf(ctx.dataset.format_type)).plan(options, within(ctx))
    return "shards" in planned ? planned.shards : outcomeOf(planned, ctx)
  },
  async run(input, ctx) {
    return (await validationOf(ctx.dataset.format_type)).run(input, ctx.params, within(ctx))
  },
  async reduce(partials, ctx) {
    return outcomeOf(await (await validationOf(ctx.dataset.format_type)).reduce(partials, ctx.params, within(ctx)), ctx)
  },
})

const within = ({ dataset: { repo_id, revision }, ...ctx }: JobContext) => ({ ...ctx, repo_id, revision })

async function validationOf(format_type: FormatType): Promise<FormatValidation> {
  const adapter = adapterOf(format_type)
  if (!adapter.validation) throw new AppError("job_unsupported", `There are no rules for ${adapter.title} yet.`)
  return adapter.validation()
}

async function outcomeOf({ validation: result, repairs }: Judged, { dataset }: JobContext): Promise<JobOutcome> {
  const { FORMS } = await import("../../check/forms.ts")
  const rules = (await adapterOf(dataset.format_type).rules?.()) ?? {}
  const about = { repo_id: dataset.repo_id, revision: dataset.revision }
  return {
    result,
    summary: summaryOf(result),
    artifacts: [
      ...Object.values(FORMS).map(({ file, media_type, write }) => ({
        name: file,
        media_type,
        body: write(result, about, rules),
      })),
      ...repairs,
    ],
  }
}

/** The verdict and the three worst findings, for lists and for the dataset's page. */
function summaryOf({ verdict, reason, depth, counts, coverage, findings }: Validation) {
  const worst = findings.slice(0, 3).map(({ code, severity, message, where: { path, episode, frame, feature } }) => ({
    code,
    severity,
    message: message.slice(0, 300),
    where: { path: path?.slice(0, 200), episode, frame, feature: feature?.slice(0, 100) },
  }))
  return { verdict, reason: reason.slice(0, 400), depth, counts, coverage, worst }
}
