import type { Job } from "@robokit/core/job/job"
import type { Real } from "./real.ts"

/** Time in these sequences goes by in statements, so that nothing hangs on how fast they run. */
export const clocks = {
  /** A lease that nobody renewed. */
  expire: ({ sql }: Real, { job, shard, token }: Job.Lease) =>
    sql.unsafe(
      `update ${shard ? "shard" : "job"} set lease_until = now() - interval '1 second' where id = $1 and lease_token = $2`,
      [shard?.id ?? job.id, token],
    ),
  postpone: ({ sql }: Real, { job, shard }: Job.Lease) =>
    sql.unsafe(
      `update ${shard ? "shard" : "job"} set run_after = now() + interval '1 hour' where id = $1 and status = 'pending'`,
      [shard?.id ?? job.id],
    ),
  due: ({ sql }: Real) =>
    sql.unsafe(
      `update job set run_after = now() where status = 'pending'; update shard set run_after = now() where status = 'pending'`,
    ),
  /** As if nothing had been said for long, and what is due had been so for a while. */
  age: ({ sql }: Real) =>
    sql.unsafe(
      ["job", "shard"]
        .map(
          (table) => `update ${table} set last_sent_at = now() - interval '1 hour', run_after =
            case when run_after <= now() + interval '1 second' then now() - interval '1 minute' else run_after end
            where status in ('pending', 'running');`,
        )
        .join("") + `update outbox set not_before = now() where sent_at is null`,
    ),
}
