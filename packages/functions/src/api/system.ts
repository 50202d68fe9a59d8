import { createRoute, z } from "@hono/zod-openapi"
import { ready } from "@robokit/core/db/ready"
import { httpProblem, Problem } from "./problem.ts"
import { json, resource } from "./resource.ts"

const tags = ["system"]

const Ready = z
  .object({ ready: z.literal(true), migration: z.int().meta({ description: "Number of migrations applied." }) })
  .openapi("Ready")

export const system = resource()
  .openapi(
    createRoute({
      method: "get",
      path: "/health",
      operationId: "getHealth",
      tags,
      summary: "Say that the process lives",
      responses: { 200: json(z.object({ status: z.literal("ok") }), "It does; nothing else was looked at") },
    }),
    (c) => c.json({ status: "ok" as const }, 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/ready",
      operationId: "getReadiness",
      tags,
      summary: "Say whether requests can be served",
      responses: {
        200: json(Ready, "The database answers"),
        503: { description: "Not yet", content: { "application/problem+json": { schema: Problem } } },
      },
    }),
    async (c) => {
      const { migration, reason } = await ready()
      if (migration !== null) return c.json({ ready: true as const, migration }, 200)
      c.header("retry-after", "5")
      return httpProblem(c, 503, "not_ready", "Not ready", reason ?? "The database did not say its version.") as never
    },
  )
