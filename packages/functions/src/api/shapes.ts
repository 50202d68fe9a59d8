import { z } from "@hono/zod-openapi"
import * as dataset from "@robokit/core/dataset/schema"
import * as comparison from "@robokit/core/episode/comparison"
import * as frames from "@robokit/core/episode/frames"
import * as episode from "@robokit/core/episode/schema"
import * as format from "@robokit/core/format/schema"
import * as hub from "@robokit/core/hub/schema"
import * as job from "@robokit/core/job/schema"
import * as usage from "@robokit/core/usage/schema"
import { Problem } from "./problem.ts"

// Core's schemas under the names they have in the OpenAPI document.

/** Copied, because `.openapi` is missing on what was made before `@hono/zod-openapi` was loaded. */
const named = <T extends z.ZodType>(name: string, schema: T): T => schema.clone().openapi(name)

/** `.nullable()` of a named schema comes out as one that is object and null at once. */
const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

const signals = z.array(named("Signal", format.Signal))
const Metadata = named(
  "DatasetMetadata",
  format.DatasetMetadata.extend({
    cameras: z.array(named("Camera", format.Camera)),
    sensors: signals,
    actions: signals,
  }),
)

export const Dataset = named(
  "Dataset",
  dataset.DatasetInfo.extend({ source: named("Source", dataset.Source), dataset_metadata: orNull(Metadata) }),
)

const Estimate = named("Estimate", job.Estimate)
const PartialResult = orNull(named("PartialResult", job.PartialResult))
const parts = {
  error: orNull(named("JobError", job.JobError)),
  usage: named("JobUsage", job.JobUsage),
  waiting: orNull(named("Waiting", job.Waiting)),
  partial: PartialResult,
  estimate: orNull(Estimate),
}

export const Job = named("Job", job.JobInfo.extend(parts))

/** A job without its result. */
export const ListedJob = named("ListedJob", job.JobListItem.extend(parts))

export const Status = named("DatasetStatus", dataset.DatasetStatus.extend({ jobs: z.array(ListedJob) }))

export const Stats = named("DatasetStats", dataset.DatasetStats)

export const Create = named("DatasetCreate", dataset.Create)

export const BatchItem = named(
  "BatchItem",
  z.object({
    status: z
      .int()
      .meta({ description: "What `POST /api/v1/datasets` would have answered: 201, 409, 404, 422, 503 …" }),
    dataset: orNull(Dataset),
    problem: orNull(Problem),
  }),
)

export const Preview = named(
  "JobPreview",
  usage.Preview.extend({ estimate: Estimate, budget: orNull(named("BudgetState", usage.BudgetState)) }),
)

export const Artifact = named("Artifact", job.Artifact)

export const SearchRequest = named("SearchRequest", hub.SearchRequest)

export const SearchResponse = named(
  "SearchResponse",
  hub.SearchResponse.extend({ datasets: z.array(named("SearchHit", hub.SearchHit)) }),
)

export const Revisions = named("Revisions", hub.Revisions)

const videos = z.array(named("EpisodeVideo", episode.EpisodeVideo))

export const Episode = named("Episode", episode.Episode.extend({ videos }))

export const EpisodeDetail = named("EpisodeDetail", episode.EpisodeDetail.extend({ videos }))

export const Frames = named("Frames", frames.Frames.extend({ series: z.array(named("Series", frames.Series)) }))

const Feature = named("Feature", episode.Feature)

export const IndexSearch = named("IndexSearch", episode.IndexSearch)

const Side = named("ComparisonSide", comparison.Side.extend({ partial: PartialResult }))

export const Comparison = named(
  "Comparison",
  comparison.Comparison.extend({
    from: Side,
    to: Side,
    features: z.object({
      added: z.array(Feature),
      removed: z.array(Feature),
      changed: z.array(z.object({ name: z.string(), from: Feature, to: Feature })),
    }),
  }),
)
