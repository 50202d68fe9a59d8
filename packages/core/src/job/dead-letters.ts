import { and, eq, inArray, sql } from "drizzle-orm"
import { use } from "../db/database.ts"
import { AppError } from "../error.ts"
import { costWithShards, ended } from "./ending.ts"
import { jobTable } from "./job.sql.ts"
import { Measure } from "./measure.ts"

const GIVEN_UP = new AppError("dead_lettered", "The job's message failed too often, so it is not tried again.", {
  user_action:
    "Retry it. If that ends the same way, the operator finds the cause in the worker's log under the job's id.",
})

/** The queue gave the message of a job, or of one of its shards, up. Ends the job, unless it has ended, is in good hands or is of an unknown type. */
export async function bury(job_id: number, known: readonly string[], shard_id?: number) {
  const rows = await use()
    .update(jobTable)
    .set({ ...ended(GIVEN_UP, "dead"), usage: costWithShards })
    .where(
      and(
        eq(jobTable.id, job_id),
        inArray(jobTable.job_type, [...known]),
        shard_id === undefined
          ? sql`(${jobTable.status} = 'pending' or (${jobTable.state_detail} = 'running' and ${jobTable.lease_until} < now()))`
          : isLost(shard_id),
      ),
    )
    .returning({ id: jobTable.id })
  if (rows.length === 1) await Measure.ended(job_id)
  return rows.length === 1
}

/** Whether the shard is open and in nobody's hands, and its job goes on. */
const isLost = (shard_id: number) => sql`exists (select from shard
  where shard.id = ${shard_id} and shard.job_id = ${jobTable.id} and shard.stage = ${jobTable.stage}
    and ${jobTable.state_detail} = 'running'
    and (shard.status = 'pending' or (shard.status = 'running' and shard.lease_until < now())))`
