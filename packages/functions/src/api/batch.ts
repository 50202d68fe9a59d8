import { createRoute, z } from "@hono/zod-openapi"
import { Dataset } from "@robokit/core/dataset/dataset"
import { AppError } from "@robokit/core/error"
import { log } from "@robokit/core/log"
import type { Context } from "hono"
import { problemOf } from "./problem.ts"
import { body, forWriting, json, resource } from "./resource.ts"
import { BatchItem, Create } from "./shapes.ts"

const MOST = 100
/** Enough to hide the Hub's latency, little enough to leave its quota to others. */
const AT_ONCE = 4
/** A request must end before its gateway gives up on it. */
const TIME_MS = 20_000

const Batch = z
  .object({ datasets: z.array(Create).min(1).max(MOST) })
  .strict()
  .openapi("DatasetBatch")

type Input = z.infer<typeof Create>
type Item = z.infer<typeof BatchItem>

export const batch = resource().openapi(
  createRoute({
    method: "post",
    path: "/batch",
    operationId: "createDatasets",
    tags: ["datasets"],
    summary: "Import up to 100 datasets",
    description:
      "Each is imported on its own: one that fails does not stop the others. The answers come in the order of the request. One that was not begun within 20 seconds has status 503: send it again.",
    request: { body: body(Batch) },
    responses: { 207: json(z.array(BatchItem), "One answer for each dataset"), ...forWriting },
  }),
  async (c) => c.json(await importAll(c.req.valid("json").datasets, c), 207),
)

async function importAll(inputs: Input[], c: Context) {
  const deadline = Date.now() + TIME_MS
  const items: Item[] = []
  const waiting = inputs.entries()
  // Each takes the next as soon as it is done with one.
  const lane = async () => {
    for (const [index, input] of waiting) items[index] = await importOne(input, deadline, c)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return items
}

async function importOne(input: Input, deadline: number, c: Context): Promise<Item> {
  try {
    if (Date.now() > deadline) throw new AppError("time_limit", "The time for this batch ended before this dataset.")
    return { status: 201, dataset: await Dataset.create(input), problem: null }
  } catch (error) {
    if (!(error instanceof AppError)) log().error({ err: error }, "an import of a batch failed in a way nobody foresaw")
    const known = error instanceof AppError ? error : new AppError("unexpected", "Unexpected.", { cause: error })
    const problem = problemOf(known, c)
    return { status: problem.status, dataset: null, problem }
  }
}
