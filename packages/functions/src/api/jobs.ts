import { createRoute, z } from "@hono/zod-openapi"
import { Dataset } from "@robokit/core/dataset/dataset"
import { Job } from "@robokit/core/job/job"
import { jobs as definitions, type JobType } from "@robokit/core/job/registry"
import type { JobInfo } from "@robokit/core/job/schema"
import type { Context } from "hono"
import { isKnown, versionOf } from "./etag.ts"
import {
  DatasetId,
  forReading,
  forSpending,
  forWriting,
  Id,
  json,
  linkPages,
  Located,
  Page,
  Paged,
  pageOf,
  resource,
  Tagged,
  unchanged,
} from "./resource.ts"
import { Artifact, Job as Info, ListedJob, Preview } from "./shapes.ts"
import { itemsOf, refuse } from "./validation.ts"

const tags = ["jobs"]
const JobId = DatasetId.extend({ job_id: Id })
const Type = z.enum(Object.keys(definitions) as [JobType, ...JobType[]])
// May be left out or empty, so it is checked by hand.
const NOTHING = { required: false, content: { "application/json": { schema: { type: "object" as const } } } }
const Nothing = z.object({}).strict()
/** The parameters of a job. Which schema holds depends on the address, so it is checked by hand. */
const PARAMETERS = { required: false, content: { "application/json": { schema: { type: "object" as const } } } }
const ofDataset = DatasetId.extend({ job_type: Type })
const Schemas = z.record(z.string(), z.looseObject({})).openapi("JobParameterSchemas")
const Started = Located.extend({
  "Retry-After": z.string().openapi({ description: "Seconds until a look is worth it." }),
})

export const jobs = resource()
  .openapi(
    createRoute({
      method: "get",
      path: "/job-parameter-schemas",
      operationId: "getJobParameterSchemas",
      tags,
      summary: "Get the JSON Schema of every job's parameters",
      description: "By job type. `x-formats` says for each format `true`, or why it is refused.",
      responses: { 200: json(Schemas, "JSON Schema 2020-12, by job type", Tagged), ...unchanged, ...forReading },
    }),
    (c) => {
      const schemas = Job.schemas()
      return isKnown(c, versionOf(schemas)) ? c.body(null, 304) : c.json(schemas, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/jobs",
      operationId: "listJobs",
      tags,
      summary: "List the jobs of a dataset, by id",
      request: { params: DatasetId, query: Page },
      responses: { 200: json(z.array(ListedJob), "One page, without results", Paged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const { id } = c.req.valid("param")
      if (isKnown(c, await Dataset.version(id))) return c.body(null, 304)
      const page = c.req.valid("query")
      const found = await Job.list(id, pageOf(page))
      linkPages(c, page, found)
      return c.json(found.rows, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/jobs/{job_id}",
      operationId: "getJob",
      tags,
      summary: "Get a job with its result",
      request: { params: JobId },
      responses: { 200: json(Info, "The job", Tagged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const { id, job_id } = c.req.valid("param")
      if (isKnown(c, await Job.version(id, job_id))) return c.body(null, 304)
      return c.json(await Job.get(id, job_id), 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/jobs/{job_id}/artifacts",
      operationId: "listArtifacts",
      tags,
      summary: "List the files of a finished job",
      description: "Each `url` fetches its file for five minutes.",
      request: { params: JobId },
      responses: { 200: json(z.array(Artifact), "The files"), ...forReading },
    }),
    async (c) => {
      const { id, job_id } = c.req.valid("param")
      return c.json(await Job.artifacts(id, job_id), 200)
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/{id}/jobs/{job_id}/cancel",
      operationId: "cancelJob",
      tags,
      summary: "Stop a job",
      description:
        "One that is being worked on stops within 15 seconds; until then its `state_detail` is `cancelling`.",
      request: { params: JobId, body: NOTHING },
      responses: {
        200: json(Info, "Cancelled"),
        202: json(Info, "It is going to stop", Started),
        ...forWriting,
      },
    }),
    async (c) => {
      const { id, job_id } = c.req.valid("param")
      const refused = refuseBody(c, await c.req.text())
      if (refused) return refused as never
      const job = await Job.cancel(id, job_id)
      if (job.state_detail === "cancelled") return c.json(job, 200)
      sayWhere(c, job)
      return c.json(job, 202)
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/{id}/jobs/{job_id}/retry",
      operationId: "retryJob",
      tags,
      summary: "Run a failed job again",
      description:
        "The same job, under the same id, in the version its type has now. The same job ends where it is open in an older version.",
      request: { params: JobId, body: NOTHING },
      responses: { 202: json(Info, "Queued", Started), ...forSpending },
    }),
    async (c) => {
      const { id, job_id } = c.req.valid("param")
      const refused = refuseBody(c, await c.req.text())
      if (refused) return refused as never
      const job = await Job.retry(id, job_id)
      sayWhere(c, job)
      return c.json(job, 202)
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/{id}/analyses/{job_type}",
      operationId: "startJob",
      tags,
      summary: "Start a job",
      description:
        "The body holds the parameters that `job-parameter-schemas` describes; none is `{}`. The same job with the same parameters is not run twice: what is open or done is returned, also if it was done for another dataset of the same commit (`cached_from`). What is open in an older version of the job ends. What it is estimated to cost is reserved; 402 when that does not fit into the budget.",
      request: { params: ofDataset, body: PARAMETERS },
      responses: {
        200: json(Info, "The same job: it is open already, or its result is there", Located),
        202: json(Info, "Queued", Started),
        ...forSpending,
      },
    }),
    async (c) => {
      const { id, job_type } = c.req.valid("param")
      const { params, refused } = await paramsOf(c, job_type)
      if (refused) return refused as never
      const { job, created } = await Job.start(id, job_type, params)
      sayWhere(c, job)
      return created ? c.json(job, 202) : c.json(job, 200)
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/{id}/analyses/{job_type}/estimate",
      operationId: "estimateJob",
      tags,
      summary: "Ask what a job would take",
      description:
        "The same body as the start. From the list of files that the import saw: nothing is read, reserved or started. `is_exact: false`: the list was too long to be read whole, and it is the least. `budget` is the tightest that has a limit.",
      request: { params: ofDataset, body: PARAMETERS },
      responses: { 200: json(Preview, "Its estimate, and whether that fits into the budget now"), ...forWriting },
    }),
    async (c) => {
      const { id, job_type } = c.req.valid("param")
      const { params, refused } = await paramsOf(c, job_type)
      if (refused) return refused as never
      return c.json(await Job.preview(id, job_type, params), 200)
    },
  )

/** The parameters in the body, or the answer that refuses them. Not part of a route's type: every route may give it. */
async function paramsOf(c: Context, job_type: JobType) {
  const text = await c.req.text()
  const given: unknown = text === "" ? {} : JSON.parse(text)
  const { data, error } = definitions[job_type].params.safeParse(given)
  return error ? { refused: refuse(c, itemsOf(error, ["body"], given)) } : { params: data }
}

/** Where the job is, and when looking there is worth it. */
function sayWhere(c: Context, job: JobInfo) {
  c.header("location", `/api/v1/datasets/${job.dataset_id}/jobs/${job.id}`)
  c.header("retry-after", String(Math.ceil(job.poll_after_ms / 1000)))
}

/** What is in a body that should hold nothing is a misunderstanding. */
function refuseBody(c: Context, text: string) {
  const given: unknown = text === "" ? {} : JSON.parse(text)
  const { error } = Nothing.safeParse(given)
  return error && refuse(c, itemsOf(error, ["body"], given))
}
