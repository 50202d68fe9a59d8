import { createRoute } from "@hono/zod-openapi"
import { Episode } from "@robokit/core/episode/episode"
import { isKnown, versionOf } from "./etag.ts"
import { DatasetId, forReading, Id, json, needsIndex, resource, Tagged, unchanged } from "./resource.ts"
import { Comparison } from "./shapes.ts"

export const compare = resource().openapi(
  createRoute({
    method: "get",
    path: "/{id}/compare/{other_id}",
    operationId: "compareDatasets",
    tags: ["datasets"],
    summary: "Compare two datasets, such as two commits of one",
    description: "What is other in the second: metadata, tasks, features, episodes. Both must be indexed.",
    request: { params: DatasetId.extend({ other_id: Id }) },
    responses: { 200: json(Comparison, "What differs", Tagged), ...unchanged, ...needsIndex, ...forReading },
  }),
  async (c) => {
    const { id, other_id } = c.req.valid("param")
    const found = await Episode.compare(id, other_id)
    return isKnown(c, versionOf(found)) ? c.body(null, 304) : c.json(found, 200)
  },
)
