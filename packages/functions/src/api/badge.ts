import { createRoute, z } from "@hono/zod-openapi"
import { badgeJson, badgeOf } from "@robokit/core/check/badge"
import { badgeSvg } from "@robokit/core/check/badge-svg"
import { RepoId } from "@robokit/core/dataset/schema"
import { forReading, resource } from "./resource.ts"

const Path = z.object({
  owner: z.string().openapi({ examples: ["observabot"] }),
  file: z
    .string()
    .regex(/\.(?:svg|json)$/, "must end in .svg or .json")
    .openapi({ examples: ["so101_die_mat4.svg"] }),
})
/** As long as shields.io keeps one at least. */
const FRESH = "public, max-age=300"
const Shields = z
  .object({ schemaVersion: z.literal(1), label: z.string(), message: z.string(), color: z.string() })
  .openapi("Badge")

export const badge = resource().openapi(
  createRoute({
    method: "get",
    path: "/{owner}/{file}",
    operationId: "getBadge",
    tags: ["validation"],
    summary: "Get the newest verdict on a public dataset as a badge",
    description:
      "`{name}.svg` is a picture for a README, `{name}.json` what shields.io reads of an endpoint. Of the newest imported commit of the default branch, with the depth and the commit. What is private, gated or unknown has the same neutral badge.",
    request: { params: Path },
    responses: {
      200: {
        description: "The badge",
        content: { "image/svg+xml": { schema: z.string() }, "application/json": { schema: Shields } },
        headers: z.object({ "Cache-Control": z.string().openapi({ examples: [FRESH] }) }),
      },
      422: forReading[422],
      500: forReading[500],
      503: forReading[503],
    },
  }),
  async (c) => {
    const { owner, file } = c.req.valid("param")
    const [, name, form] = /^(.*)\.(svg|json)$/.exec(file)!
    const repo_id = RepoId.safeParse(`${owner}/${name}`)
    // A name that the Hub would not take is unknown, too.
    const shown = await badgeOf(repo_id.success ? repo_id.data : "")
    c.header("cache-control", FRESH)
    // Meant for the pages of others.
    c.header("cross-origin-resource-policy", "cross-origin")
    if (form === "json") return c.json(badgeJson(shown), 200)
    return c.body(badgeSvg(shown), 200, { "content-type": "image/svg+xml; charset=utf-8" }) as never
  },
)
