import type postgres from "postgres"
import type { Job as Engine } from "@robokit/core/job/job"
import { jobs, type Registry } from "@robokit/core/job/registry"
import { catchMessages, harnessJob, importDataset } from "@robokit/core/test/engine"
import { compare, type JobRow, look, type Seen } from "./look.ts"
import { type Hold, type Job, newJob, type Part, type World } from "./state.ts"

/** The job every dataset is imported with; the engine asks nothing of it but that it is known. */
export const JOB_TYPE = "metadata_extraction"
export const registry: Registry = { [JOB_TYPE]: { ...harnessJob(), version: jobs[JOB_TYPE].version } }
export const KNOWN = Object.keys(registry)

export interface Message {
  job_id: number
  shard_id?: number | undefined
}
export type Real = Awaited<ReturnType<typeof setUp>>["real"]

/** A dataset of its own in a database that has no other, and the model of it. */
export async function setUp(sql: postgres.Sql, cap: number | undefined) {
  await sql.unsafe("delete from dataset; delete from outbox; delete from sweep")
  const queue = catchMessages()
  const dataset = await importDataset()
  const seen = new Map<number, Seen>()
  let rows: JobRow[] = await look(sql, dataset.id)
  const world: World = { cap, jobs: rows.map(({ id }) => newJob(id, "{}")), gone: [], holds: [] }

  const partsOf = (job: Job | undefined) => rows.find(({ id }) => id === job?.id)?.parts ?? []
  const isPlace = (a: { stage: number; ordinal: number }, b: { stage: number; ordinal: number }) =>
    a.stage === b.stage && a.ordinal === b.ordinal
  const real = {
    sql,
    queue,
    dataset_id: dataset.id,
    leases: new Map<Hold, Engine.Lease>(),
    partOf: (job: Job | undefined, shard_id: number | undefined) => {
      const row = partsOf(job).find(({ id }) => id === shard_id)
      return row && job!.parts.find((part) => isPlace(part, row))
    },
    shardIdOf: (job: Job, part: Part) => partsOf(job).find((row) => isPlace(row, part))?.id,
    messages: (from = 0) =>
      queue.sent.slice(from).flatMap((wake): Message[] => {
        if (wake.to === "sweep") return []
        return wake.to === "shards" ? wake.bodies : [wake.body]
      }),
    commands: 0,
    verify: async (model: World) => {
      real.commands++
      rows = await look(sql, dataset.id)
      compare(model, rows, seen)
    },
  }
  return { model: world, real }
}
