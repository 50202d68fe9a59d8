/** Everything that is held and not renewed runs out, and whatever is due has been so for long: hours, in one statement. */
export const LATER = `
  update job set lease_until = now() - interval '1 minute' where lease_token is not null;
  update shard set lease_until = now() - interval '1 minute' where lease_token is not null;
  update job set run_after = now() - interval '1 minute', last_sent_at = now() - interval '1 hour'
    where status in ('pending', 'running');
  update shard set run_after = now() - interval '1 minute', last_sent_at = now() - interval '1 hour'
    where status in ('pending', 'running');
  update outbox set not_before = now() where sent_at is null;
  update sweep set armed_until = now() - interval '1 second'`
