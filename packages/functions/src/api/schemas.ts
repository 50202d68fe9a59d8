import { createRoute, z } from "@hono/zod-openapi"
import { familyOf } from "@robokit/core/check/families"
import { validationSchema } from "@robokit/core/check/report-json"
import { DEPTH_OF } from "@robokit/core/check/rule"
import { Depth, Kind, Severity } from "@robokit/core/check/schema"
import type { FormatAdapter } from "@robokit/core/format/adapter"
import { formats } from "@robokit/core/format/registry"
import { FormatType } from "@robokit/core/format/schema"
import { isKnown, versionOf } from "./etag.ts"
import { json, resource, Tagged, unchanged } from "./resource.ts"

const tags = ["validation"]

// Copied, because `.openapi` is missing on what was made before `@hono/zod-openapi` was loaded.
const Check = z
  .object({
    code: z.string(),
    format: FormatType.clone(),
    family: z.string(),
    title: z.string(),
    severity: Severity.clone(),
    kind: Kind.clone(),
    depth: Depth.clone(),
    why: z.string(),
    fix: z.string().nullable(),
    reference: z.string().nullable(),
  })
  .openapi("Check")

export const schemas = resource()
  .openapi(
    createRoute({
      method: "get",
      path: "/validation.json",
      operationId: "getValidationSchema",
      tags,
      summary: "Get the JSON Schema of a validation's result",
      responses: { 200: json(z.looseObject({}), "JSON Schema 2020-12", Tagged), ...unchanged },
    }),
    (c) => {
      const schema = validationSchema()
      return isKnown(c, versionOf(schema)) ? c.body(null, 304) : c.json(schema, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/checks.json",
      operationId: "listChecks",
      tags,
      summary: "List the rules of validation",
      responses: { 200: json(z.array(Check), "Every rule of every format", Tagged), ...unchanged },
    }),
    async (c) => {
      const checks = await allChecks()
      return isKnown(c, versionOf(checks)) ? c.body(null, 304) : c.json(checks, 200)
    },
  )

async function allChecks(): Promise<z.infer<typeof Check>[]> {
  const perFormat = await Promise.all(
    Object.values<FormatAdapter>(formats).map(async ({ id, rules }) =>
      Object.entries((await rules?.()) ?? {}).map(([code, rule]) => ({
        code,
        format: id,
        family: familyOf(code),
        title: rule.title,
        severity: rule.severity,
        kind: rule.kind,
        depth: DEPTH_OF[rule.cost],
        why: rule.why,
        fix: rule.fix ?? null,
        reference: rule.reference,
      })),
    ),
  )
  return perFormat.flat()
}
