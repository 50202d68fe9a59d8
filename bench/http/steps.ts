import type { Depth, Validation } from "../../packages/core/src/check/schema.ts"
import { hubFiles } from "../../packages/core/src/files/hub.ts"
import type { Done, Partial } from "../../packages/core/src/job/define.ts"
import type { Task } from "../../packages/core/src/job/execute.ts"
import { perform } from "../../packages/core/src/job/perform.ts"
import { jobs } from "../../packages/core/src/job/registry.ts"

type Given = Pick<Task, "input" | "partials">

/**
 * Validates a dataset as the job does: a plan, and where it cuts, its shards one after the other and the reduce, each with a
 * client of its own as in a worker of its own.
 */
export async function validateInSteps(at: { repo_id: string; revision: string }, depth: Depth): Promise<Validation> {
  const planned = await step(at, depth, {})
  if (!("shards" in planned)) return validationOf(planned)
  const partials: Partial[] = []
  for (const { input } of planned.shards) {
    const found = await step(at, depth, { input })
    if (!("partial" in found)) throw new Error("a shard brought no part")
    partials.push(found.partial)
  }
  return validationOf(await step(at, depth, { partials }))
}

function validationOf(done: Done): Validation {
  if (!("result" in done)) throw new Error("the job has no result")
  return done.result as Validation
}

const step = (at: { repo_id: string; revision: string }, depth: Depth, given: Given) =>
  perform(
    {
      job_id: 1,
      job_type: "validation",
      params: { depth },
      dataset: {
        ...at,
        id: 1,
        format_type: "lerobot",
        import_usage: { requests: 0, bytes: 0, files: 0, paths: [] },
      },
      card: { licence: null, tags: [] },
      time_limit_ms: 300_000,
      stage: given.input || given.partials ? 1 : 0,
      ...given,
    },
    {
      registry: jobs,
      openFiles: hubFiles,
      watch: { progress() {}, usage() {} },
      signal: new AbortController().signal,
    },
  )
