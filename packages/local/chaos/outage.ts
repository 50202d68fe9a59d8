import { setTimeout as sleep } from "node:timers/promises"
import { type Figures, inSeconds, type Scale } from "./figures.ts"
import { openStage, type Stage } from "./stage.ts"

/** From healed to the first job completed, and to the last begun of those that were accepted meanwhile, at most. */
const GOAL_MS = 10_000
const GOAL_ALL_MS = 120_000

/**
 * Takes away, one after the other and while jobs keep arriving: every connection of the product to the database, again
 * and again; the storage; the queue. Each is given back, and everything that was promised must come to its end.
 */
export async function run({ isShort = false, seconds }: Scale): Promise<Figures> {
  const stage = await openStage({ JOB_LEASE_SECONDS: isShort ? "3" : "25" })
  try {
    await Promise.all(["worker_0", "worker_1"].map((name) => stage.startWorker(name, { CHAOS_AT_ONCE: "2" })))
    const load = startLoad(stage)
    await sleep(2000)
    const results: Phase[] = []
    const during = async (name: string, shortest: number, longest: number, breaks: (ms: number) => Promise<unknown>) =>
      void results.push(
        await phase(stage, load, name, () => breaks(1000 * (seconds ?? (isShort ? shortest : longest)))),
      )

    await during("connections cut", 3, 60, (ms) => cutConnections(stage, ms, isShort ? 1000 : 5000))
    await during("storage away", 3, 60, async (ms) => {
      stage.gate.isShut = true
      await sleep(ms)
      stage.gate.isShut = false
    })
    await during("queue away", 3, 120, async (ms) => {
      await stage.queue.stop()
      await sleep(ms)
      await stage.queue.start()
    })
    await load.stop()
    const started = performance.now()
    await stage.settle(isShort ? 20 : 300, isShort ? stage.hasten : undefined)

    const [count] = await stage.sql`select count(*) filter (where status = 'completed')::int as completed,
      count(*) filter (where status = 'failed')::int as failed, max(attempt) as attempts from job where job_type = 'sleeps'`
    const { violations, pointers } = await stage.judge()
    for (const each of results) await noteLast(stage, each)
    const accepted = load.accepted.length
    return {
      figures: {
        ...Object.assign({}, ...results.map((each) => each.figures)),
        "jobs accepted in all": accepted,
        completed: count!.completed,
        "requests the storage turned away": stage.gate.refused,
        "most attempts of a job": count!.attempts,
        "last job done after the load ended": inSeconds(performance.now() - started),
        "files pointed at, all there": pointers,
      },
      violations: [
        ...results.flatMap((each) => each.violations),
        ...violations,
        ...(count!.failed > 0 ? [`${count!.failed} jobs failed, for nothing they did`] : []),
        ...(count!.completed >= accepted ? [] : [`${accepted - count!.completed} accepted jobs are not completed`]),
        ...(stage.gate.refused > 0 ? [] : ["the storage turned nothing away: nothing was shown"]),
      ],
    }
  } finally {
    await stage.close()
  }
}

type Load = ReturnType<typeof startLoad>

/** A job of half a second four times a second, as POSTs bring them. */
function startLoad(stage: Stage) {
  let isOver = false
  const load = {
    accepted: [] as number[],
    /** What a POST would have answered with 503: nothing was promised. */
    refused: [] as string[],
    async stop() {
      isOver = true
      await going
    },
  }
  const going = (async () => {
    for (let n = 0; !isOver; n++) {
      await stage.submit("sleeps", { n, ms: 500 }).then(
        (id) => load.accepted.push(id),
        (error: Error) => load.refused.push(String(error.cause ?? error)),
      )
      await sleep(250)
    }
  })()
  return load
}

interface Phase extends Figures {
  name: string
  accepted: number[]
  healed: string
}

async function phase({ sql }: Stage, load: Load, name: string, breaks: () => Promise<unknown>): Promise<Phase> {
  const before = { accepted: load.accepted.length, refused: load.refused.length }
  await breaks()
  const [{ healed } = { healed: "" }] = await sql<{ healed: string }[]>`select clock_timestamp()::text as healed`
  const accepted = load.accepted.slice(before.accepted)
  const refused = load.refused.slice(before.refused)
  let ms: number | null = null
  for (const end = Date.now() + 3 * GOAL_MS; ms === null && Date.now() < end; await sleep(100)) {
    const [first] = await sql<{ ms: number | null }[]>`select (1000 * extract(epoch from
      min(completed_at) - ${healed}::timestamptz))::float8 as ms from job
      where status = 'completed' and completed_at > ${healed}::timestamptz`
    ms = first!.ms
  }
  return {
    name,
    accepted,
    healed,
    figures: {
      [`${name}: accepted, refused`]: `${accepted.length}, ${refused.length}`,
      [`${name}: first job done after healing`]: ms === null ? "none" : inSeconds(ms),
    },
    violations: [
      ...(ms !== null && ms <= GOAL_MS ? [] : [`${name}: no job was done within ${inSeconds(GOAL_MS)} of healing`]),
      ...(accepted.length > 0 ? [] : [`${name}: nothing was accepted meanwhile`]),
      // A POST must not need the queue nor the storage; of the database it loses at most the one that is under way.
      ...(refused.length <= (name === "connections cut" ? 0.02 * accepted.length : 0)
        ? []
        : [`${name}: ${refused.length} were refused, such as: ${refused[0]}`]),
    ],
  }
}

/** When the last was begun of those that were accepted in a phase: the sweep relays what could not be sent. */
async function noteLast({ sql }: Stage, { name, accepted, healed, figures, violations }: Phase) {
  const [last] = await sql<
    { ms: number }[]
  >`select (1000 * extract(epoch from max(first) - ${healed}::timestamptz))::float8
    as ms from (select min(at) as first from chaos.claim where job_id = any(${accepted}) group by job_id) as begun`
  figures[`${name}: all accepted meanwhile begun after healing`] = inSeconds(Math.max(0, last!.ms))
  if (last!.ms > GOAL_ALL_MS) violations.push(`${name}: a job was begun only ${inSeconds(last!.ms)} after healing`)
}

async function cutConnections({ sql }: Stage, ms: number, every_ms: number) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(every_ms)) {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'robokit'`
  }
}
