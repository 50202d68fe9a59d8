import { sql, type SQL } from "drizzle-orm"
import { config } from "../config.ts"
import { transaction, use } from "../db/database.ts"
import { log } from "../log.ts"
import { isNotHalted } from "../usage/halt.ts"
import { jobTable } from "./job.sql.ts"
import { Queue } from "./queue.ts"
import type { SizeClass } from "./schema.ts"
import { shardTable } from "./shard.sql.ts"

/** Any constant of ours: whoever counts the running and acts on it takes turns with the others who do. */
const TURN = 727_275

/** Whether there is any limit to how much may run at once; without one nobody needs to take turns. */
export const isCapped = () => config().JOB_RUNNING_CAP !== undefined || config().JOB_TENANT_RUNNING_CAP !== undefined

/** Held until the transaction ends. A statement of its own: what comes after it must see what those before us did. */
export const takeTurn = () => use().execute(sql`select pg_advisory_xact_lock(${TURN})`)

// A shard of a job that has ended is nobody's work any more, whatever its row says.
const held = sql`select tenant_id from job where lease_token is not null
  union all select shard.tenant_id from shard join job on job.id = shard.job_id and job.stage = shard.stage
    where shard.lease_token is not null and job.state_detail = 'running'`

/** Whether one more of this tenant may run, as far as the limits of all and of one tenant go. */
export function hasRoom(tenant_id: SQL): SQL {
  const { JOB_RUNNING_CAP, JOB_TENANT_RUNNING_CAP } = config()
  const all =
    JOB_RUNNING_CAP === undefined ? sql`true` : sql`(select count(*) from (${held}) as held) < ${JOB_RUNNING_CAP}`
  const own =
    JOB_TENANT_RUNNING_CAP === undefined
      ? sql`true`
      : sql`(select count(*) from (${held}) as held where held.tenant_id = ${tenant_id}) < ${JOB_TENANT_RUNNING_CAP}`
  return sql`(${all} and ${own})`
}

interface Waiting extends Record<string, unknown> {
  job_id: number
  shard_id: number | null
  size_class: SizeClass
}

/**
 * Wakes who waits for the place that just became free: of the tenant with the least running, the one that waits longest.
 * Never throws: the sweep wakes them too, later.
 */
export async function passOn() {
  if (!isCapped()) return
  try {
    const next = await transaction(async () => {
      // Whoever found no room before we gave it back has written that down once we have our turn.
      await takeTurn()
      const [found] = await use().execute<Waiting>(sql`
        with waiting as (
          select id as job_id, null::int as shard_id, tenant_id, size_class, run_after from job where waits_for_room
          union all
          select shard.job_id, shard.id, shard.tenant_id, shard.size_class, shard.run_after from shard
            join job on job.id = shard.job_id and job.stage = shard.stage
            where shard.waits_for_room and job.state_detail = 'running'
        ), busy as (select tenant_id, count(*) as n from (${held}) as held group by tenant_id)
        select job_id, shard_id, size_class from waiting left join busy using (tenant_id)
        where ${isNotHalted()} and ${hasRoom(sql`waiting.tenant_id`)}
        order by coalesce(busy.n, 0), run_after, job_id, shard_id limit 1`)
      if (!found) return undefined
      const { job_id, shard_id, size_class } = found
      const table = shard_id === null ? jobTable : shardTable
      await use()
        .update(table as typeof jobTable)
        .set({ waits_for_room: false, last_sent_at: sql`now()` })
        .where(sql`${table.id} = ${shard_id ?? job_id}`)
      return { size_class, body: { job_id, ...(shard_id === null ? {} : { shard_id }), v: 1 as const } }
    })
    if (next) await Queue.send({ to: "job", ...next })
  } catch (error) {
    log().warn({ err: error }, "a free place could not be passed on")
  }
}
