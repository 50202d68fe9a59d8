import { createRoute, z } from "@hono/zod-openapi"
import type { Indexed } from "@robokit/core/episode/current"
import { Episode } from "@robokit/core/episode/episode"
import { EpisodeSort } from "@robokit/core/episode/schema"
import type { Context } from "hono"
import { isKnown, keepForEver } from "./etag.ts"
import { readFrames } from "./read-frames.ts"
import {
  DatasetId,
  forReading,
  json,
  linkPages,
  needsIndex,
  Page,
  Paged,
  pageOf,
  resource,
  Tagged,
  tooLarge,
  unchanged,
  whole,
} from "./resource.ts"
import { Episode as Info, EpisodeDetail, Frames } from "./shapes.ts"

const tags = ["episodes"]
const MAX_INDEX = 2 ** 53 - 1
const MAX_POINTS = 4000

const EpisodeId = DatasetId.extend({
  n: whole(0, MAX_INDEX).openapi({ type: "integer", minimum: 0, description: "The episode's index.", examples: [0] }),
})

const Text = z.string().max(1000)
const Filters = Page.extend({
  cursor: z
    .string()
    .regex(/^(?:\d{0,15}\.)?\d{1,15}$/, "must be a cursor out of a `Link` header")
    .optional()
    .openapi({ description: "Where the page before ended, under the same sort. Wins over `skip`." }),
  sort: EpisodeSort.optional().openapi({ default: "episode_index", description: "`-` before it: the greatest first." }),
  task: Text.optional().openapi({ description: "Episodes with this task, as it stands." }),
  q: Text.optional().openapi({ description: "Episodes whose tasks have these words, or this piece of text." }),
})

const FramesQuery = z.object({
  points: whole(1, MAX_POINTS)
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: MAX_POINTS, default: 1000, description: "At most." }),
  columns: z
    .string()
    .min(1)
    .max(4000)
    .optional()
    .openapi({
      description: "Features, or names of series, separated by commas. All when absent.",
      examples: ["action"],
    }),
})

const Partial = {
  "X-Partial": z
    .string()
    .optional()
    .openapi({
      description:
        "Absent where the index is whole. Otherwise its job was stopped, and what is not here may be in the dataset: parts done, of how many, and why, as the job's `partial` says at length.",
      examples: ['done=31, of=40, reason="budget_exceeded"'],
    }),
}

export const episodes = resource()
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/episodes",
      operationId: "listEpisodes",
      tags,
      summary: "List the episodes of a dataset",
      description: "From its index, the result of the job `indexing`.",
      request: { params: DatasetId, query: Filters },
      responses: {
        200: json(z.array(Info), "One page", Paged.extend(Partial)),
        ...unchanged,
        ...needsIndex,
        ...forReading,
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param")
      const { skip, limit, cursor, ...filter } = c.req.valid("query")
      const index = await Episode.indexed(id)
      sayPartial(c, index)
      if (isSame(c, index)) return c.body(null, 304)
      const found = await Episode.list(id, pageOf({ skip, limit, cursor }), filter)
      linkPages(c, { skip, limit, cursor }, found)
      return c.json(found.rows, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/episodes/{n}",
      operationId: "getEpisode",
      tags,
      summary: "Get an episode with its statistics",
      request: { params: EpisodeId },
      responses: {
        200: json(EpisodeDetail, "The episode", Tagged.extend(Partial)),
        ...unchanged,
        ...needsIndex,
        ...forReading,
      },
    }),
    async (c) => {
      const { id, n } = c.req.valid("param")
      const index = await Episode.indexed(id)
      sayPartial(c, index)
      if (isSame(c, index)) return c.body(null, 304)
      return c.json(await Episode.get(id, n), 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/episodes/{n}/frames",
      operationId: "getEpisodeFrames",
      tags,
      summary: "Get the numbers of an episode, for charts",
      description:
        "Every column of numbers and every value of vectors, thinned out: each point is a run of rows with the least and the greatest value in it. Read from the Hub while you wait, within 8 seconds and 96 MB.",
      request: { params: EpisodeId, query: FramesQuery },
      responses: {
        200: json(Frames, "The series", Tagged),
        ...unchanged,
        ...needsIndex,
        ...forReading,
        ...tooLarge,
      },
    }),
    async (c) => {
      const { id, n } = c.req.valid("param")
      const { points = 1000, columns } = c.req.valid("query")
      const index = await Episode.indexed(id)
      if (isSame(c, index)) return c.body(null, 304)
      const { length, data } = await Episode.get(id, n)
      const frames = await readFrames(index, {
        episode_index: n,
        length,
        data_path: data.path,
        points,
        columns: columns?.split(","),
      })
      // What the commit holds stays what it is.
      keepForEver(c)
      return c.json(frames, 200)
    },
  )

/** An index never changes: a newer one is another job's. */
const isSame = (c: Context, { job_id }: Indexed) => isKnown(c, String(job_id))

/** In the form of RFC 9651, as a bare array has no room for a field. */
function sayPartial(c: Context, { partial }: Indexed) {
  if (partial) c.header("x-partial", `done=${partial.done}, of=${partial.of}, reason="${partial.reason}"`)
}
