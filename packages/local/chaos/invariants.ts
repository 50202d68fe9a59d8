import type postgres from "postgres"

/** What must hold at any moment: each finds the rows for which it does not, as `what`. `reliability.md` §6.2. */
const ALWAYS = {
  "runs with a lease that ran out more than 120 s ago": `
    select 'job ' || id as what from job where status = 'running' and lease_until < now() - interval '120 s'
    union all
    select 'shard ' || shard.id from shard join job on job.id = shard.job_id and job.stage = shard.stage
      where job.state_detail = 'running' and shard.lease_until < now() - interval '120 s'`,
  "is open more than once": `
    select format('%s of dataset %s, version %s', job_type, dataset_id, job_version) as what from job
      where status in ('pending', 'running')
      group by dataset_id, job_type, params_hash, job_version having count(*) > 1`,
  "has more or fewer open shards than its row says": `
    select 'job ' || job.id as what from job where state_detail = 'running' and stage > 0 and open_shards <>
      (select count(*) from shard where shard.job_id = job.id and shard.stage = job.stage and shard.status <> 'completed')`,
  "is reserved otherwise than by jobs": `
    select format('for tenant %s on %s %s', tenant_id, day, coalesce(kept.reserved, 0)) as what from
      (select tenant_id, day, sum(reserved_micros) as reserved from spending group by 1, 2) as kept
      full join (select tenant_id, reserved_on as day, sum(reserved_micros) as reserved from job
        where reserved_micros > 0 group by 1, 2) as held using (tenant_id, day)
      where coalesce(kept.reserved, 0) <> coalesce(held.reserved, 0)`,
}

const ENDED = {
  "is not terminal": `select 'job ' || id || ' ' || state_detail as what from job
    where status in ('pending', 'running')`,
  "was never sent": `select 'message ' || id as what from outbox where sent_at is null`,
  "is left of a job that ended long ago": `select 'shard ' || shard.id as what from shard
    join job on job.id = shard.job_id where job.completed_at < now() - interval '5 minutes'`,
}

/** Of what the watch took down, where it was installed. */
const WATCHED = {
  "was changed after it was terminal": `select 'job ' || id as what from job
    join chaos.terminal on job_id = id where hash <> md5(job::text)`,
  "is not published exactly once": `select 'job ' || id || ' (' || count(effect.job_id) || ' times)' as what from job
    left join chaos.effect on job_id = id where status = 'completed' and cached_from is null
    group by id having count(effect.job_id) <> 1`,
  "points at files of another attempt than the one that published": `
    select 'job ' || id as what from job join chaos.effect on job_id = id
      cross join jsonb_array_elements(artifacts) as file
      where cached_from is null and
        file ->> 'key' not like format('results/%s/%s/%s-%s/%%', dataset_id, id, effect.attempt, effect.token)`,
}

/**
 * What does not hold, a sentence each: empty when all does. `ended`: nothing is under way any more, so that what must
 * come to its end must have.
 */
export async function violations(sql: postgres.Sql, { ended = false } = {}): Promise<string[]> {
  const [watch] = await sql`select to_regclass('chaos.terminal') is not null as is_installed`
  const all = { ...ALWAYS, ...(ended ? ENDED : {}), ...(watch!.is_installed ? WATCHED : {}) }
  const found: string[] = []
  for (const [claim, query] of Object.entries(all)) {
    const rows = await sql.unsafe<{ what: string }[]>(`${query} limit 5`)
    found.push(...rows.map(({ what }) => `${what} ${claim}`))
  }
  return found
}
