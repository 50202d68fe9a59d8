import { and, eq, exists, inArray, lt, or, isNull, type SQL, sql } from "drizzle-orm"
import { use } from "../db/database.ts"
import { ids } from "../log.ts"
import { MOVES_AT } from "./ending.ts"
import { jobTable } from "./job.sql.ts"
import { Queue } from "./queue.ts"
import { SIZE_CLASSES, type SizeClass } from "./schema.ts"
import { jobIsAt } from "./shard.ts"
import { shardTable } from "./shard.sql.ts"
import { larger, upTo } from "./size-class.ts"

const nextClasses = sql.join(
  SIZE_CLASSES.map((each) => sql`when ${each} then ${larger(each) ?? each}`),
  sql` `,
)

/**
 * The class of whoever may claim the row next. It is the row's own, and the next larger when the lease that ran out is
 * the death that moves it: nobody was there to write that down.
 */
export const classDue = (table: typeof jobTable | typeof shardTable): SQL<SizeClass> =>
  sql`case when ${table.lease_token} is not null and ${table.crashes} = ${MOVES_AT - 1}
    then case ${table.size_class} ${nextClasses} end else ${table.size_class} end`

const isInNobodysHands = (table: typeof jobTable | typeof shardTable) =>
  and(inArray(table.status, ["pending", "running"]), or(isNull(table.lease_until), lt(table.lease_until, sql`now()`)))

/**
 * A message that came to a worker too small for its job, or shard, is sent to the queue of the class that is due. Only
 * ever to a larger one, so it cannot go round in circles. False when the row is not open, in good hands or small enough.
 */
export async function passUp(job_id: number, shard_id: number | undefined, most: SizeClass): Promise<boolean> {
  const [row] =
    shard_id === undefined
      ? await use()
          .select({ size_class: classDue(jobTable) })
          .from(jobTable)
          .where(and(eq(jobTable.id, job_id), isInNobodysHands(jobTable)))
      : await use()
          .select({ size_class: classDue(shardTable) })
          .from(shardTable)
          .where(and(eq(shardTable.id, shard_id), isInNobodysHands(shardTable), exists(jobIsAt())))
  if (!row || upTo(most).includes(row.size_class)) return false
  const { traceparent } = ids()
  await Queue.send({
    to: "job",
    size_class: row.size_class,
    body: {
      job_id,
      ...(shard_id ? { shard_id } : {}),
      v: 1,
      ...(typeof traceparent === "string" ? { traceparent } : {}),
    },
  })
  return true
}
