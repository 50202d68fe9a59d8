import type postgres from "postgres"

/**
 * Makes the database itself take notes, in a schema of its own: who claimed what, every beat, the hash of each job's row
 * when it first became terminal, and every publication of a result. Workers are told apart by the role they log in as.
 * For harnesses only; the product's code does not know of it.
 */
export async function installWatch(sql: postgres.Sql) {
  await sql.unsafe(`
    create schema chaos;
    create table chaos.terminal (job_id int primary key, hash text not null);
    create table chaos.effect (job_id int not null, attempt int not null, token uuid);
    create table chaos.claim (job_id int not null, shard_id int, attempt int not null, token uuid not null,
      worker name not null default session_user, at timestamptz not null default clock_timestamp());
    create table chaos.beat (token uuid not null, at timestamptz not null default clock_timestamp());
    create index on chaos.claim (token);

    create function chaos.watch_job() returns trigger language plpgsql as $$ begin
      if new.status in ('completed', 'failed') then
        insert into chaos.terminal values (new.id, md5(new::text)) on conflict do nothing;
        if new.status = 'completed' and tg_op = 'UPDATE' and old.status <> 'completed' then
          insert into chaos.effect values (new.id, old.attempt, old.lease_token);
        end if;
      elsif tg_op = 'UPDATE' and old.status = 'failed' and new.opened_at > old.opened_at then
        delete from chaos.terminal where job_id = new.id; -- a retry, which is legal
      end if;
      return null;
    end $$;
    create trigger watch after insert or update on job for each row execute function chaos.watch_job();

    create function chaos.watch_lease() returns trigger language plpgsql as $$ begin
      if new.lease_token is distinct from old.lease_token then
        if tg_table_name = 'job' then
          insert into chaos.claim values (new.id, null, new.attempt, new.lease_token);
        else
          insert into chaos.claim values (new.job_id, new.id, new.attempt, new.lease_token);
        end if;
      end if;
      insert into chaos.beat values (new.lease_token);
      return null;
    end $$;
    create trigger watch_lease after update on job for each row
      when (new.lease_token is not null and new.heartbeat_at is distinct from old.heartbeat_at)
      execute function chaos.watch_lease();
    create trigger watch_lease after update on shard for each row
      when (new.lease_token is not null and new.heartbeat_at is distinct from old.heartbeat_at)
      execute function chaos.watch_lease();
  `)
}
