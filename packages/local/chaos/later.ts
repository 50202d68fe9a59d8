/**
 * Everything that is held and not renewed runs out, and whatever is due has been so for long: hours, in one transaction.
 * Jobs before their shards, as everybody who writes to both.
 */
export const LATER = ["job", "shard"]
  .map(
    (table) => `update ${table} set
      lease_until = case when lease_token is not null then now() - interval '1 minute' end,
      run_after = now() - interval '1 minute', last_sent_at = now() - interval '1 hour'
      where status in ('pending', 'running');`,
  )
  .concat(
    "update outbox set not_before = now() where sent_at is null;",
    "update sweep set armed_until = now() - interval '1 second'",
  )
  .join("\n")
