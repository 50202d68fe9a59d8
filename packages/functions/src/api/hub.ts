import { createRoute, z } from "@hono/zod-openapi"
import { Caller } from "@robokit/core/access/caller"
import { config } from "@robokit/core/config"
import { RepoId } from "@robokit/core/dataset/schema"
import { Hub } from "@robokit/core/hub/hub"
import { isKnown, versionOf } from "./etag.ts"
import { body, forReading, forWriting, json, resource, Tagged, unchanged, whole } from "./resource.ts"
import { Revisions, SearchRequest, SearchResponse } from "./shapes.ts"

const tags = ["hub"]
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

const HubInUse = z
  .object({
    endpoint: z.url(),
    name: z.string(),
    is_sample: z.boolean().meta({ description: "The bundled sample Hub, or another one on this machine." }),
    operator_key: z.enum(["not_set", "required", "accepted"]).meta({
      description: "Whether changes need the operator's key, and whether this request brought it.",
    }),
  })
  .openapi("Hub")

const Repo = z
  .object({ owner: z.string(), name: z.string() })
  .refine(({ owner, name }) => RepoId.safeParse(`${owner}/${name}`).success, {
    path: ["name"],
    error: "must be owner/name, as on the Hub",
  })

/** Answers without a database. */
export const hub = resource()
  .openapi(
    createRoute({
      method: "post",
      path: "/datasets/huggingface/search",
      operationId: "searchHub",
      tags,
      summary: "Search the Hub",
      description: "Pages to the end. `total` is what is known so far, exact when `total_is_exact`.",
      request: { body: body(SearchRequest) },
      responses: { 200: json(SearchResponse, "One page"), ...forWriting },
    }),
    async (c) => c.json(await Hub.search(c.req.valid("json"), c.req.raw.signal), 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/hub",
      operationId: "getHub",
      tags,
      summary: "Name the Hub in use",
      responses: { 200: json(HubInUse, "The Hub", Tagged), ...unchanged, ...forReading },
    }),
    (c) => {
      const inUse = { ...hubInUse(config().HF_ENDPOINT), operator_key: operatorKey() }
      return isKnown(c, versionOf(inUse)) ? c.body(null, 304) : c.json(inUse, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/hub/datasets/{owner}/{name}/revisions",
      operationId: "listRevisions",
      tags,
      summary: "List the branches, tags and commits of a repository",
      request: {
        params: Repo,
        query: z.object({
          page: whole(0, 100_000).optional().openapi({
            type: "integer",
            minimum: 0,
            default: 0,
            description: "Page of the commits: `next` of the one before.",
          }),
        }),
      },
      responses: {
        200: json(Revisions, "What can be imported", Tagged),
        ...unchanged,
        ...forReading,
      },
    }),
    async (c) => {
      const { owner, name } = c.req.valid("param")
      const revisions = await Hub.revisions(`${owner}/${name}`, c.req.valid("query").page)
      return isKnown(c, versionOf(revisions)) ? c.body(null, 304) : c.json(revisions, 200)
    },
  )

const operatorKey = () => {
  if (config().OPERATOR_KEY === undefined) return "not_set"
  return Caller.isOperator() ? "accepted" : "required"
}

export function hubInUse(endpoint: string): Omit<z.infer<typeof HubInUse>, "operator_key"> {
  const { hostname, origin } = new URL(endpoint)
  const is_sample = LOOPBACK.test(hostname)
  if (is_sample) return { endpoint: origin, name: "Sample Hub", is_sample }
  return { endpoint: origin, name: hostname === "huggingface.co" ? "Hugging Face Hub" : hostname, is_sample }
}
