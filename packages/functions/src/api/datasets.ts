import { createRoute, z } from "@hono/zod-openapi"
import { Dataset } from "@robokit/core/dataset/dataset"
import { DatasetState, RepoId, Revision } from "@robokit/core/dataset/schema"
import { FormatType } from "@robokit/core/format/schema"
import { isKnown, versionOf } from "./etag.ts"
import {
  body,
  DatasetId,
  forReading,
  forSpending,
  forWriting,
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
import { Create, Dataset as Info, Stats, Status } from "./shapes.ts"

const tags = ["datasets"]

const Filters = Page.extend({
  repo_id: RepoId.optional(),
  revision: Revision.optional().openapi({ description: "The commit, or the branch or tag that was asked for." }),
  status: DatasetState.optional(),
  format_type: FormatType.optional(),
})

export const datasets = resource()
  .openapi(
    createRoute({
      method: "post",
      path: "/",
      operationId: "createDataset",
      tags,
      summary: "Import a dataset",
      description:
        "Pins the revision to a commit, names the format, and queues the metadata job, unless the same commit was read before. No file is copied.",
      request: { body: body(Create) },
      responses: {
        201: json(Info, "Imported; its metadata job is queued, or its metadata is there", Located),
        ...forSpending,
      },
    }),
    async (c) => {
      const dataset = await Dataset.create(c.req.valid("json"))
      return c.json(dataset, 201, { location: `/api/v1/datasets/${dataset.id}` })
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/",
      operationId: "listDatasets",
      tags,
      summary: "List datasets, by id",
      request: { query: Filters },
      responses: { 200: json(z.array(Info), "One page", Paged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const { skip, limit, cursor, ...filters } = c.req.valid("query")
      const found = await Dataset.list({ ...pageOf({ skip, limit, cursor }), ...filters })
      linkPages(c, { skip, limit, cursor }, found)
      if (isKnown(c, versionOf([found.rows, found.total]))) return c.body(null, 304)
      return c.json(found.rows, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/stats",
      operationId: "getDatasetStats",
      tags,
      summary: "Count what is imported",
      description: "`null` where no dataset says how many it has.",
      responses: { 200: json(Stats, "Counts", Tagged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const stats = await Dataset.stats()
      return isKnown(c, versionOf(stats)) ? c.body(null, 304) : c.json(stats, 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}",
      operationId: "getDataset",
      tags,
      summary: "Get a dataset",
      request: { params: DatasetId },
      responses: { 200: json(Info, "The dataset", Tagged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const { id } = c.req.valid("param")
      if (isKnown(c, await Dataset.version(id))) return c.body(null, 304)
      return c.json(await Dataset.get(id), 200)
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/{id}/status",
      operationId: "getDatasetStatus",
      tags,
      summary: "Get the progress of a dataset and its jobs",
      description: "Poll it every `poll_after_ms` of its jobs, with `If-None-Match`.",
      request: { params: DatasetId },
      responses: { 200: json(Status, "The status", Tagged), ...unchanged, ...forReading },
    }),
    async (c) => {
      const { id } = c.req.valid("param")
      if (isKnown(c, await Dataset.version(id))) return c.body(null, 304)
      return c.json(await Dataset.status(id), 200)
    },
  )
  .openapi(
    createRoute({
      method: "delete",
      path: "/{id}",
      operationId: "deleteDataset",
      tags,
      summary: "Delete a dataset, its jobs and their results",
      request: { params: DatasetId },
      responses: { 204: { description: "Deleted" }, 403: forWriting[403], ...forReading },
    }),
    async (c) => {
      await Dataset.remove(c.req.valid("param").id)
      return c.body(null, 204)
    },
  )
