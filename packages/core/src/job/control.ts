import { and, eq, sql } from "drizzle-orm"
import type { PgUpdateSetSource } from "drizzle-orm/pg-core"
import { constraintOf } from "../db/failure.ts"
import { transaction, use } from "../db/database.ts"
import { datasetTable } from "../dataset/dataset.sql.ts"
import { AppError } from "../error.ts"
import { mustFit, takeTurn, today } from "../usage/budget.ts"
import { quote } from "../usage/quote.ts"
import { dropEarlier } from "./attempt-files.ts"
import { CANCELLED, costWithShards, ended, nextEdition } from "./ending.ts"
import { infoColumns, type InfoRow, toInfo } from "./info.ts"
import { jobTable } from "./job.sql.ts"
import { Outbox } from "./outbox.ts"
import { jobs, type Registry } from "./registry.ts"
import type { JobInfo } from "./schema.ts"
import { shardTable } from "./shard.sql.ts"
import { supersede } from "./supersede.ts"
import { Sweep } from "./sweep.ts"

/**
 * Stops a job. One that nobody works on ends here; one that is worked on is `cancelling` until its worker's next write,
 * at most a heartbeat away, changes nothing and tells it so. Asking twice is asking once.
 *
 * @throws AppError `not_found`; `job_finished` when it has ended in another way.
 */
export const cancel = (dataset_id: number, job_id: number): Promise<JobInfo> =>
  transaction(async () => {
    const job = await lock(dataset_id, job_id)
    if (job.state_detail === "cancelling" || job.state_detail === "cancelled") return toInfo(job)
    if (job.status === "completed" || job.status === "failed") {
      throw new AppError("job_finished", `The job is ${job.status}: there is nothing left to cancel.`)
    }
    const isHeld = job.lease_until !== null && job.lease_until.getTime() > Date.now()
    const columns = isHeld
      ? { state_detail: "cancelling" as const, edition: nextEdition() }
      : { ...ended(CANCELLED, "cancelled"), usage: costWithShards }
    return toInfo(await set(job_id, columns))
  })

/**
 * Opens a failed job again, as if it had just been asked for: failures and deaths count from nothing, what it has cost
 * stays. It runs as the version its type has now, reserves its estimate again, and ends what is open of an older one. One in
 * parts begins with its plan again, whatever parts were done.
 *
 * @throws AppError `not_found`; `job_not_failed` when it is open or completed; `job_open` when the same job is open;
 * `budget_exceeded` with the numbers when it does not fit into today's budget.
 */
export async function retry(dataset_id: number, job_id: number, registry: Registry = jobs): Promise<JobInfo> {
  await Sweep.arm()
  try {
    return await transaction(async () => {
      await takeTurn()
      // A deletion locks the dataset before its jobs; other jobs than this one may be written to below.
      await use()
        .select({ id: datasetTable.id })
        .from(datasetTable)
        .where(eq(datasetTable.id, dataset_id))
        .for("key share")
      const job = await lock(dataset_id, job_id)
      if (job.status !== "failed") throw new AppError("job_not_failed", `The job is ${job.status}, it has not failed.`)
      const definition = Object.hasOwn(registry, job.job_type) ? registry[job.job_type] : undefined
      if (!definition) throw new AppError("not_found", `There is no job type "${job.job_type}" any more.`)
      const [dataset] = await use().select().from(datasetTable).where(eq(datasetTable.id, dataset_id))
      const { estimate, micros } = quote(definition, dataset!, job.params)
      const columns = { job_version: definition.version, estimate, reserved_micros: micros }
      const opened = await set(job_id, { ...asNew(), ...columns })
      await mustFit(opened)
      // The work is cut anew: another version may cut it otherwise.
      await use().delete(shardTable).where(eq(shardTable.job_id, job_id))
      await supersede({ ...job, job_version: definition.version })
      // Nothing of it was published, and what it had already put there counts no more.
      await dropEarlier({ ...job, attempt: job.attempt + 1 })
      await Outbox.wake(job_id)
      return toInfo(opened)
    })
  } catch (error) {
    if (constraintOf(error) !== "job_active_key") throw error
    throw new AppError("job_open", "The same job with the same parameters is open already.", { cause: error })
  }
}

const asNew = () => ({
  status: "pending" as const,
  state_detail: "queued" as const,
  progress: 0,
  message: null,
  tries: 0,
  crashes: 0,
  stage: 0,
  open_shards: 0,
  done_weight: 0,
  total_weight: 0,
  read_bytes: 0,
  reserved_on: today(),
  opened_at: sql`now()`,
  run_after: sql`now()`,
  last_sent_at: sql`now()`,
  started_at: null,
  completed_at: null,
  error_code: null,
  error: null,
  edition: nextEdition(),
})

/** The row as it is now; nobody else writes to it until the transaction ends. */
async function lock(dataset_id: number, job_id: number): Promise<InfoRow> {
  const [row] = await use()
    .select(infoColumns)
    .from(jobTable)
    .where(and(eq(jobTable.dataset_id, dataset_id), eq(jobTable.id, job_id)))
    .for("no key update")
  if (!row) throw new AppError("not_found", `There is no job ${job_id} of this dataset.`)
  return row
}

async function set(job_id: number, columns: PgUpdateSetSource<typeof jobTable>) {
  const [row] = await use().update(jobTable).set(columns).where(eq(jobTable.id, job_id)).returning(infoColumns)
  return row!
}
