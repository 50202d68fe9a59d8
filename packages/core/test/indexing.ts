import { Caller } from "../src/access/caller.ts"
import { Job } from "../src/job/job.ts"
import { type Ended, execute, type Runner } from "../src/job/execute.ts"
import type { Files } from "../src/files/files.ts"
import { type BuiltFile } from "../src/format/lerobot/builder.ts"
import { memoryFiles } from "../src/files/memory.ts"
import { perform } from "../src/job/perform.ts"
import { Queue } from "../src/job/queue.ts"
import { jobs } from "../src/job/registry.ts"

/** A built dataset as a tree in memory. */
export const treeOf = async (built: ReadonlyMap<string, BuiltFile>) =>
  Object.fromEntries(
    await Promise.all([...built].map(async ([path, file]) => [path, await file.read(0, file.size)] as const)),
  )

export const inPlace =
  (files: () => Files): Runner =>
  (task, watch, signal) =>
    perform(task, { registry: jobs, openFiles: files, watch, signal })

/**
 * Indexes a dataset from these files: each step as a delivery of its own, as the queue would. What is sent meanwhile goes
 * nowhere else.
 */
export async function indexDataset(
  dataset_id: number,
  from: Record<string, Uint8Array | string> | Files | (() => Files),
) {
  const files =
    typeof from === "function"
      ? from
      : "open" in from
        ? () => from as Files
        : () => memoryFiles(from as Record<string, Uint8Array>)
  const waiting: Queue.Wake[] = []
  Queue.deliverWith(async (wake) => void waiting.push(wake))
  const { job } = await Caller.as("operator", () => Job.start(dataset_id, "indexing", {}))
  // It was started before: its message went elsewhere.
  if (!waiting.some((wake) => wake.to === "job"))
    waiting.push({ to: "job", size_class: "light", body: { job_id: job.id, v: 1 } })
  const ends: Ended[] = []
  for (let wake = waiting.shift(); wake; wake = waiting.shift()) {
    if (wake.to === "sweep") continue
    for (const body of wake.to === "shards" ? wake.bodies : [wake.body]) {
      if (body.job_id === job.id) ends.push(await step(job.id, body.shard_id))
    }
  }
  return { job_id: job.id, ends }

  function step(job_id: number, shard_id: number | undefined) {
    return execute(job_id, { shard_id, registry: jobs, run: inPlace(files), time_limit_ms: 120_000 })
  }
}
