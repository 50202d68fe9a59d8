import { setTimeout as sleep } from "node:timers/promises"
import { type Figures, inSeconds, quantile, type Scale } from "./figures.ts"
import { openStage, type Stage } from "./stage.ts"

const WORKERS = 4
const AT_ONCE = "2"
const SHORT_KILLS = 4
/** Dead worker to running again, at most. */
const GOAL_MS = 60_000

/**
 * kill -9 of one of four worker processes, at random, every few seconds, while jobs of some seconds keep arriving. A
 * worker that was killed is started again. Lease 15 s, so that lease and sweep stay well below the minute together. The short
 * form kills four times, each time a worker that holds a job.
 */
export async function run({
  isShort = false,
  seconds = isShort ? 8 : 120,
  runs = isShort ? 20 : 200,
}: Scale): Promise<Figures> {
  const stage = await openStage({ JOB_LEASE_SECONDS: isShort ? "2" : "15" })
  try {
    await stage.sql`create table chaos.killed
      (worker name, job_id int, shard_id int, attempt int, token uuid, at timestamptz)`
    const names = Array.from({ length: WORKERS }, (_, at) => `worker_${at}`)
    await Promise.all(names.map((name) => stage.startWorker(name, { CHAOS_AT_ONCE: AT_ONCE })))

    const end = Date.now() + seconds * 1000
    const load = submitOver(stage, runs, isShort ? 600 : 1000, seconds * 900)
    const hastening = isShort ? setInterval(() => void stage.hasten(), 1000) : undefined
    let kills = 0
    for (; isShort ? kills < SHORT_KILLS : Date.now() < end; kills++) {
      await sleep(isShort ? 500 : 3000)
      await killOne(stage, isShort ? await holders(stage) : names)
    }
    await load
    await stage.settle(180)
    clearInterval(hastening)
    return await report(stage, kills, isShort)
  } finally {
    await stage.close()
  }
}

async function killOne(stage: Stage, names: string[]) {
  const name = names[Math.floor(Math.random() * names.length)]!
  await stage.processes.get(name)!.kill()
  await noteHeld(stage, name)
  await stage.startWorker(name, { CHAOS_AT_ONCE: AT_ONCE })
}

/** Workers that are at a job now. Waits until there is one. */
async function holders({ sql }: Stage) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
    const rows = await sql<{ worker: string }[]>`select distinct worker from chaos.claim where token in
      (select lease_token from job where lease_until > now() union all select lease_token from shard where lease_until > now())
      and token not in (select token from chaos.killed)`
    if (rows.length > 0) return rows.map(({ worker }) => worker)
  }
  throw new Error("no worker took a job within 20 s")
}

/** `count` jobs of one to four times `unit_ms`, every tenth in parts, spread evenly over `ms`. */
async function submitOver(stage: Stage, count: number, unit_ms: number, ms: number) {
  for (let n = 0; n < count; n++) {
    await (n % 10 === 9
      ? stage.submit("slow_parts", { n, ms: unit_ms })
      : stage.submit("sleeps", { n, ms: Math.round(unit_ms * (1 + 3 * Math.random())) }))
    await sleep(ms / count)
  }
}

/** What the killed worker held. Its leases stand, for nobody could give them back; those of an earlier death may, too. */
const noteHeld = ({ sql }: Stage, worker: string) => sql`insert into chaos.killed
  select worker, claim.job_id, claim.shard_id, claim.attempt, claim.token, now() from chaos.claim
    left join job on job.id = claim.job_id and claim.shard_id is null
    left join shard on shard.id = claim.shard_id
    where worker = ${worker} and claim.token in (job.lease_token, shard.lease_token)
      and claim.token not in (select token from chaos.killed)`

async function report(stage: Stage, kills: number, isShort: boolean): Promise<Figures> {
  const { sql } = stage
  // Whoever's job ended in the meantime, by another shard or after three deaths, needs no other claim.
  const again = await sql<{ job_id: number; ms: number | null; ended: boolean }[]>`
    select job_id, 1000 * extract(epoch from (
      select min(claim.at) from chaos.claim where claim.job_id = killed.job_id
        and claim.shard_id is not distinct from killed.shard_id and claim.at > killed.at) - killed.at)::float8 as ms,
      job.state_detail = 'dead' as ended
    from chaos.killed join job on job.id = killed.job_id`
  const delays = again.flatMap(({ ms }) => (ms === null ? [] : [ms]))
  const [count] =
    await sql`select count(*)::int as jobs, count(*) filter (where status = 'completed')::int as completed,
    count(*) filter (where error_code = 'worker_crashed')::int as crashed, max(attempt) as attempts,
    (select count(*)::int from chaos.claim) as claims, (select count(*)::int from chaos.effect) as effects,
    (select count(distinct (worker, at))::int from chaos.killed) as hits from job`
  // The rest until it runs again is waiting for a worker that is free. The row knows its last wake-up call only.
  const [woken] = await sql`select 1000 * extract(epoch from max(last_sent_at - at))::float8 as ms from job
    join (select job_id, max(at) as at from chaos.killed where shard_id is null group by job_id) as last on job_id = id
    where last_sent_at > at`
  const { violations, pointers, orphans } = await stage.judge()
  const missing = again
    .filter(({ ms, ended }) => ms === null && !ended)
    .map(({ job_id }) => `job ${job_id} was killed and not taken up again`)
  const late = isShort
    ? []
    : delays.filter((ms) => ms > GOAL_MS).map((ms) => `a killed job ran again only after ${inSeconds(ms)}`)
  const failed = count!.jobs - count!.completed - count!.crashed
  return {
    figures: {
      jobs: count!.jobs,
      "kill -9": kills,
      "of these hit a running job": count!.hits,
      "jobs and shards killed": again.length,
      // Moved clocks say nothing.
      ...(isShort ? {} : { "woken by the sweep after, most": inSeconds(woken!.ms ?? Number.NaN) }),
      "running again after, p50": inSeconds(quantile(delays, 0.5)),
      "running again after, most": inSeconds(quantile(delays, 1)),
      claims: count!.claims,
      "most attempts of a job": count!.attempts,
      completed: count!.completed,
      "given up after three deaths": count!.crashed,
      "results published": count!.effects,
      "files pointed at, all there": pointers,
      "files of lost attempts": orphans,
    },
    violations: [
      ...violations,
      ...missing,
      ...late,
      ...(failed > 0 ? [`${failed} jobs failed otherwise than by three deaths`] : []),
      ...(again.length === 0 ? ["no kill hit a running job: nothing was shown"] : []),
    ],
  }
}
