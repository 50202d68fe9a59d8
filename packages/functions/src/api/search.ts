import { createRoute, z } from "@hono/zod-openapi"
import { Episode } from "@robokit/core/episode/episode"
import { SearchKind } from "@robokit/core/episode/schema"
import { isKnown, versionOf } from "./etag.ts"
import { forReading, json, resource, Tagged, unchanged, whole } from "./resource.ts"
import { IndexSearch } from "./shapes.ts"

const Query = z.object({
  q: z.string().max(1000).default("").openapi({ description: "Words, the beginning of words, or a piece of text." }),
  kind: SearchKind.optional().openapi({ description: "All three when absent." }),
  limit: whole(1, 100)
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: 100, default: 20, description: "Hits of each kind." }),
})

export const search = resource().openapi(
  createRoute({
    method: "get",
    path: "/search",
    operationId: "searchIndex",
    tags: ["episodes"],
    summary: "Search episodes, tasks and features of all indexed datasets",
    description: "The best hits come first. Misspelt words are found by what they resemble.",
    request: { query: Query },
    responses: { 200: json(IndexSearch, "Hits by kind", Tagged), ...unchanged, ...forReading },
  }),
  async (c) => {
    const { q, kind, limit = 20 } = c.req.valid("query")
    const found = await Episode.search(q, { kinds: kind && [kind], limit })
    return isKnown(c, versionOf(found)) ? c.body(null, 304) : c.json(found, 200)
  },
)
