import { type Figures, inSeconds, type Scale } from "./figures.ts"
import { openStage, type Stage } from "./stage.ts"

const LEASE_S = 6
/** The worker keeps 30 s of its time to write down how a job ended; the rest is the job's, and longer than its lease. */
const TIME_S = { short: 40, long: 50 }
const NEIGHBOURS = 20

/** What each must be called in the end. */
const POISONS = {
  hogs: "memory_limit",
  spins: "time_limit",
  exits: "worker_crashed",
  throws_in_microtask: "unexpected",
} as const

/**
 * Jobs that eat all memory, never yield, end their process or throw where nobody catches, between twenty that do
 * nothing wrong, all in one worker process of four at once.
 */
export async function run({ isShort = false, runs = isShort ? 1 : 5 }: Scale): Promise<Figures> {
  const stage = await openStage({ JOB_LEASE_SECONDS: String(LEASE_S), JOB_MEMORY_MB: "64" })
  try {
    const worker = await stage.startWorker("worker", {
      CHAOS_AT_ONCE: "4",
      CHAOS_TIME_S: String(isShort ? TIME_S.short : TIME_S.long),
    })
    for (let n = 0; n < NEIGHBOURS; n++) await stage.submit("sleeps", { n, ms: 500 })
    for (let n = 0; n < runs; n++) {
      for (const type of Object.keys(POISONS) as (keyof typeof POISONS)[]) await stage.submit(type, { n })
    }
    // The waits between tries are not what is shown here.
    await stage.settle(120, stage.hasten)
    const isAlive = worker.child.exitCode === null && worker.child.signalCode === null
    return await report(stage, isAlive)
  } finally {
    await stage.close()
  }
}

async function report(stage: Stage, isAlive: boolean): Promise<Figures> {
  const { sql } = stage
  const { violations } = await stage.judge()
  const figures: Figures["figures"] = {}
  for (const [type, expected] of Object.entries(POISONS)) {
    const rows = await sql<{ code: string | null; attempts: number[] }[]>`
      select error_code as code, array_agg(attempt) as attempts from job where job_type = ${type} group by 1`
    figures[type] = rows.map(({ code, attempts }) => `${code ?? "no error"} after attempts: ${attempts}`).join("; ")
    for (const { code } of rows) if (code !== expected) violations.push(`${type} ended as ${code}, not as ${expected}`)
  }
  const [hurt] = await sql`select count(*) filter (where status <> 'completed' or attempt > 1)::int as count,
    count(*)::int as neighbours from job where job_type = 'sleeps'`
  if (hurt!.count > 0) violations.push(`${hurt!.count} neighbours were hurt`)
  const [beats] = await sql`select coalesce(max(extract(epoch from gap)), 0)::float8 * 1000 as most from
    (select at - lag(at) over (partition by token order by at) as gap from chaos.beat) as gaps`
  if (beats!.most > LEASE_S * 1000) violations.push(`no heartbeat for ${inSeconds(beats!.most)}`)
  if (!isAlive) violations.push("the worker process died")
  return {
    figures: {
      ...figures,
      "neighbours completed at once": `${hurt!.neighbours - hurt!.count} of ${hurt!.neighbours}`,
      "most between two heartbeats": inSeconds(beats!.most),
      "worker process": isAlive ? "alive, never restarted" : "dead",
    },
    violations,
  }
}
