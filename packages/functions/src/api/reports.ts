import { createRoute, z } from "@hono/zod-openapi"
import { type FormName, FORMS } from "@robokit/core/check/forms"
import { Reports } from "@robokit/core/check/reports"
import { Job } from "@robokit/core/job/job"
import { isKnown, keepForEver } from "./etag.ts"
import { DatasetId, forReading, forWriting, Id, resource, Tagged, unchanged } from "./resource.ts"

const JobId = DatasetId.extend({ job_id: Id })

/** A finished validation, once in each form. */
export const reports = resource()

for (const [name, { media_type, description, file }] of Object.entries(FORMS)) {
  reports.openapi(
    createRoute({
      method: "get",
      path: `/{id}/jobs/{job_id}/report.${name}`,
      operationId: `getReport_${name.replace(".", "_")}`,
      tags: ["validation"],
      summary: `Get the findings of a validation as ${file}`,
      description,
      request: { params: JobId },
      responses: {
        200: {
          description: "The report; a finished job's never changes",
          content: { [media_type]: { schema: media_type.endsWith("json") ? z.looseObject({}) : z.string() } },
          headers: Tagged,
        },
        ...unchanged,
        ...forReading,
        409: { ...forWriting[409], description: "The job is no validation, or is not completed" },
      },
    }),
    async (c) => {
      const { id, job_id } = c.req.valid("param")
      const text = await Reports.of(id, job_id, name as FormName)
      if (isKnown(c, await Job.version(id, job_id))) return c.body(null, 304) as never
      keepForEver(c)
      // Shown, and saved under its own name.
      c.header("content-disposition", `inline; filename="${file}"`)
      return c.body(text, 200, { "content-type": `${media_type}; charset=utf-8` }) as never
    },
  )
}
