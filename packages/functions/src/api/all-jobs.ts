import { createRoute, z } from "@hono/zod-openapi"
import { Job } from "@robokit/core/job/job"
import { StateDetail, Status } from "@robokit/core/job/schema"
import { isKnown, versionOf } from "./etag.ts"
import { forReading, Id, json, linkPages, Page, Paged, pageOf, resource, Tagged, unchanged } from "./resource.ts"
import { ListedJob } from "./shapes.ts"

const tags = ["jobs"]

const Filters = Page.extend({
  status: Status.optional(),
  state_detail: StateDetail.optional().openapi({
    description: "`dead`: those that were given up and wait for a redrive.",
  }),
  // Not an enum of what is known: jobs of an older or newer release are jobs, too.
  job_type: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/, "must be the name of a job type")
    .optional(),
  stale: z
    .literal("true")
    .transform(() => true as const)
    .optional()
    .openapi({ description: "`true`: results of an older version of their job, which nobody has computed again." }),
})

export const allJobs = resource()
  .openapi(
    createRoute({
      method: "get",
      path: "/",
      operationId: "listAllJobs",
      tags,
      summary: "List the jobs of every dataset, by id",
      description:
        "For whoever operates the service. Without the operator's key it holds the jobs of public datasets only, as all reading does.",
      request: { query: Filters },
      responses: { 200: json(z.array(ListedJob), "One page, without results", Paged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const { skip, limit, cursor, ...filters } = c.req.valid("query")
      const found = await Job.listAll(filters, pageOf({ skip, limit, cursor }))
      linkPages(c, { skip, limit, cursor }, found)
      if (isKnown(c, versionOf([found.rows, found.total]))) return c.body(null, 304)
      return c.json(found.rows, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{job_id}",
      operationId: "findJob",
      tags,
      summary: "Find a job by its id alone",
      description: "Says which dataset it belongs to; its result is at its own address below that.",
      request: { params: z.object({ job_id: Id }) },
      responses: { 200: json(ListedJob, "The job, without its result", Tagged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const job = await Job.find(c.req.valid("param").job_id)
      return isKnown(c, versionOf(job)) ? c.body(null, 304) : c.json(job, 200)
    },
  )
